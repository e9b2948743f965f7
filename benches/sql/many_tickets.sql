-- A million tickets of 20,000 wallets, a thousand of them one wallet's: rows written directly, verify() is not run here.
INSERT INTO admit.ticket (tenant_id, ticket_id, order_id, event_id, ticket_type_id, wallet_id, code_hash, unit, code_key, item, created_at)
SELECT 1, admit.uuid7(), o.order_id, o.event_id, (o.items -> 0 ->> 'ticket_type_id')::uuid,
       CASE WHEN number % 1000 = 0 THEN first.wallet_id ELSE w.wallet_id END, gen_random_uuid(), 10 + number / 5000, k.key_id, 0, now()
FROM generate_series(1, 1000000) AS number
JOIN bench.ticket AS t ON t.i = 1 + number % 5000
JOIN admit."order" AS o ON o.tenant_id = 1 AND o.order_id = t.order_id
JOIN bench.wallet AS w ON w.i = 2 + number % 19998
CROSS JOIN (SELECT wallet_id FROM bench.wallet WHERE i = 1) AS first
CROSS JOIN (SELECT key_id FROM admit.signing_key WHERE tenant_id = 1 AND purpose = 'ticket') AS k;
VACUUM ANALYZE admit.ticket;
