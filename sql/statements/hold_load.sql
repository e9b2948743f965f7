-- What a hold looks at, in one read: the configuration's revision, the buyer's wallet, an earlier
-- hold with this id, and what the own buckets of its pools have.
SELECT t.revision, w.wallet_id, h.request_digest, own.available, w.venue_id, w.event_id
FROM admit.tenant AS t
LEFT JOIN admit.wallet AS w ON w.tenant_id = $1 AND w.wallet_id = $2
LEFT JOIN admit.hold AS h ON h.tenant_id = $1 AND h.hold_id = $3
CROSS JOIN LATERAL (
    SELECT array_agg(b.available ORDER BY want.position) AS available
    FROM unnest($4::uuid[], $5::smallint[]) WITH ORDINALITY AS want (pool_id, bucket, position)
    JOIN admit.bucket AS b ON b.tenant_id = $1 AND b.pool_id = want.pool_id AND b.bucket = want.bucket
) AS own
WHERE t.tenant_id = $1
