-- Locks a payment; its wallet is locked later, where money moves.
SELECT p.payment_id, p.wallet_id, p.order_id, p.provider, p.provider_reference, p.charge_reference, p.amount_cents,
       p.currency, p.state, p.refunded_cents, p.refunded_in_all_cents, p.taken_back_cents, p.disputed_cents,
       w.venue_id, w.event_id
FROM admit.payment AS p
JOIN admit.wallet AS w ON w.tenant_id = p.tenant_id AND w.wallet_id = p.wallet_id
WHERE p.tenant_id = $1 AND p.payment_id = $2
FOR UPDATE OF p
