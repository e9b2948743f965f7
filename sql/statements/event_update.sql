UPDATE admit.event
SET name = coalesce($3, name), description = coalesce($4, description), time_zone = coalesce($5, time_zone),
    starts_at = coalesce($6, starts_at), ends_at = coalesce($7, ends_at),
    requires_pass = coalesce($8, requires_pass), pass_prices_cents = coalesce($9, pass_prices_cents),
    ticket_price_cents = coalesce($10, ticket_price_cents), capacity = coalesce($11, capacity),
    reentry_allowed = coalesce($12, reentry_allowed), entries_max = coalesce($13, entries_max),
    exit_scans = coalesce($14, exit_scans), duplicate_window_ms = coalesce($15, duplicate_window_ms),
    promoter_account_id = coalesce($16, promoter_account_id), status = coalesce($17, status), updated_at = $18,
    organizer_account_id = coalesce($19, organizer_account_id), visibility = coalesce($20, visibility),
    age_min = coalesce($21, age_min), hold_seconds = coalesce($22, hold_seconds),
    hold_seconds_max = coalesce($23, hold_seconds_max), payment_seconds = coalesce($24, payment_seconds),
    -- Whatever is sold until the new end expires as well.
    tickets_expired_at = CASE WHEN coalesce($7, ends_at) = ends_at THEN tickets_expired_at END
WHERE tenant_id = $1 AND event_id = $2
