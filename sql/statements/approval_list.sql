SELECT a.approval_id, a.command, a.request, a.state, a.requested_by_kind, a.requested_by, a.decided_by, a.reason, a.answer,
       a.created_at, a.decided_at
FROM admit.approval AS a
WHERE a.tenant_id = $1 AND ($2::uuid IS NULL OR a.approval_id = $2) AND ($3::uuid IS NULL OR a.approval_id < $3)
  AND ($4::text IS NULL OR a.state = $4)
ORDER BY a.approval_id DESC LIMIT $5
