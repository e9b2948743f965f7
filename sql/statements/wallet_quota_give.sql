-- Gives tickets of a limited type back to what its wallet may have; other types are not counted.
UPDATE admit.wallet_quota AS q SET taken = q.taken - $4
FROM admit.ticket_type AS t
WHERE q.tenant_id = $1 AND q.ticket_type_id = $2 AND q.wallet_id = $3
  AND t.tenant_id = $1 AND t.ticket_type_id = $2 AND t.wallet_max IS NOT NULL
