-- $6 and $7 are the credential's scope.
SELECT s.session_id, s.staff_id, s.device_id, s.venue_id, s.event_id, s.second_factor, s.created_at, s.expires_at, s.ended_at
FROM admit.staff_session AS s
JOIN admit.device AS d ON d.tenant_id = s.tenant_id AND d.device_id = s.device_id
WHERE s.tenant_id = $1 AND ($2::uuid IS NULL OR s.staff_id = $2) AND ($3::uuid IS NULL OR s.device_id = $3)
  AND ($4::boolean IS NULL OR (s.ended_at IS NULL AND s.expires_at > $5 AND coalesce(d.token_expires_at > $5, false)) = $4)
  AND ($6::uuid IS NULL OR s.venue_id = $6) AND ($7::uuid IS NULL OR s.event_id = $7)
  AND ($8::uuid IS NULL OR s.session_id < $8)
ORDER BY s.session_id DESC LIMIT $9
