-- The account of a provider and mode, locked: made known now, or the one that is known.
INSERT INTO admit.connected_account AS c (tenant_id, provider, live, onboarding_id, country, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, provider, live) DO UPDATE SET onboarding_id = c.onboarding_id
RETURNING c.onboarding_id, c.country, c.account
