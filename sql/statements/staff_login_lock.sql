-- Locks who claims to log in; their events at venue $3 are read with it.
SELECT p.code_hash, p.deactivated_at IS NOT NULL, p.name, p.role, p.venue_ids, cardinality(p.event_ids) > 0,
       ARRAY(SELECT e.event_id FROM admit.event AS e
             WHERE e.tenant_id = $1 AND e.event_id = ANY (p.event_ids) AND e.venue_id = $3 ORDER BY e.event_id),
       p.totp_sealed, p.totp_last_step, p.failures, p.locked_until,
       EXISTS (SELECT FROM admit.staff_totp_role AS t WHERE t.tenant_id = $1 AND t.role = p.role)
FROM admit.staff AS p
WHERE p.tenant_id = $1 AND p.staff_id = $2
FOR UPDATE OF p
