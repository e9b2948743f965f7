SELECT g.gate_id, g.venue_id, g.name, g.gate_type, g.vendor_account_id, g.nfc_tag_id, g.status
FROM admit.gate AS g
WHERE g.tenant_id = $1 AND g.venue_id = $2 AND ($3::uuid IS NULL OR g.gate_id = $3)
ORDER BY g.gate_id
