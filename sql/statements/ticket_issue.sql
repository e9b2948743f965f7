-- One ticket for each paid unit.
INSERT INTO admit.ticket (
    tenant_id, ticket_id, order_id, event_id, ticket_type_id, wallet_id, code_hash, unit, code_key, item, created_at, seat
)
SELECT $1, issued.ticket_id, $2, $3, issued.ticket_type_id, $4, issued.code_hash, issued.unit, $5, issued.item, $6, issued.seat
-- An order without seats gives none of them: unnest fills up with nulls.
FROM unnest($7::uuid[], $8::uuid[], $9::uuid[], $10::smallint[], $11::integer[]) WITH ORDINALITY
     AS issued (ticket_id, ticket_type_id, code_hash, item, seat, unit)
