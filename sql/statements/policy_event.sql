-- The policy of an event, and those of its rules that are the event's own.
SELECT e.policy, e.duplicate_window_ms, e.exit_scans, e.reentry_allowed, e.entries_max
FROM admit.event AS e
WHERE e.tenant_id = $1 AND e.event_id = $2
