-- Locks a parked delivery with its payout, if that is known and nobody holds one of them.
SELECT NULL::uuid, NULL::uuid
FROM admit.webhook_delivery AS d
JOIN admit.payout AS p ON p.tenant_id = d.tenant_id
WHERE d.tenant_id = $1 AND d.delivery_id = $2 AND d.provider = $3 AND d.state = 'parked' AND p.tenant_id = $1
  AND p.payout_id = ANY (ARRAY[$4::uuid, (
      SELECT r.payout_id FROM admit.payout AS r WHERE r.tenant_id = $1 AND r.provider_reference = $5)])
FOR UPDATE OF d, p SKIP LOCKED
