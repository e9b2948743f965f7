SELECT p.payment_id, p.wallet_id, p.provider, p.amount_cents, p.currency, p.application_fee_cents, p.refunded_cents,
       p.state, p.provider_reference, p.connected_account, p.created_at, p.succeeded_at,
       p.order_id, p.redirect_url, p.sealed_client_secret, p.disputed_cents, p.payment_method_id
FROM admit.payment AS p
JOIN admit.wallet AS w ON w.tenant_id = p.tenant_id AND w.wallet_id = p.wallet_id
WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.payment_id = $2) AND ($3::uuid IS NULL OR p.payment_id < $3)
  AND ($4::uuid IS NULL OR p.wallet_id = $4)
  AND ($5::uuid IS NULL OR w.venue_id = $5) AND ($6::uuid IS NULL OR w.event_id = $6)
ORDER BY p.payment_id DESC LIMIT $7
