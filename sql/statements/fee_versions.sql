SELECT f.fee_version, f.rules, f.rounding, f.created_at
FROM admit.fee_version AS f
WHERE f.tenant_id = $1 AND f.scope = $2 AND f.scope_id = $3 AND ($4::bigint IS NULL OR f.fee_version < $4)
ORDER BY f.fee_version DESC LIMIT $5
