-- The payments here that an object of the provider's names, and what was known of them when its list
-- was asked for.
SELECT p.payment_id, p.provider_reference, p.state, p.amount_cents, p.currency,
       coalesce(p.succeeded_at < $5, false), p.refunded_cents,
       (SELECT coalesce(sum(r.amount_cents), 0)::bigint FROM admit.refund AS r
        WHERE r.tenant_id = $1 AND r.payment_id = p.payment_id
          AND (r.state = 'pending' OR r.state = 'succeeded' AND r.updated_at >= $5)),
       EXISTS (SELECT FROM admit.dispute AS d WHERE d.tenant_id = $1 AND d.payment_id = p.payment_id)
FROM admit.payment AS p
WHERE p.tenant_id = $1 AND p.provider = $2
  AND p.payment_id = ANY (ARRAY[$3::uuid, (
      SELECT r.payment_id FROM admit.payment AS r
      WHERE r.tenant_id = $1 AND r.provider = $2 AND r.provider_reference = $4)])
ORDER BY p.payment_id
