-- The payment that a notice claims something of, unlocked, with the object that the provider made for it.
SELECT p.payment_id,
       (SELECT e.object_reference FROM admit.effect AS e
        WHERE e.tenant_id = $1 AND e.payment_id = p.payment_id AND e.kind = $5)
FROM admit.payment AS p
WHERE p.tenant_id = $1 AND p.provider = $2
  AND p.payment_id = ANY (ARRAY[$3::uuid, (
      SELECT r.payment_id FROM admit.payment AS r
      WHERE r.tenant_id = $1 AND r.provider = $2 AND r.provider_reference = $4)])
ORDER BY p.payment_id LIMIT 1
