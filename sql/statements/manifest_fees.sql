-- The fees in force at an event ($2) of a venue ($3): of the platform, the venue, the event and each gate.
SELECT jsonb_agg(jsonb_build_object('scope', scopes.scope, 'scope_id', scopes.scope_id, 'fee_version', f.fee_version,
                                    'rules', f.rules, 'rounding', f.rounding) ORDER BY scopes.scope, scopes.scope_id)
FROM (SELECT 'platform', '00000000-0000-0000-0000-000000000000'::uuid
      UNION ALL SELECT 'venue', $3
      UNION ALL SELECT 'event', $2
      UNION ALL SELECT 'gate', g.gate_id FROM admit.gate AS g WHERE g.tenant_id = $1 AND g.venue_id = $3)
     AS scopes (scope, scope_id)
CROSS JOIN LATERAL (
    SELECT version.fee_version, version.rules, version.rounding FROM admit.fee_version AS version
    WHERE version.tenant_id = $1 AND version.scope = scopes.scope AND version.scope_id = scopes.scope_id
    ORDER BY version.fee_version DESC LIMIT 1
) AS f
