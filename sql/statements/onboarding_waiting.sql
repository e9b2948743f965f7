-- Gives the onboardings that wait for an account that account.
UPDATE admit.provider_onboarding AS o
SET account = $5
WHERE o.tenant_id = $1 AND o.provider = $2 AND o.live = $3 AND o.state = $4 AND o.account IS NULL
RETURNING o.onboarding_id, o.refresh_url, o.return_url
