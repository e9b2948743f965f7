-- Codes with their visits: one ($2), or a venue's ($3) by event, kind and state at a time ($7), within a scope ($10, $11).
SELECT c.venue_code_id, c.venue_id, c.event_id, c.gate_id, c.kind, c.label, c.code, c.expires_at, c.revoked_at, c.created_at,
       n.scans, n.first_scan_at, n.last_scan_at, t.link_base_url, v.name
FROM admit.venue_code AS c
JOIN admit.venue AS v ON v.tenant_id = c.tenant_id AND v.venue_id = c.venue_id
JOIN admit.tenant AS t ON t.tenant_id = c.tenant_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(b.scans), 0)::bigint AS scans, min(b.first_scan_at) AS first_scan_at, max(b.last_scan_at) AS last_scan_at
    FROM admit.venue_code_count AS b WHERE b.tenant_id = c.tenant_id AND b.venue_code_id = c.venue_code_id
) AS n
WHERE c.tenant_id = $1
  AND ($2::uuid IS NULL OR c.venue_code_id = $2)
  AND ($3::uuid IS NULL OR c.venue_id = $3)
  AND ($4::uuid IS NULL OR c.event_id = $4)
  AND ($5::text IS NULL OR c.kind = $5)
  AND ($6::text IS NULL OR $6 = CASE
          WHEN c.revoked_at IS NOT NULL THEN 'revoked' WHEN c.expires_at <= $7 THEN 'expired' ELSE 'active' END)
  AND ($8::uuid IS NULL OR c.venue_code_id < $8)
  AND ($10::uuid IS NULL OR c.venue_id = $10)
  AND ($11::uuid IS NULL OR c.event_id = $11)
ORDER BY c.venue_code_id DESC LIMIT $9
