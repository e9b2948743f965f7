-- An event as its doors see it. Places are sure when nobody counts them, or when nobody enters without one of
-- the event's tickets, of which there are no more than places, and the venue has no other guests meanwhile.
SELECT e.venue_id, e.name, e.status, v.status, e.currency, e.starts_at, e.ends_at, e.time_zone, e.requires_pass,
       e.reentry_allowed, e.entries_max, e.exit_scans, e.duplicate_window_ms, e.policy,
       (e.capacity IS NULL OR e.requires_pass)
       AND (v.capacity IS NULL
            OR e.requires_pass AND coalesce(e.capacity <= v.capacity, false)
               AND NOT EXISTS (SELECT FROM admit.event AS o
                               WHERE o.tenant_id = $1 AND o.venue_id = e.venue_id AND o.event_id <> $2
                                 AND o.status = 'active' AND o.starts_at < e.ends_at AND o.ends_at > e.starts_at))
FROM admit.event AS e
JOIN admit.venue AS v ON v.tenant_id = e.tenant_id AND v.venue_id = e.venue_id
WHERE e.tenant_id = $1 AND e.event_id = $2
