-- The scans of an upload.
INSERT INTO admit.scan (tenant_id, device_id, lineage, xid, nonce, ord, request_digest, ticket_id, use_number)
SELECT $1, $2, $3, $4, s.nonce, s.ord, s.request_digest, s.ticket_id, s.use_number
FROM unnest($5::uuid[], $6::integer[], $7::bigint[], $8::uuid[], $9::integer[])
     AS s (nonce, ord, request_digest, ticket_id, use_number)
