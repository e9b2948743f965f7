-- The disputes of a locked payment, oldest first.
SELECT d.provider_reference, d.amount_cents, d.currency, d.reason, d.inquiry, d.state
FROM admit.dispute AS d
WHERE d.tenant_id = $1 AND d.payment_id = $2
ORDER BY d.dispute_id
