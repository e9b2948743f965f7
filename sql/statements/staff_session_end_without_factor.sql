-- Ends sessions without a second factor of people with these roles. One that somebody else has locked is refused all
-- the same when it is used (credential_staff.sql), so none is waited for.
UPDATE admit.staff_session AS s SET ended_at = $3
FROM (
    SELECT o.session_id FROM admit.staff_session AS o
    JOIN admit.staff AS p ON p.tenant_id = o.tenant_id AND p.staff_id = o.staff_id
    WHERE o.tenant_id = $1 AND o.ended_at IS NULL AND NOT o.second_factor AND p.role = ANY ($2)
    FOR UPDATE OF o SKIP LOCKED
) AS without
WHERE s.tenant_id = $1 AND s.session_id = without.session_id
