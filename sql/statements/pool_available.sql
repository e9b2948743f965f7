-- Free places of some pools, in their order, and whether holds of the event have expired: from one
-- snapshot, so that "sold out" is said only when it is true.
SELECT ARRAY(SELECT coalesce((SELECT sum(b.available) FROM admit.bucket AS b
                              WHERE b.tenant_id = $1 AND b.pool_id = want.pool_id), 0)::bigint
             FROM unnest($3::uuid[]) WITH ORDINALITY AS want (pool_id, number) ORDER BY want.number),
       EXISTS (SELECT FROM admit.hold AS h
               WHERE h.tenant_id = $1 AND h.event_id = $2 AND h.state IN ('open', 'ordered') AND h.expires_at <= $4)
