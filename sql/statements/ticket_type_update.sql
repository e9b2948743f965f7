UPDATE admit.ticket_type
SET name = coalesce($3, name), description = coalesce($4, description), price_cents = coalesce($5, price_cents),
    order_max = coalesce($6, order_max), wallet_max = coalesce($7, wallet_max),
    sale_starts_at = coalesce($8, sale_starts_at), sale_ends_at = coalesce($9, sale_ends_at),
    offer = coalesce($10, offer), zones = coalesce($11, zones), valid_from = coalesce($12, valid_from),
    valid_until = coalesce($13, valid_until), status = coalesce($14, status), updated_at = $15
WHERE tenant_id = $1 AND ticket_type_id = $2
