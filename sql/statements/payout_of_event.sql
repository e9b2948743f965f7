-- The payout that a provider's object is about, locked: by the id in its metadata or by the
-- object's own id. Two rows are a contradiction.
SELECT p.payout_id, p.amount_cents, p.currency, p.state, p.provider_reference, p.account_id
FROM admit.payout AS p
WHERE p.tenant_id = $1
  AND p.payout_id = ANY (ARRAY[$2::uuid, (
      SELECT r.payout_id FROM admit.payout AS r WHERE r.tenant_id = $1 AND r.provider_reference = $3)])
ORDER BY p.payout_id
FOR UPDATE OF p
