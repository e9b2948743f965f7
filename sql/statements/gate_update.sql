UPDATE admit.gate
SET name = coalesce($3, name), vendor_account_id = coalesce($4, vendor_account_id),
    nfc_tag_id = coalesce($5, nfc_tag_id), status = coalesce($6, status)
WHERE tenant_id = $1 AND gate_id = $2
