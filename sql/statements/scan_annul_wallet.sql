-- Takes the last passage of a wallet back.
UPDATE admit.presence
SET inside = $4, admitted_at = $5, gate_id = $6, last_day = $7, day_entries = $8, annulled = $9
WHERE tenant_id = $1 AND wallet_id = $2 AND event_id = $3
