-- The adding of a payment method that a wallet goes on with: begun after $4 and not ended.
SELECT s.setup_id
FROM admit.payment_method_setup AS s
WHERE s.tenant_id = $1 AND s.wallet_id = $2 AND s.live = $3 AND s.created_at > $4 AND s.state IN ('pending', 'failed')
ORDER BY s.setup_id DESC LIMIT 1
