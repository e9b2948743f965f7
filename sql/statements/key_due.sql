-- Purposes whose current key is as old as its schedule lets it become. Without key numbers left nothing is due.
SELECT s.purpose
FROM admit.key_schedule AS s
JOIN admit.signing_key AS k ON k.tenant_id = s.tenant_id AND k.purpose = s.purpose AND k.is_current
WHERE s.tenant_id = $1 AND k.created_at + s.every_days * interval '24 hours' <= $2
  AND (SELECT max(each.key_id) FROM admit.signing_key AS each WHERE each.tenant_id = $1) < 65535
ORDER BY s.purpose
