-- What the provider has answered about a refund; a state that was reported meanwhile stays.
UPDATE admit.refund
SET provider_reference = coalesce(provider_reference, $3), state = CASE WHEN state = $5 THEN $4 ELSE state END
WHERE tenant_id = $1 AND refund_id = $2
