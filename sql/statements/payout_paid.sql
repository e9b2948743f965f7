UPDATE admit.payout
SET state = 'paid', provider_reference = coalesce(provider_reference, $3), paid_at = $4
WHERE tenant_id = $1 AND payout_id = $2
