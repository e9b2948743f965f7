-- A wallet with its entries at its event: its own and those of its tickets.
SELECT w.currency, w.balance_cents, w.frozen, w.event_id, w.venue_id,
       coalesce(p.entries, 0) + used.entries, coalesce(p.inside, false) OR used.inside, w.created_at
FROM admit.wallet AS w
LEFT JOIN admit.presence AS p
  ON p.tenant_id = w.tenant_id AND p.event_id = w.event_id AND p.wallet_id = w.wallet_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.entries), 0)::integer AS entries, coalesce(bool_or(t.inside), false) AS inside
    FROM admit.ticket AS t
    WHERE t.tenant_id = $1 AND t.wallet_id = $2 AND t.event_id = w.event_id
) AS used
WHERE w.tenant_id = $1 AND w.wallet_id = $2
