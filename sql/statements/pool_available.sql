-- Free places of some pools, and whether holds of the event have expired: from one snapshot, so that
-- "sold out" is said only when it is true.
SELECT coalesce((SELECT min(pool.available - want.quantity)
                 FROM unnest($3::uuid[], $4::bigint[]) AS want (pool_id, quantity)
                 CROSS JOIN LATERAL (SELECT sum(b.available) AS available FROM admit.bucket AS b
                                     WHERE b.tenant_id = $1 AND b.pool_id = want.pool_id) AS pool), -1)::bigint,
       EXISTS (SELECT FROM admit.hold AS h
               WHERE h.tenant_id = $1 AND h.event_id = $2 AND h.state IN ('open', 'ordered') AND h.expires_at <= $5)
