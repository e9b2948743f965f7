-- Locks a parked delivery with its payment, if that is known and nobody holds one of them.
SELECT CASE WHEN p.order_id IS NULL THEN p.wallet_id END, p.order_id
FROM admit.webhook_delivery AS d
JOIN admit.payment AS p ON p.tenant_id = d.tenant_id AND p.provider = d.provider
WHERE d.tenant_id = $1 AND d.delivery_id = $2 AND d.state = 'parked' AND p.tenant_id = $1
  AND p.payment_id = ANY (ARRAY[$4::uuid, (
      SELECT r.payment_id FROM admit.payment AS r
      WHERE r.tenant_id = $1 AND r.provider = $3 AND r.provider_reference = $5)])
FOR UPDATE OF d, p SKIP LOCKED
