\set w random(1, 20000)
\set e 1 + :w % 1000
SELECT outcome FROM admit.scan(1, (SELECT token FROM bench.wallet WHERE i = :w), (SELECT device_id FROM bench.event WHERE i = :e), 'entry', admit.uuid7());
