INSERT INTO admit.seller (tenant_id, name, address, tax_id, invoice_prefix, credit_note_prefix, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id) DO UPDATE
SET name = excluded.name, address = excluded.address, tax_id = excluded.tax_id,
    invoice_prefix = excluded.invoice_prefix, credit_note_prefix = excluded.credit_note_prefix,
    updated_at = excluded.updated_at
