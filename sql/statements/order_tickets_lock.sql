-- An order's tickets, locked in the order of their units.
SELECT t.ticket_id, t.ticket_type_id, t.item, t.state, t.seat
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.order_id = $2
ORDER BY t.unit
FOR NO KEY UPDATE
