UPDATE admit.wallet_quota SET taken = taken - $4 WHERE tenant_id = $1 AND ticket_type_id = $2 AND wallet_id = $3
