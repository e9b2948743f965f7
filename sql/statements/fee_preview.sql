-- An event's currency, payees and fee schedules where no gate is named, from the narrowest scope
-- to the widest.
SELECT e.currency, venue_account.account_id, e.promoter_account_id, e.organizer_account_id,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('fee_version', f.fee_version, 'rules', f.rules, 'rounding', f.rounding)
                                  ORDER BY scopes.rank), '[]')
        FROM (VALUES (1, 'event', e.event_id), (2, 'venue', e.venue_id),
                     (3, 'platform', '00000000-0000-0000-0000-000000000000'::uuid)) AS scopes (rank, scope, scope_id)
        CROSS JOIN LATERAL (
            SELECT version.fee_version, version.rules, version.rounding FROM admit.fee_version AS version
            WHERE version.tenant_id = $1 AND version.scope = scopes.scope AND version.scope_id = scopes.scope_id
            ORDER BY version.fee_version DESC LIMIT 1
        ) AS f)
FROM admit.event AS e
JOIN admit.account AS venue_account
  ON venue_account.tenant_id = e.tenant_id AND venue_account.kind = 'venue'
 AND venue_account.name = e.venue_id::text AND venue_account.currency = e.currency
WHERE e.tenant_id = $1 AND e.event_id = $2
