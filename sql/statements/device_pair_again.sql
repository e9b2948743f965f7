-- Exchanges a used code and its nonce for another token, two minutes long from the first exchange on.
UPDATE admit.device SET
    secret_hash = $4, replaced_secret_hash = NULL, token_expires_at = $5,
    brand = $6, model = $7, software_version = $8, last_seen_at = $3, pairing_retry_hash = $9
WHERE tenant_id = $1 AND pairing_retry_hash = $2 AND paired_at > $3 - interval '2 minutes' AND revoked_at IS NULL
RETURNING device_id, gate_id, event_ids
