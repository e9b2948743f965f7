-- The seats of an order's tickets by item, in the order of the tickets; of some tickets alone where they are named.
SELECT t.item, t.seat
FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.order_id = $2 AND t.seat IS NOT NULL AND ($3::uuid[] IS NULL OR t.ticket_id = ANY ($3))
ORDER BY t.unit
