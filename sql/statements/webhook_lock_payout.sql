-- Locks a parked delivery with its payout, if it is known and nobody holds one of them.
SELECT 1
FROM admit.webhook_delivery AS d
JOIN admit.payout AS p ON p.tenant_id = d.tenant_id
WHERE d.tenant_id = $1 AND d.delivery_id = $2 AND d.state = 'parked'
  AND p.payout_id IN (
      SELECT $3::uuid
      UNION ALL
      SELECT r.payout_id FROM admit.payout AS r WHERE r.tenant_id = $1 AND r.provider_reference = $4
  )
FOR UPDATE OF d, p SKIP LOCKED
