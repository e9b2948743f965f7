-- Reconciliations with the number of their findings by result.
SELECT r.reconciliation_id, r.provider, r.created_from, r.created_until, r.state, r.reason, r.pages, r.compared,
       found.repaired, found.waiting, found.differences, r.started_at, r.ended_at
FROM admit.reconciliation AS r
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.state IN ('applied', 'duplicate')) AS repaired,
           count(*) FILTER (WHERE d.state = 'parked') AS waiting,
           count(*) FILTER (WHERE d.state IS NULL OR d.state NOT IN ('applied', 'duplicate', 'parked')) AS differences
    FROM admit.reconciliation_finding AS f
    LEFT JOIN admit.webhook_delivery AS d ON d.tenant_id = f.tenant_id AND d.delivery_id = f.delivery_id
    WHERE f.tenant_id = $1 AND f.reconciliation_id = r.reconciliation_id
) AS found
WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.reconciliation_id = $2)
  AND ($3::uuid IS NULL OR r.reconciliation_id < $3) AND ($4::text IS NULL OR r.state = $4)
ORDER BY r.reconciliation_id DESC LIMIT $5
