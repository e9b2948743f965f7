-- Fills journal and scan up to :rows rows with admitted entries of the past, spread over all
-- wallets and events, under an older lineage; indexes are built afterwards. Hashes are not computed: nothing verifies them.
BEGIN;
DROP INDEX admit.journal_entry_id, admit.journal_wallet;
ALTER TABLE admit.journal DROP CONSTRAINT journal_pkey;
ALTER TABLE admit.scan DROP CONSTRAINT scan_pkey;
SELECT system_identifier - 1 AS lineage FROM pg_control_system() \gset
CREATE FUNCTION bench.past_uuid(number bigint, of bigint) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 100000 - (of - number) / 10), 12, '0')
        || '7' || substr(to_hex(4096 + (random() * 4095)::integer), 2) || '8'
        || substr(md5(number::text || random()::text), 1, 15))::uuid $$;
CREATE TEMPORARY TABLE past AS
SELECT (row_number() OVER ())::integer - 1 AS n, wallet_id, e.event_id, e.device_id
FROM bench.wallet AS w JOIN bench.event AS e ON e.i = 1 + w.i % 1000;
CREATE UNIQUE INDEX ON past (n);
ANALYZE past;
INSERT INTO admit.journal (tenant_id, ord, lineage, xid, entry_id, recorded_at, event_id, gate_id, wallet_id, action, actor_kind, currency, leg_account, leg_amount, body, hash)
SELECT 1, number % 1000, (:lineage)::bigint, number / 1000, bench.past_uuid(number, :rows), now() - interval '1 hour',
    p.event_id, :'gate', p.wallet_id, 'scan.admitted', 'sql', 'USD', :'legs'::uuid[], '{-12,5,2,1,2,2}',
    '{"action":"reentry","balance_cents":999999928,"charges":[["venue_fee",10,1],["platform_fee",2,1]],"entry_number":6,"inside":true,"prior":["2026-11-21T07:27:26.944052Z","01a1fd00-7d81-7d6a-9b39-95a00d2c63ff",5],"receipt_key":2}',
    sha256(number::text::bytea)
FROM generate_series(1::bigint, :rows) AS number
JOIN past AS p ON p.n = (number * 7919) % 20000;
INSERT INTO admit.scan (tenant_id, device_id, nonce, lineage, xid, ord, request_digest)
SELECT 1, p.device_id, bench.past_uuid(number, :rows), (:lineage)::bigint, number / 1000, number % 1000, number
FROM generate_series(1::bigint, :rows) AS number
JOIN past AS p ON p.n = (number * 7919) % 20000;
ALTER TABLE admit.journal ADD CONSTRAINT journal_pkey PRIMARY KEY (tenant_id, lineage, xid, ord);
CREATE UNIQUE INDEX journal_entry_id ON admit.journal (tenant_id, entry_id);
CREATE INDEX journal_wallet ON admit.journal (tenant_id, wallet_id, entry_id);
ALTER TABLE admit.scan ADD CONSTRAINT scan_pkey PRIMARY KEY (tenant_id, device_id, nonce);
COMMIT;
VACUUM (ANALYZE) admit.journal, admit.scan;
