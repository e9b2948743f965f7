-- A provider's configuration, the account that was made for it, and what the account in use may do.
SELECT p.live, p.secret_count, p.sealed_api_key IS NOT NULL, p.connected_account, p.application_fee_percentage::text,
       a.charges_enabled, a.payouts_enabled, a.details_submitted, a.told_at, p.updated_at, c.account,
       EXISTS (SELECT FROM admit.provider_onboarding AS o
               WHERE o.tenant_id = p.tenant_id AND o.provider = p.provider AND o.live = p.live AND o.state = $3
                 AND o.account IS NOT DISTINCT FROM coalesce(p.connected_account, c.account)),
       a.requirements_due, a.requirements_past_due, a.disabled_reason, p.reconciliation_hour
FROM admit.provider AS p
LEFT JOIN admit.connected_account AS c ON c.tenant_id = p.tenant_id AND c.provider = p.provider AND c.live = p.live
LEFT JOIN admit.provider_account AS a
  ON a.tenant_id = p.tenant_id AND a.provider = p.provider AND a.account = coalesce(p.connected_account, c.account)
WHERE p.tenant_id = $1 AND p.provider = $2
