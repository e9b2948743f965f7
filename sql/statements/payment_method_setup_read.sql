SELECT s.setup_id, s.wallet_id, s.provider, s.state, s.sealed_client_secret, s.created_at, s.updated_at
FROM admit.payment_method_setup AS s
WHERE s.tenant_id = $1 AND s.setup_id = $2 AND s.wallet_id = $3
