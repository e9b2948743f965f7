SELECT t.ticket_id, t.unit, t.ticket_type_id, t.state
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.order_id = $2
ORDER BY t.unit
