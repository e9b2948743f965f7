-- What the holder of a wallet that is inside with a pass did at the event; nothing is locked.
SELECT t.entries, t.inside, t.admitted_at, t.gate_id, t.last_day, t.day_entries, t.annulled
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.wallet_id = $2 AND t.event_id = $3 AND t.inside
ORDER BY t.admitted_at DESC, t.ticket_id
LIMIT 1
