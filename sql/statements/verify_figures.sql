SELECT count(*)
FROM (
    SELECT j.event_id, j.gate_id,
           count(*) FILTER (WHERE j.action = 'scan.admitted' AND j.body ->> 'action' IN ('entry', 'reentry'))
           - count(*) FILTER (WHERE j.action = 'scan.annulled' AND j.body ->> 'action' IN ('entry', 'reentry')) AS entries,
           count(*) FILTER (WHERE j.action = 'scan.admitted' AND j.body ->> 'action' = 'exit')
           - count(*) FILTER (WHERE j.action = 'scan.annulled' AND j.body ->> 'action' = 'exit') AS exits,
           count(*) FILTER (WHERE j.action = 'scan.denied') AS denied,
           coalesce(sum(-j.leg_amount[1]), 0) AS charged
    FROM admit.block AS b
    JOIN admit.journal AS j
      ON j.tenant_id = b.tenant_id AND j.lineage = b.lineage
     AND (j.xid, j.ord) >= (b.from_xid, b.from_ord) AND (j.xid, j.ord) <= (b.to_xid, b.to_ord)
    WHERE b.tenant_id = $1 AND j.action IN ('scan.admitted', 'scan.denied', 'scan.annulled')
      AND j.event_id IS NOT NULL AND j.gate_id IS NOT NULL
    GROUP BY j.event_id, j.gate_id
) AS counted
FULL JOIN (SELECT f.* FROM admit.event_figure AS f WHERE f.tenant_id = $1) AS f
  ON f.event_id = counted.event_id AND f.gate_id = counted.gate_id
WHERE (counted.entries, counted.exits, counted.denied, counted.charged)
      IS DISTINCT FROM (f.entries, f.exits, f.denied, f.charged_cents::numeric)
