-- The next number of a series; its row stays locked until the transaction ends, so none is left out.
INSERT INTO admit.invoice_series AS s (tenant_id, kind, last_number) VALUES ($1, $2, 1)
ON CONFLICT (tenant_id, kind) DO UPDATE SET last_number = s.last_number + 1
RETURNING last_number
