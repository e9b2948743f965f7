-- Locks a parked delivery with its payment and wallet, if they are known and nobody holds one.
SELECT 1
FROM admit.webhook_delivery AS d
JOIN admit.payment AS p ON p.tenant_id = d.tenant_id AND p.provider = d.provider
JOIN admit.wallet AS w ON w.tenant_id = p.tenant_id AND w.wallet_id = p.wallet_id
WHERE d.tenant_id = $1 AND d.delivery_id = $2 AND d.state = 'parked'
  AND p.payment_id IN (
      SELECT $3::uuid
      UNION ALL
      SELECT r.payment_id FROM admit.payment AS r
      WHERE r.tenant_id = $1 AND r.provider = d.provider AND r.provider_reference = $4
  )
FOR UPDATE OF d, p SKIP LOCKED
FOR NO KEY UPDATE OF w SKIP LOCKED
