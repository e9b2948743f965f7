-- The payment that a provider's object is about, locked: by the id in its metadata or by the
-- object's own id. Two rows are a contradiction.
SELECT p.payment_id, p.wallet_id, p.order_id, p.provider, p.provider_reference, p.charge_reference, p.amount_cents,
       p.currency, p.state, p.refunded_cents, p.refunded_in_all_cents, p.taken_back_cents, p.disputed_cents
FROM admit.payment AS p
WHERE p.tenant_id = $1 AND p.provider = $2
  AND p.payment_id = ANY (ARRAY[$3::uuid, (
      SELECT r.payment_id FROM admit.payment AS r
      WHERE r.tenant_id = $1 AND r.provider = $2 AND r.provider_reference = $4)])
ORDER BY p.payment_id
FOR UPDATE OF p
