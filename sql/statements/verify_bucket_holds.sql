-- What each bucket says is held is what live holds took of it.
SELECT count(*)
FROM (
    SELECT part.pool_id, part.bucket, sum(part.quantity) AS quantity
    FROM admit.hold AS h
    CROSS JOIN LATERAL unnest(h.bucket_pool, h.bucket_number, h.bucket_quantity) AS part (pool_id, bucket, quantity)
    WHERE h.tenant_id = $1 AND h.state IN ('open', 'ordered')
    GROUP BY part.pool_id, part.bucket
) AS live
FULL JOIN (SELECT b.* FROM admit.bucket AS b WHERE b.tenant_id = $1) AS b
  ON b.pool_id = live.pool_id AND b.bucket = live.bucket
WHERE coalesce(live.quantity, 0) IS DISTINCT FROM coalesce(b.held, 0)::numeric
