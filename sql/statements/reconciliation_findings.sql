-- What a reconciliation found, each with what became of it.
SELECT f.finding_id, f.kind, became.result, f.payment_id, f.provider_reference, f.ours, f.theirs, f.delivery_id, d.detail,
       f.found_at
FROM admit.reconciliation_finding AS f
LEFT JOIN admit.webhook_delivery AS d ON d.tenant_id = f.tenant_id AND d.delivery_id = f.delivery_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN d.state IN ('applied', 'duplicate') THEN 'repaired' WHEN d.state = 'parked' THEN 'waiting' ELSE 'difference' END
) AS became (result)
WHERE f.tenant_id = $1 AND f.reconciliation_id = $2 AND ($3::uuid IS NULL OR f.finding_id < $3)
  AND ($4::text IS NULL OR became.result = $4)
ORDER BY f.finding_id DESC LIMIT $5
