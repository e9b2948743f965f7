-- An event's holds, newest first: callers choose the ids, so by time. One that is live and whose time is over counts as expired.
SELECT h.event_id, h.wallet_id, h.order_id, h.state, h.limited, h.expires_at, h.created_at, h.request_digest,
       h.line_type, h.line_quantity, h.bucket_pool, h.bucket_number, h.bucket_quantity, h.unit_seat, h.hold_id
FROM admit.hold AS h
WHERE h.tenant_id = $1 AND h.event_id = $2
  AND ($3::uuid IS NULL OR (h.created_at, h.hold_id) < ($8::timestamptz, $3))
  AND ($4::text IS NULL OR $4 = CASE WHEN h.state IN ('open', 'ordered') AND h.expires_at <= $6 THEN 'expired' ELSE h.state END)
  AND ($7::uuid IS NULL OR h.wallet_id = $7)
ORDER BY h.created_at DESC, h.hold_id DESC LIMIT $5
