UPDATE admit.bucket SET available = $4, held = $5, sold = $6 WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3
