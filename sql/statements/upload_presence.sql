-- What the wallets of an upload did at its events; the wallets are locked.
SELECT p.wallet_id, p.event_id, p.entries, p.inside, p.admitted_at, p.gate_id, p.last_day, p.day_entries, p.annulled
FROM admit.presence AS p
WHERE p.tenant_id = $1 AND p.wallet_id = ANY ($2) AND p.event_id = ANY ($3)
