\set w random(1, 20000)
SELECT hold_id FROM admit.reserve(1, (SELECT wallet_id FROM bench.wallet WHERE i = :w), :type, 1, admit.uuid7()) \gset
SELECT state FROM admit.release(1, :hold_id);
