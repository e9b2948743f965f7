SELECT r.admit_per_minute, r.opens_at, r.pass_seconds, r.front_place, q.place, q.admitted_at, q.wallet_id IS NOT NULL,
       r.advanced_at
FROM admit.waiting_room AS r
LEFT JOIN admit.queue_place AS q ON q.tenant_id = r.tenant_id AND q.event_id = r.event_id AND q.wallet_id = $3
WHERE r.tenant_id = $1 AND r.event_id = $2
