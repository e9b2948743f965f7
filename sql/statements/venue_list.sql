SELECT v.venue_id, v.name, v.address, v.venue_type, v.capacity, v.nfc_tag_id, v.time_zone,
       (SELECT (rule ->> 'fixed_cents')::bigint
        FROM (SELECT f.rules FROM admit.fee_version AS f
              WHERE f.tenant_id = v.tenant_id AND f.scope = 'venue' AND f.scope_id = v.venue_id
              ORDER BY f.fee_version DESC LIMIT 1) AS newest
        CROSS JOIN LATERAL jsonb_array_elements(newest.rules) AS rule
        WHERE rule ->> 'action' = 'entry' AND rule ->> 'component' = 'venue_fee'),
       v.account_id, v.status, v.created_at, v.updated_at
FROM admit.venue AS v
WHERE v.tenant_id = $1 AND ($2::uuid IS NULL OR v.venue_id = $2) AND ($3::uuid IS NULL OR v.venue_id < $3)
  AND ($4::text IS NULL OR v.status = $4)
  AND ($6::uuid IS NULL OR EXISTS (SELECT FROM admit.event AS e
                                   WHERE e.tenant_id = $1 AND e.event_id = $6 AND e.venue_id = v.venue_id))
ORDER BY v.venue_id DESC LIMIT $5
