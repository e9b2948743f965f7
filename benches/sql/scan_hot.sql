\set w random(1, 20000)
SELECT s.outcome FROM bench.wallet AS w, bench.event AS e, LATERAL admit.scan(1, w.token, e.device_id, 'entry', admit.uuid7()) AS s WHERE w.i = :w AND e.i = 1;
