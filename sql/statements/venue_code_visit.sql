-- Finds a good code ($2) at a time ($3) with the event that it leads to, and counts the visit in a bucket ($4).
WITH found AS (
    SELECT c.venue_code_id, c.kind, c.venue_id, v.name AS venue_name, e.event_id, e.name AS event_name, c.gate_id, c.code, t.link_base_url
    FROM admit.venue_code AS c
    JOIN admit.venue AS v ON v.tenant_id = c.tenant_id AND v.venue_id = c.venue_id
    JOIN admit.tenant AS t ON t.tenant_id = c.tenant_id
    LEFT JOIN LATERAL (
        SELECT e.event_id, e.name FROM admit.event AS e
        WHERE e.tenant_id = c.tenant_id AND e.venue_id = c.venue_id
          AND (e.event_id = c.event_id
               OR c.event_id IS NULL AND e.status = 'active' AND e.visibility = 'public' AND e.ends_at > $3)
        ORDER BY e.starts_at, e.event_id LIMIT 1
    ) AS e ON true
    WHERE c.tenant_id = $1 AND c.code = $2 AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $3)
      AND v.status <> 'archived'
), counted AS (
    INSERT INTO admit.venue_code_count AS b (tenant_id, venue_code_id, bucket, scans, first_scan_at, last_scan_at)
    SELECT $1, f.venue_code_id, $4, 1, $3, $3 FROM found AS f
    ON CONFLICT (tenant_id, venue_code_id, bucket) DO UPDATE
    SET scans = b.scans + 1, first_scan_at = least(b.first_scan_at, $3), last_scan_at = greatest(b.last_scan_at, $3)
)
SELECT f.kind, f.venue_id, f.venue_name, f.event_id, f.event_name, f.gate_id, f.code, f.link_base_url FROM found AS f
