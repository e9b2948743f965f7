-- Requests for new codes, newest first.
SELECT r.reissue_request_id, r.ticket_id, r.event_id, r.wallet_id, r.reason, r.note, r.state, r.rejection, r.generation,
       r.created_at, r.decided_at, r.decided_by
FROM admit.reissue_request AS r
JOIN admit.event AS e ON e.tenant_id = r.tenant_id AND e.event_id = r.event_id
WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.reissue_request_id = $2)
  AND ($3::uuid IS NULL OR r.reissue_request_id < $3) AND ($4::text IS NULL OR r.state = $4)
  AND ($5::uuid IS NULL OR r.ticket_id = $5) AND ($6::uuid IS NULL OR r.event_id = $6)
  AND ($7::uuid IS NULL OR r.wallet_id = $7)
  AND ($8::uuid IS NULL OR e.venue_id = $8) AND ($9::uuid IS NULL OR r.event_id = $9)
ORDER BY r.reissue_request_id DESC LIMIT $10
