-- What is known of a locked payment now.
UPDATE admit.payment
SET state = $3, succeeded_at = coalesce(succeeded_at, $4), provider_reference = coalesce(provider_reference, $5),
    charge_reference = coalesce(charge_reference, $6)
WHERE tenant_id = $1 AND payment_id = $2
