\set w random(1, 20000)
\set t random(1, 1000)
SELECT hold_id FROM admit.reserve(1, (SELECT wallet_id FROM bench.wallet WHERE i = :w),
    (SELECT ticket_type_id FROM bench.ticket_type WHERE i = :t), 1, admit.uuid7()) \gset
SELECT state FROM admit.release(1, :hold_id);
