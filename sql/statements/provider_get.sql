SELECT p.live, p.secret_count, p.sealed_api_key IS NOT NULL, p.connected_account, p.application_fee_percentage::text,
       a.charges_enabled, a.payouts_enabled, a.details_submitted, a.told_at, p.updated_at,
       p.reconciliation_hour
FROM admit.provider AS p
LEFT JOIN admit.provider_account AS a
  ON a.tenant_id = p.tenant_id AND a.provider = p.provider AND a.account = p.connected_account
WHERE p.tenant_id = $1 AND p.provider = $2
