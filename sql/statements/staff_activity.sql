-- What a person did, by the index of staff's entries; $13 and $14 are the credential's scope.
SELECT j.tenant_id, j.entry_id, j.recorded_at, j.actor_id, j.event_id, j.gate_id, j.wallet_id, j.action,
       j.actor_kind, j.currency, j.leg_account, j.leg_amount, j.body::text, j.hash
FROM admit.journal AS j
LEFT JOIN admit.event AS e ON e.tenant_id = j.tenant_id AND e.event_id = j.event_id
LEFT JOIN admit.gate AS g ON g.tenant_id = j.tenant_id AND g.gate_id = j.gate_id
WHERE j.tenant_id = $1 AND j.actor_kind = 'staff' AND j.actor_id = $2 AND j.entry_id >= $3 AND j.entry_id < $4
  AND ($5::timestamptz IS NULL OR j.recorded_at >= $5) AND ($6::timestamptz IS NULL OR j.recorded_at < $6)
  AND ($7::text IS NULL OR j.action = $7) AND ($8::text IS NULL OR pg_catalog.starts_with(j.action, $8))
  AND ($9::uuid IS NULL OR j.event_id = $9) AND ($10::uuid IS NULL OR j.gate_id = $10)
  AND ($11::uuid IS NULL OR (j.body ->> 'device_id')::uuid = $11)
  AND ($13::uuid IS NULL OR e.venue_id = $13 OR g.venue_id = $13) AND ($14::uuid IS NULL OR j.event_id = $14)
ORDER BY j.entry_id DESC LIMIT $12
