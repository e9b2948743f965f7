-- Begins a reconciliation, unless one of the provider is running or, by itself, has begun on this UTC day.
INSERT INTO admit.reconciliation (
    tenant_id, reconciliation_id, provider, live, day, created_from, created_until, state, started_at, updated_at
) VALUES ($1, $2, $3, (SELECT v.live FROM admit.provider AS v WHERE v.tenant_id = $1 AND v.provider = $3), CASE WHEN $4 THEN ($7::timestamptz AT TIME ZONE 'UTC')::date END, $5, $6, 'running', $7, $7)
ON CONFLICT DO NOTHING
RETURNING reconciliation_id
