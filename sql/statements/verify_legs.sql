SELECT count(*) FROM admit.journal AS j
WHERE j.tenant_id = $1 AND NOT admit.legs_balance(j.leg_account, j.leg_amount)
   OR j.tenant_id = $1 AND (j.leg_account IS NULL) <> (j.currency IS NULL)
