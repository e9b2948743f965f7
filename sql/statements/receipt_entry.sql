SELECT j.tenant_id, j.entry_id, j.recorded_at, j.actor_id, j.event_id, j.gate_id, j.wallet_id, j.action,
       j.actor_kind, j.currency, j.leg_account, j.leg_amount, j.body::text, coalesce(e.venue_id, g.venue_id)
FROM admit.journal AS j
LEFT JOIN admit.event AS e ON e.tenant_id = j.tenant_id AND e.event_id = j.event_id
LEFT JOIN admit.gate AS g ON g.tenant_id = j.tenant_id AND g.gate_id = j.gate_id
WHERE j.tenant_id = $1 AND j.entry_id = $2
