-- What a wallet did at the event; the wallet is locked.
SELECT p.entries, p.inside, p.admitted_at, p.gate_id, p.last_day, p.day_entries, p.annulled
FROM admit.presence AS p
WHERE p.tenant_id = $1 AND p.wallet_id = $2 AND p.event_id = $3
