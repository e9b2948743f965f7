-- A reconciliation that runs waits for one page, one that is done for none; each page that was answered
-- was compared once.
SELECT count(*)
FROM admit.reconciliation AS r
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE e.state IN ('due', 'taken')) AS open, count(*) FILTER (WHERE e.state = 'done') AS done
    FROM admit.effect AS e
    WHERE e.tenant_id = $1 AND e.reconciliation_id = r.reconciliation_id
) AS page
WHERE r.tenant_id = $1
  AND (page.done <> r.pages
       OR r.state = 'running' AND page.open <> 1
       OR r.state = 'done' AND page.open <> 0
       OR r.state <> 'running'
          AND EXISTS (SELECT FROM admit.reconciliation_seen AS s
                      WHERE s.tenant_id = $1 AND s.reconciliation_id = r.reconciliation_id))
