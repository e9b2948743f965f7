-- Rejects or withdraws a request that waits.
UPDATE admit.reissue_request SET state = $4, rejection = $5, decided_at = $6, decided_by = $7
WHERE tenant_id = $1 AND reissue_request_id = $2 AND state = $3
RETURNING 1
