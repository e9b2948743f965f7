-- Event, gate, venue, receipt key and the fee schedules from the narrowest scope to the widest.
SELECT e.venue_id, g.venue_id, e.status, g.status, v.status, g.gate_type, e.currency,
       e.starts_at, e.ends_at, e.requires_pass, e.reentry_allowed, e.entries_max, e.exit_scans,
       e.duplicate_window_ms, v.capacity IS NOT NULL, venue_account.account_id,
       vendor.account_id, e.promoter_account_id, k.key_id,
       (SELECT jsonb_agg(jsonb_build_object('fee_version', f.fee_version, 'rules', f.rules, 'rounding', f.rounding)
                         ORDER BY scopes.rank)
        FROM (VALUES (1, 'gate', g.gate_id), (2, 'event', e.event_id), (3, 'venue', e.venue_id),
                     (4, 'platform', '00000000-0000-0000-0000-000000000000'::uuid)) AS scopes (rank, scope, scope_id)
        CROSS JOIN LATERAL (
            SELECT version.fee_version, version.rules, version.rounding FROM admit.fee_version AS version
            WHERE version.tenant_id = $1 AND version.scope = scopes.scope AND version.scope_id = scopes.scope_id
            ORDER BY version.fee_version DESC LIMIT 1
        ) AS f), e.organizer_account_id, e.policy, e.time_zone
FROM admit.event AS e
JOIN admit.gate AS g ON g.tenant_id = e.tenant_id AND g.gate_id = $3
JOIN admit.venue AS v ON v.tenant_id = e.tenant_id AND v.venue_id = e.venue_id
JOIN admit.account AS venue_account
  ON venue_account.tenant_id = v.tenant_id AND venue_account.kind = 'venue'
 AND venue_account.name = v.venue_id::text AND venue_account.currency = e.currency
-- A vendor with an account in another currency sells for the venue here.
LEFT JOIN admit.account AS vendor
  ON vendor.tenant_id = g.tenant_id AND vendor.account_id = g.vendor_account_id AND vendor.currency = e.currency
JOIN admit.signing_key AS k ON k.tenant_id = e.tenant_id AND k.purpose = 'receipt' AND k.is_current
WHERE e.tenant_id = $1 AND e.event_id = $2
