-- Each ticket has been admitted as often as the journal says, each time for another use.
SELECT count(*)
FROM admit.ticket AS t
LEFT JOIN (
    SELECT j.body ->> 'ticket_id' AS ticket_id, count(*) AS entries,
           count(DISTINCT j.body ->> 'entry_number') AS uses
    FROM admit.journal AS j
    WHERE j.tenant_id = $1 AND j.action = 'scan.admitted' AND j.body ->> 'action' IN ('entry', 'reentry')
      AND j.body ->> 'ticket_id' IS NOT NULL
    GROUP BY j.body ->> 'ticket_id'
) AS admitted ON admitted.ticket_id = t.ticket_id::text
WHERE t.tenant_id = $1
  AND (t.entries <> coalesce(admitted.entries, 0) OR t.entries <> coalesce(admitted.uses, 0)
       OR t.entries <> (SELECT count(*) FROM admit.scan AS s
                        WHERE s.tenant_id = $1 AND s.ticket_id = t.ticket_id AND s.use_number IS NOT NULL))
