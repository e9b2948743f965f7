-- Whether a provider's daily reconciliation is to begin: from the day after it was configured, once a UTC day, not
-- before its hour.
SELECT 1
FROM admit.provider AS v
WHERE v.tenant_id = $1 AND v.provider = $2 AND v.sealed_api_key IS NOT NULL
  AND v.updated_at < date_trunc('day', $3::timestamptz, 'UTC')
  AND $3::timestamptz >= date_trunc('day', $3::timestamptz, 'UTC') + make_interval(hours => v.reconciliation_hour)
  AND NOT EXISTS (
      SELECT FROM admit.reconciliation AS r
      WHERE r.tenant_id = $1 AND r.provider = $2
        AND (r.state = 'running' OR r.day = ($3::timestamptz AT TIME ZONE 'UTC')::date))
