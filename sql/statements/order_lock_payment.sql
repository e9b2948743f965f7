-- Locks the payment of an order.
SELECT p.payment_id FROM admit."order" AS o
JOIN admit.payment AS p ON p.tenant_id = o.tenant_id AND p.payment_id = o.payment_id
WHERE o.tenant_id = $1 AND o.order_id = $2
FOR UPDATE OF p
