UPDATE admit.payout
SET state = $3, provider_reference = coalesce(provider_reference, $4), paid_at = $5
WHERE tenant_id = $1 AND payout_id = $2
