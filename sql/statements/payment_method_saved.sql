-- What a payment needs of a wallet's own saved method.
SELECT m.provider_reference, c.provider_reference
FROM admit.payment_method AS m
JOIN admit.payment_customer AS c
  ON c.tenant_id = m.tenant_id AND c.wallet_id = m.wallet_id AND c.provider = m.provider AND c.live = m.live
WHERE m.tenant_id = $1 AND m.payment_method_id = $2 AND m.wallet_id = $3 AND m.provider = $4 AND m.live = $5
  AND m.removed_at IS NULL
