-- Stores a policy; a rule of the event's own that it leaves open stays.
UPDATE admit.event
SET policy = $3, updated_at = $4, duplicate_window_ms = coalesce($5, duplicate_window_ms),
    exit_scans = coalesce($6, exit_scans), reentry_allowed = coalesce($7, reentry_allowed),
    entries_max = CASE WHEN $7::boolean IS NULL THEN entries_max ELSE $8 END
WHERE tenant_id = $1 AND event_id = $2
