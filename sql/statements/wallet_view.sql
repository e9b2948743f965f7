SELECT w.currency, w.balance_cents, w.frozen, w.event_id, w.venue_id,
       coalesce(p.entries, 0), coalesce(p.inside, false), w.created_at
FROM admit.wallet AS w
LEFT JOIN admit.presence AS p
  ON p.tenant_id = w.tenant_id AND p.event_id = w.event_id AND p.wallet_id = w.wallet_id
WHERE w.tenant_id = $1 AND w.wallet_id = $2
