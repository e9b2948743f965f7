SELECT e.event_id, e.venue_id, e.name, e.description, e.currency, e.time_zone, e.starts_at, e.ends_at,
       e.requires_pass, e.pass_prices_cents, e.ticket_price_cents, e.capacity, e.reentry_allowed, e.entries_max,
       e.exit_scans, e.duplicate_window_ms, e.promoter_account_id, e.status, e.created_at, e.updated_at,
       e.organizer_account_id, e.visibility, e.age_min, e.hold_seconds, e.hold_seconds_max, e.payment_seconds
FROM admit.event AS e
WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.event_id = $2) AND ($3::uuid IS NULL OR e.venue_id = $3)
  AND ($4::uuid IS NULL OR e.venue_id = $4) AND ($5::uuid IS NULL OR e.event_id < $5)
  AND ($6::text IS NULL OR e.status = $6)
  -- Guests see what is offered to everybody.
  AND (NOT $8::boolean OR e.visibility = 'public' AND e.status = 'active')
ORDER BY e.event_id DESC LIMIT $7
