INSERT INTO admit.event_figure AS f (
    tenant_id, event_id, gate_id, entries, reentries, exits, denied, sales, charged_cents
)
SELECT $1, s.event_id, s.gate_id,
       coalesce(sum(s.number) FILTER (WHERE s.action IN ('entry', 'reentry')), 0),
       coalesce(sum(s.number) FILTER (WHERE s.action = 'reentry'), 0),
       coalesce(sum(s.number) FILTER (WHERE s.action = 'exit'), 0),
       count(*) FILTER (WHERE s.number = 0),
       coalesce(sum(s.number) FILTER (WHERE s.action IN ('concession', 'merchandise', 'general')), 0),
       coalesce(sum(s.charged), 0)::bigint
FROM (
    SELECT j.event_id, j.gate_id, j.body ->> 'action' AS action,
           CASE j.action WHEN 'scan.admitted' THEN 1 WHEN 'scan.annulled' THEN -1 ELSE 0 END AS number,
           -j.leg_amount[1] AS charged
    FROM admit.journal AS j
    WHERE j.tenant_id = $1 AND j.lineage = $2 AND (j.xid, j.ord) >= ($3, $4) AND (j.xid, j.ord) <= ($5, $6)
      AND j.action IN ('scan.admitted', 'scan.denied', 'scan.annulled')
      AND j.event_id IS NOT NULL AND j.gate_id IS NOT NULL
) AS s
GROUP BY s.event_id, s.gate_id
ORDER BY s.event_id, s.gate_id
ON CONFLICT (tenant_id, event_id, gate_id) DO UPDATE
SET entries = f.entries + excluded.entries, reentries = f.reentries + excluded.reentries,
    exits = f.exits + excluded.exits, denied = f.denied + excluded.denied, sales = f.sales + excluded.sales,
    charged_cents = f.charged_cents + excluded.charged_cents
