-- The refunds of a locked payment, oldest first.
SELECT r.refund_id, r.provider_reference, r.amount_cents, r.state
FROM admit.refund AS r
WHERE r.tenant_id = $1 AND r.payment_id = $2
ORDER BY r.refund_id
