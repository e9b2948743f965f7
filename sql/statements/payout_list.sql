SELECT p.payout_id, p.account_id, p.amount_cents, p.currency, p.state, p.provider_reference, p.created_at, p.paid_at, p.failed_at
FROM admit.payout AS p
WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.payout_id = $2) AND ($3::uuid IS NULL OR p.payout_id < $3)
  AND ($4::uuid IS NULL OR p.account_id = $4)
ORDER BY p.payout_id DESC LIMIT $5
