\set w random(1, 20000)
BEGIN;
SELECT w.wallet_id AS wallet, w.balance_cents, w.frozen, s.ended_at FROM bench.wallet AS b JOIN admit.wallet AS w ON w.tenant_id = 1 AND w.wallet_id = b.wallet_id JOIN admit.wallet_session AS s ON s.tenant_id = 1 AND s.session_id = b.session_id WHERE b.i = :w FOR NO KEY UPDATE OF w \gset
SELECT revision FROM admit.tenant WHERE tenant_id = 1;
SELECT request_digest FROM admit.scan WHERE tenant_id = 1 AND device_id = :device AND nonce = :event;
SELECT entries, inside, admitted_at, gate_id FROM admit.presence WHERE tenant_id = 1 AND wallet_id = :wallet AND event_id = :event;
UPDATE admit.wallet SET balance_cents = balance_cents - 12 WHERE tenant_id = 1 AND wallet_id = :wallet;
INSERT INTO admit.presence AS p (tenant_id, event_id, wallet_id, entries, inside, admitted_at, gate_id) VALUES (1, :event, :wallet, 1, true, now(), :gate) ON CONFLICT (tenant_id, wallet_id, event_id) DO UPDATE SET entries = p.entries + 1, admitted_at = excluded.admitted_at;
INSERT INTO admit.journal (tenant_id, ord, lineage, xid, entry_id, recorded_at, event_id, gate_id, wallet_id, action, actor_kind, currency, leg_account, leg_amount, body, hash) VALUES (1, 0, 1, pg_current_xact_id()::text::bigint, admit.uuid7(), now(), :event, :gate, :wallet, 'scan.admitted', 'sql', 'USD', :legs::text::uuid[], '{-12,5,2,1,2,2}', :body::text::json, decode(repeat('00', 32), 'hex'));
INSERT INTO admit.scan (tenant_id, device_id, nonce, lineage, xid, ord, request_digest) VALUES (1, :device, admit.uuid7(), 1, pg_current_xact_id()::text::bigint, 0, 1);
COMMIT;
