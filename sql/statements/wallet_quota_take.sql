-- Counts tickets of a limited type for a wallet; no row above the limit.
INSERT INTO admit.wallet_quota AS q (tenant_id, ticket_type_id, wallet_id, taken) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, ticket_type_id, wallet_id) DO UPDATE SET taken = q.taken + excluded.taken
WHERE q.taken + excluded.taken <= $5
RETURNING taken
