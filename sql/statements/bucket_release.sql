UPDATE admit.bucket SET available = available + $4, held = held - $4 WHERE tenant_id = $1 AND pool_id = $2 AND bucket = $3
