-- A payment that is to come. A guest never names the provider's object: that would claim somebody else's
-- payment. The metadata or payment.attach ties it to this payment.
INSERT INTO admit.payment (
    tenant_id, payment_id, wallet_id, amount_cents, currency, created_at, order_id, provider, application_fee_cents,
    connected_account, state, payment_method_id, live
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
