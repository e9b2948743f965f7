SELECT count(*)
FROM (
    SELECT j.event_id, j.wallet_id,
           count(*) FILTER (WHERE j.body ->> 'action' IN ('entry', 'reentry')) AS entries
    FROM admit.journal AS j
    WHERE j.tenant_id = $1 AND j.action = 'scan.admitted' AND j.body ->> 'ticket_id' IS NULL
    GROUP BY j.event_id, j.wallet_id
    HAVING count(*) FILTER (WHERE j.body ->> 'action' IN ('entry', 'reentry')) > 0
) AS admitted
FULL JOIN (SELECT p.* FROM admit.presence AS p WHERE p.tenant_id = $1) AS p
  ON p.event_id = admitted.event_id AND p.wallet_id = admitted.wallet_id
WHERE coalesce(admitted.entries, 0) <> coalesce(p.entries, 0)
