-- Sets a schedule; no row when it is set so already.
INSERT INTO admit.key_schedule AS s (tenant_id, purpose, every_days) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, purpose) DO UPDATE SET every_days = excluded.every_days WHERE s.every_days <> excluded.every_days
RETURNING 1
