-- The tickets of plain codes: of their own, or of one that a reissue has replaced.
SELECT t.ticket_id, t.code_hash, t.code_key, NULL::smallint AS generation FROM admit.ticket AS t
WHERE t.tenant_id = $1 AND t.code_hash = ANY ($2)
UNION ALL
SELECT r.ticket_id, r.code_hash, r.code_key, r.generation FROM admit.ticket_reissue AS r
WHERE r.tenant_id = $1 AND r.code_hash = ANY ($2)
