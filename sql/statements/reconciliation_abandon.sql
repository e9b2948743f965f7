-- Ends reconciliations whose next page nobody could ask for: an effect is given up after 23 hours.
UPDATE admit.reconciliation
SET state = 'failed', ended_at = $2, reason = 'nobody has asked the provider for more than a day: see its api_key and the shim'
WHERE tenant_id = $1 AND state = 'running' AND updated_at < $2 - interval '25 hours'
RETURNING reconciliation_id
