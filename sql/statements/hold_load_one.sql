-- The same for a hold of one pool.
SELECT t.revision, w.event_id, w.venue_id, h.request_digest, b.available
FROM admit.tenant AS t
LEFT JOIN admit.wallet AS w ON w.tenant_id = $1 AND w.wallet_id = $2
LEFT JOIN admit.hold AS h ON h.tenant_id = $1 AND h.hold_id = $3
LEFT JOIN admit.bucket AS b ON b.tenant_id = $1 AND b.pool_id = $4 AND b.bucket = $5
WHERE t.tenant_id = $1
