-- The presence of an upload's wallets as it is after it; the wallets are locked.
INSERT INTO admit.presence (
    tenant_id, wallet_id, event_id, entries, inside, admitted_at, gate_id, last_day, day_entries, annulled
)
SELECT $1, u.wallet_id, u.event_id, u.entries, u.inside, u.admitted_at, u.gate_id, u.last_day, u.day_entries, u.annulled
FROM unnest($2::uuid[], $3::uuid[], $4::integer[], $5::boolean[], $6::timestamptz[], $7::uuid[], $8::integer[],
            $9::integer[], $10::integer[])
     AS u (wallet_id, event_id, entries, inside, admitted_at, gate_id, last_day, day_entries, annulled)
ON CONFLICT (tenant_id, wallet_id, event_id) DO UPDATE
SET entries = excluded.entries, inside = excluded.inside, admitted_at = excluded.admitted_at,
    gate_id = excluded.gate_id, last_day = excluded.last_day, day_entries = excluded.day_entries,
    annulled = excluded.annulled
