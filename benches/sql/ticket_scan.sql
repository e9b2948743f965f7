\set t random(1, 5000)
SELECT outcome FROM admit.scan(1, (SELECT code FROM bench.ticket WHERE i = :t), :device, 'entry', admit.uuid7());
