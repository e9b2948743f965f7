-- Entries of an upload that move no money.
INSERT INTO admit.journal (
    tenant_id, lineage, xid, recorded_at, actor_id, actor_kind,
    ord, entry_id, event_id, gate_id, wallet_id, action, body, hash
)
SELECT $1, $2, $3, $4, $5, $6, e.ord, e.entry_id, e.event_id, e.gate_id, e.wallet_id, e.action, e.body::json,
       decode(e.hash, 'hex')
FROM unnest($7::integer[], $8::uuid[], $9::uuid[], $10::uuid[], $11::uuid[], $12::text[], $13::text[], $14::text[])
     AS e (ord, entry_id, event_id, gate_id, wallet_id, action, body, hash)
