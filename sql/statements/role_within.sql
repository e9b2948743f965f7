-- Does role $2 exist, and has the caller's own role every command of it?
SELECT count(asked.command) > 0,
       coalesce(bool_and(own.command IS NOT NULL), false)
FROM admit.role_command AS asked
LEFT JOIN LATERAL (
    SELECT k.role FROM admit.api_key AS k WHERE k.tenant_id = $1 AND k.api_key_id = $3
    UNION ALL
    SELECT p.role FROM admit.staff AS p WHERE p.tenant_id = $1 AND p.staff_id = $3
) AS caller ON true
LEFT JOIN admit.role_command AS own
       ON own.tenant_id = asked.tenant_id AND own.role = caller.role AND own.command = asked.command
WHERE asked.tenant_id = $1 AND asked.role = $2
