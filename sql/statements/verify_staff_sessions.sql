-- No session outlives its device, its person, or twelve hours, and no device has two.
SELECT (SELECT count(*) FROM admit.staff_session AS s
        JOIN admit.device AS d ON d.tenant_id = s.tenant_id AND d.device_id = s.device_id
        JOIN admit.staff AS p ON p.tenant_id = s.tenant_id AND p.staff_id = s.staff_id
        WHERE s.tenant_id = $1 AND (s.ended_at IS NULL AND (d.revoked_at IS NOT NULL OR p.deactivated_at IS NOT NULL)
                                    OR s.expires_at > s.created_at + interval '12 hours'))
     + (SELECT count(*) FROM (SELECT FROM admit.staff_session AS s WHERE s.tenant_id = $1 AND s.ended_at IS NULL
                              GROUP BY s.device_id HAVING count(*) > 1) AS doubled)
