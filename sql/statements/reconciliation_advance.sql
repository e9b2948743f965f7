-- A page was compared; $4 says whether it was the last.
UPDATE admit.reconciliation
SET pages = pages + 1, compared = compared + $3, updated_at = $5,
    state = CASE WHEN $4 THEN 'done' ELSE state END, ended_at = CASE WHEN $4 THEN $5 END
WHERE tenant_id = $1 AND reconciliation_id = $2
RETURNING pages
