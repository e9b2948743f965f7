INSERT INTO admit.event (
    tenant_id, event_id, venue_id, name, description, currency, time_zone, starts_at, ends_at, requires_pass,
    pass_prices_cents, ticket_price_cents, capacity, reentry_allowed, entries_max, exit_scans, duplicate_window_ms,
    promoter_account_id, created_at, updated_at, organizer_account_id, visibility, age_min, hold_seconds,
    hold_seconds_max, payment_seconds
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20, $21, $22,
          $23, $24, $25)
