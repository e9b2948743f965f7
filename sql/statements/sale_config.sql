-- Everything that a sale at an event looks at and that does not change from sale to sale.
SELECT e.venue_id, e.currency, e.status, e.visibility, e.ends_at, e.hold_seconds, e.hold_seconds_max,
       e.payment_seconds, e.promoter_account_id, e.organizer_account_id, venue_account.account_id,
       (SELECT k.key_id FROM admit.signing_key AS k WHERE k.tenant_id = $1 AND k.purpose = 'receipt' AND k.is_current),
       (SELECT k.key_id FROM admit.signing_key AS k WHERE k.tenant_id = $1 AND k.purpose = 'ticket' AND k.is_current),
       (SELECT coalesce(jsonb_agg(jsonb_build_object('fee_version', f.fee_version, 'rules', f.rules, 'rounding', f.rounding)
                                  ORDER BY scopes.rank), '[]')
        FROM (VALUES (1, 'event', e.event_id), (2, 'venue', e.venue_id),
                     (3, 'platform', '00000000-0000-0000-0000-000000000000'::uuid)) AS scopes (rank, scope, scope_id)
        CROSS JOIN LATERAL (
            SELECT version.fee_version, version.rules, version.rounding FROM admit.fee_version AS version
            WHERE version.tenant_id = $1 AND version.scope = scopes.scope AND version.scope_id = scopes.scope_id
            ORDER BY version.fee_version DESC LIMIT 1
        ) AS f),
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'ticket_type_id', t.ticket_type_id, 'name', t.name, 'price_cents', t.price_cents,
                   'order_max', t.order_max, 'wallet_max', t.wallet_max, 'sale_starts_at', t.sale_starts_at,
                   'sale_ends_at', t.sale_ends_at, 'offer', t.offer, 'zones', t.zones, 'valid_from', t.valid_from,
                   'valid_until', t.valid_until, 'pass_days', t.pass_days,
                   'seat_areas', t.seat_areas, 'status', t.status,
                   'pools', (SELECT jsonb_agg(jsonb_build_object(
                                 'pool_id', b.pool_id, 'generation', b.generation,
                                 'buckets', (SELECT count(*) FROM admit.bucket AS each
                                             WHERE each.tenant_id = $1 AND each.pool_id = b.pool_id)) ORDER BY b.pool_id)
                             FROM admit.ticket_type_pool AS l
                             JOIN admit.bucket AS b ON b.tenant_id = $1 AND b.pool_id = l.pool_id AND b.bucket = 0
                             WHERE l.tenant_id = $1 AND l.ticket_type_id = t.ticket_type_id))
               ORDER BY t.ticket_type_id), '[]')
        FROM admit.ticket_type AS t WHERE t.tenant_id = $1 AND t.event_id = $2),
       EXISTS (SELECT FROM admit.waiting_room AS r WHERE r.tenant_id = $1 AND r.event_id = $2),
       seating.layout_id, seating.single_seats
FROM admit.event AS e
JOIN admit.account AS venue_account
  ON venue_account.tenant_id = e.tenant_id AND venue_account.kind = 'venue'
 AND venue_account.name = e.venue_id::text AND venue_account.currency = e.currency
LEFT JOIN admit.seating AS seating ON seating.tenant_id = e.tenant_id AND seating.event_id = e.event_id
WHERE e.tenant_id = $1 AND e.event_id = $2
