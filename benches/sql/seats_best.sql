\set w random(1, 20000)
\set quantity random(1, 6)
SELECT hold_id FROM admit.hold_create(1, hold_id => admit.uuid7(), wallet_id => (SELECT wallet_id FROM bench.wallet WHERE i = :w),
    lines => (SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', ticket_type_id, 'quantity', :quantity::integer)) FROM bench.house)) \gset
SELECT state FROM admit.release(1, :hold_id);
