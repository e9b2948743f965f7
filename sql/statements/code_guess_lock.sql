-- Locks the count of wrong codes, a new one when the last window has ended.
INSERT INTO admit.code_guess AS g (tenant_id, purpose, subject_hash, failures, failures_in_window, window_ends_at)
VALUES ($1, $2, $3, 0, 0, $5)
ON CONFLICT (tenant_id, purpose, subject_hash) DO UPDATE SET
    failures = CASE WHEN g.window_ends_at > $4 THEN g.failures ELSE 0 END,
    failures_in_window = CASE WHEN g.window_ends_at > $4 THEN g.failures_in_window ELSE 0 END,
    window_ends_at = CASE WHEN g.window_ends_at > $4 THEN g.window_ends_at ELSE $5 END
RETURNING failures, failures_in_window, window_ends_at
