\set w random(1, 20000)
SELECT outcome FROM admit.scan(1, (SELECT token FROM bench.wallet WHERE i = :w), :device, 'entry', admit.uuid7());
