-- What a wallet's ticket shows at the gate is made of this.
SELECT t.state, t.event_id, t.generation, t.code_key, y.class, t.created_at, coalesce(y.valid_until, e.ends_at), e.policy
FROM admit.ticket AS t
JOIN admit.ticket_type AS y ON y.tenant_id = t.tenant_id AND y.ticket_type_id = t.ticket_type_id
JOIN admit.event AS e ON e.tenant_id = t.tenant_id AND e.event_id = t.event_id
WHERE t.tenant_id = $1 AND t.ticket_id = $2 AND t.wallet_id = $3
