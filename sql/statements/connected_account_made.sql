-- Keeps the account that the provider has made for an onboarding; none where it keeps another.
UPDATE admit.connected_account AS c
SET account = $3, made_at = coalesce(c.made_at, $4)
WHERE c.tenant_id = $1 AND c.onboarding_id = $2 AND coalesce(c.account, $3) = $3
RETURNING c.live
