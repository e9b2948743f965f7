-- A purpose's schedule and when its current key is due.
SELECT s.every_days, k.created_at + s.every_days * interval '24 hours'
FROM admit.key_schedule AS s
JOIN admit.signing_key AS k ON k.tenant_id = s.tenant_id AND k.purpose = s.purpose AND k.is_current
WHERE s.tenant_id = $1 AND s.purpose = $2
