-- $6 and $7 are the credential's scope: it sees the people who work there alone.
SELECT p.staff_id, p.name, p.role, p.venue_ids, p.event_ids, p.totp_sealed IS NOT NULL,
       EXISTS (SELECT FROM admit.staff_totp_role AS t WHERE t.tenant_id = $1 AND t.role = p.role),
       (SELECT count(*) FROM admit.staff_recovery_code AS c WHERE c.tenant_id = $1 AND c.staff_id = p.staff_id),
       CASE WHEN p.locked_until > $10 THEN p.locked_until END, p.created_at, p.deactivated_at
FROM admit.staff AS p
WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.staff_id = $2)
  AND ($3::boolean IS NULL OR (p.deactivated_at IS NULL) = $3) AND ($4::text IS NULL OR p.role = $4)
  AND ($5::uuid IS NULL OR p.venue_ids = '{}' OR $5 = ANY (p.venue_ids))
  AND ($6::uuid IS NULL OR p.venue_ids = ARRAY[$6]) AND ($7::uuid IS NULL OR p.event_ids = ARRAY[$7])
  AND ($8::uuid IS NULL OR p.staff_id < $8)
ORDER BY p.staff_id DESC LIMIT $9
