UPDATE admit.payout
SET state = 'failed', provider_reference = coalesce(provider_reference, $3), failed_at = $4
WHERE tenant_id = $1 AND payout_id = $2
