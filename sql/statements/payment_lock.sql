-- Locks a payment; its wallet is locked later, where money moves.
SELECT p.wallet_id, p.provider, p.provider_reference, p.amount_cents, p.refunded_cents, p.currency, p.state,
       w.venue_id, w.event_id, p.order_id
FROM admit.payment AS p
JOIN admit.wallet AS w ON w.tenant_id = p.tenant_id AND w.wallet_id = p.wallet_id
WHERE p.tenant_id = $1 AND p.payment_id = $2
FOR UPDATE OF p
