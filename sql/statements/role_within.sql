-- Does role $2 exist, and has the caller's own role every command of it?
SELECT count(asked.command) > 0,
       coalesce(bool_and(own.command IS NOT NULL), false)
FROM admit.role_command AS asked
LEFT JOIN admit.api_key AS caller ON caller.tenant_id = asked.tenant_id AND caller.api_key_id = $3
LEFT JOIN admit.role_command AS own
       ON own.tenant_id = asked.tenant_id AND own.role = caller.role AND own.command = asked.command
WHERE asked.tenant_id = $1 AND asked.role = $2
