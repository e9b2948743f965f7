-- Whose a provider's payment method is: of the wallet that has it here, else of its customer's.
SELECT m.wallet_id, m.live
FROM admit.payment_method AS m
WHERE m.tenant_id = $1 AND m.provider = $2 AND m.provider_reference = $3
UNION ALL
SELECT c.wallet_id, c.live
FROM admit.payment_customer AS c
WHERE c.tenant_id = $1 AND c.provider = $2 AND c.provider_reference = $4
LIMIT 1
