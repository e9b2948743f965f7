-- Takes the last passage of a ticket back; one that it used up is good again.
UPDATE admit.ticket
SET inside = $3, admitted_at = $4, gate_id = $5, last_day = $6, day_entries = $7, annulled = $8,
    days_used = days_used - $9, state = CASE WHEN state = 'used' THEN 'active' ELSE state END
WHERE tenant_id = $1 AND ticket_id = $2
