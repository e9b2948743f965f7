UPDATE admit.bucket SET held = held - $4, sold = sold + $4 WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3
