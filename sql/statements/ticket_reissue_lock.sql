-- Locks a ticket that is to get new codes.
SELECT t.event_id, t.wallet_id, t.order_id, t.state, t.generation
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.ticket_id = $2
FOR NO KEY UPDATE OF t
