-- The last reissues of a ticket, newest first.
SELECT r.generation, r.reason, r.note, r.reissued_at, r.actor_kind, r.actor_id, r.reissue_request_id
FROM admit.ticket_reissue AS r
WHERE r.tenant_id = $1 AND r.ticket_id = $2
ORDER BY r.generation DESC LIMIT $3
