-- Ends an onboarding that the provider refused and, where it was the account, those that wait for the same.
WITH refused AS (
    DELETE FROM admit.connected_account AS c
    WHERE c.tenant_id = $1 AND c.onboarding_id = $2 AND c.account IS NULL
    RETURNING c.provider, c.live
)
UPDATE admit.provider_onboarding AS o
SET state = $4, failure = $5
WHERE o.tenant_id = $1 AND o.state = $3
  AND (o.onboarding_id = $2
       OR o.account IS NULL AND (o.provider, o.live) IN (SELECT r.provider, r.live FROM refused AS r))
