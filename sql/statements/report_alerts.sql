-- Alert ids are not in time order, so the page goes on after the alert that the cursor names.
SELECT a.alert_id, a.event_id, a.kind, a.message, a.raised_at
FROM admit.alert AS a
LEFT JOIN admit.event AS e ON e.tenant_id = a.tenant_id AND e.event_id = a.event_id
WHERE a.tenant_id = $1
  AND ($2::uuid IS NULL OR (a.raised_at, a.alert_id) < (
      SELECT c.raised_at, c.alert_id FROM admit.alert AS c WHERE c.tenant_id = $1 AND c.alert_id = $2))
  AND ($3::uuid IS NULL OR a.event_id = $3)
  AND ($4::uuid IS NULL OR e.venue_id = $4) AND ($5::uuid IS NULL OR a.event_id = $5)
ORDER BY a.raised_at DESC, a.alert_id DESC LIMIT $6
