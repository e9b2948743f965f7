-- An order takes a hold over.
UPDATE admit.hold SET state = 'ordered', order_id = $3, expires_at = $4 WHERE tenant_id = $1 AND hold_id = $2
