-- Exchanges a code for a token: of two at once the second waits and finds the code used.
UPDATE admit.device SET
    secret_hash = $4, replaced_secret_hash = NULL, token_expires_at = $5, pairing_code_hash = NULL, code_expires_at = NULL,
    brand = $6, model = $7, software_version = $8, paired_at = $3, last_seen_at = $3, pairing_retry_hash = $9
WHERE tenant_id = $1 AND pairing_code_hash = $2 AND code_expires_at > $3 AND revoked_at IS NULL
RETURNING device_id, gate_id, event_ids
