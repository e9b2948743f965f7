-- Signing keys without their secrets, and when their successors follow by schedule.
SELECT k.key_id, k.purpose, k.is_current, k.created_at, k.revoked_at, k.created_at + s.every_days * interval '24 hours'
FROM admit.signing_key AS k
LEFT JOIN admit.key_schedule AS s ON s.tenant_id = k.tenant_id AND s.purpose = k.purpose AND k.is_current
WHERE k.tenant_id = $1
ORDER BY k.key_id
