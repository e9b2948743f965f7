-- An onboarding with the same addresses that the provider has not answered yet.
SELECT o.onboarding_id
FROM admit.provider_onboarding AS o
WHERE o.tenant_id = $1 AND o.provider = $2 AND o.live = $3 AND o.state = $4 AND o.refresh_url = $5 AND o.return_url = $6
  AND o.account IS NOT DISTINCT FROM $7
ORDER BY o.onboarding_id LIMIT 1
