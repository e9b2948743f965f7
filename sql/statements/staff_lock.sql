-- Locks a person within the credential's scope ($3 and $4), or the caller itself ($5).
SELECT p.role, p.deactivated_at IS NOT NULL, p.totp_sealed IS NOT NULL, p.totp_pending_sealed, p.name, p.venue_ids, p.event_ids,
       p.enrolment_code_hash, p.enrolment_expires_at
FROM admit.staff AS p
WHERE p.tenant_id = $1 AND p.staff_id = $2
  AND ($5::boolean OR ($3::uuid IS NULL OR p.venue_ids = ARRAY[$3]) AND ($4::uuid IS NULL OR p.event_ids = ARRAY[$4]))
FOR UPDATE
