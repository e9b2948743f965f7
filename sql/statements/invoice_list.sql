-- Invoices and credit notes, newest first.
SELECT i.content
FROM admit.invoice AS i
JOIN admit.event AS e ON e.tenant_id = i.tenant_id AND e.event_id = i.event_id
WHERE i.tenant_id = $1 AND ($2::uuid IS NULL OR i.invoice_id < $2) AND ($3::text IS NULL OR i.kind = $3)
  AND ($4::uuid IS NULL OR i.order_id = $4) AND ($5::uuid IS NULL OR i.event_id = $5)
  AND ($6::uuid IS NULL OR i.wallet_id = $6)
  AND ($7::uuid IS NULL OR e.venue_id = $7) AND ($8::uuid IS NULL OR i.event_id = $8)
ORDER BY i.invoice_id DESC LIMIT $9
