-- Whether the caller's role lacks any of the commands.
SELECT EXISTS (
    SELECT FROM unnest($3::text[]) AS asked (command)
    WHERE NOT EXISTS (
        SELECT FROM (
            SELECT k.role FROM admit.api_key AS k WHERE k.tenant_id = $1 AND k.api_key_id = $2
            UNION ALL
            SELECT p.role FROM admit.staff AS p WHERE p.tenant_id = $1 AND p.staff_id = $2
        ) AS caller
        JOIN admit.role_command AS own ON own.tenant_id = $1 AND own.role = caller.role AND own.command = asked.command
    )
)
