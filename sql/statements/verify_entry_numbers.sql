SELECT count(*)
FROM (
    SELECT 1 FROM admit.journal AS j
    WHERE j.tenant_id = $1 AND j.action = 'scan.admitted' AND j.body ->> 'action' IN ('entry', 'reentry')
    GROUP BY j.event_id, coalesce(j.body ->> 'ticket_id', j.wallet_id::text), j.body ->> 'entry_number'
    HAVING count(*) > 1
) AS repeated
