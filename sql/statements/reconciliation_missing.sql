-- Payments that succeeded here within a reconciliation's time and were not in the provider's list. Their
-- object was made between the announcement and the success; the two clocks may differ by a minute.
SELECT p.payment_id, p.provider_reference, p.amount_cents, p.currency
FROM admit.payment AS p
JOIN admit.reconciliation AS r ON r.tenant_id = p.tenant_id AND r.provider = p.provider AND r.live = p.live
WHERE r.tenant_id = $1 AND r.reconciliation_id = $2 AND p.tenant_id = $1 AND p.state = 'succeeded'
  AND p.created_at >= r.created_from + interval '1 minute' AND p.succeeded_at <= r.created_until - interval '1 minute'
  AND NOT EXISTS (
      SELECT FROM admit.reconciliation_seen AS s
      WHERE s.tenant_id = $1 AND s.reconciliation_id = $2 AND s.payment_id = p.payment_id)
ORDER BY p.payment_id LIMIT $3
