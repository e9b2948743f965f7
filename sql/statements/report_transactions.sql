-- Entries that moved money of an account, or of accounts of some kinds, newest first. $2 and $3 bound the
-- ids by time and cursor, $12 and $13 are the credential's scope.
SELECT j.entry_id, j.action, j.body ->> 'action', j.recorded_at, j.event_id, j.gate_id, (j.body ->> 'order_id')::uuid,
       (j.body ->> 'payment_id')::uuid, (j.body ->> 'payout_id')::uuid, moved.cents, j.currency
FROM admit.journal AS j
LEFT JOIN admit.event AS e ON e.tenant_id = j.tenant_id AND e.event_id = j.event_id
LEFT JOIN admit.gate AS g ON g.tenant_id = j.tenant_id AND g.gate_id = j.gate_id
CROSS JOIN LATERAL (
    SELECT sum(leg.amount_cents)::bigint AS cents
    FROM unnest(j.leg_account, j.leg_amount) AS leg (account_id, amount_cents)
    JOIN admit.account AS a ON a.tenant_id = j.tenant_id AND a.account_id = leg.account_id
    WHERE CASE WHEN $6::uuid IS NULL THEN a.kind = ANY ($7) ELSE a.account_id = $6 END
) AS moved
WHERE j.tenant_id = $1 AND j.entry_id >= $2 AND j.entry_id < $3
  AND ($4::timestamptz IS NULL OR j.recorded_at >= $4) AND ($5::timestamptz IS NULL OR j.recorded_at < $5)
  AND j.leg_account IS NOT NULL AND ($6::uuid IS NULL OR $6 = ANY (j.leg_account)) AND moved.cents IS NOT NULL
  AND ($8::uuid IS NULL OR j.event_id = $8)
  AND ($9::text[] IS NULL OR j.action = ANY ($9))
  AND ($10::text[] IS NULL OR j.body ->> 'action' = ANY ($10))
  AND ($11::text[] IS NULL OR j.action <> ALL ($11))
  AND ($12::uuid IS NULL OR e.venue_id = $12 OR g.venue_id = $12) AND ($13::uuid IS NULL OR j.event_id = $13)
ORDER BY j.entry_id DESC LIMIT $14
