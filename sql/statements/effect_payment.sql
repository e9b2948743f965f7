-- What a refund needs to know of its payment, where admit calls the provider itself.
SELECT p.provider, p.provider_reference, p.currency, p.application_fee_cents, p.connected_account
FROM admit.payment AS p
JOIN admit.provider AS v ON v.tenant_id = p.tenant_id AND v.provider = p.provider
WHERE p.tenant_id = $1 AND p.payment_id = $2 AND v.sealed_api_key IS NOT NULL AND p.provider_reference IS NOT NULL
