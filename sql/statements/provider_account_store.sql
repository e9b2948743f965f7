-- What an account may do, unless something later is known.
INSERT INTO admit.provider_account AS a (
    tenant_id, provider, account, charges_enabled, payouts_enabled, details_submitted, told_at, requirements_due,
    requirements_past_due, disabled_reason
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (tenant_id, provider, account) DO UPDATE
SET charges_enabled = excluded.charges_enabled, payouts_enabled = excluded.payouts_enabled,
    details_submitted = excluded.details_submitted, told_at = excluded.told_at,
    requirements_due = excluded.requirements_due, requirements_past_due = excluded.requirements_past_due,
    disabled_reason = excluded.disabled_reason
WHERE a.told_at <= excluded.told_at
  AND (a.charges_enabled, a.payouts_enabled, a.details_submitted, a.told_at, a.requirements_due,
       a.requirements_past_due, a.disabled_reason)
      IS DISTINCT FROM (excluded.charges_enabled, excluded.payouts_enabled, excluded.details_submitted, excluded.told_at,
                        excluded.requirements_due, excluded.requirements_past_due, excluded.disabled_reason)
