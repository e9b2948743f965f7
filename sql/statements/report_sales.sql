-- What is sold of each of an event's ticket types now, and what it brought in as of the last sealed entry.
SELECT t.ticket_type_id, t.name, p.total, sum(b.held)::bigint, sum(b.sold)::bigint, sum(b.available)::bigint,
       coalesce(f.revenue_cents, 0)
FROM admit.ticket_type AS t
JOIN admit.pool AS p ON p.tenant_id = t.tenant_id AND p.pool_id = t.ticket_type_id
JOIN admit.bucket AS b ON b.tenant_id = t.tenant_id AND b.pool_id = t.ticket_type_id
LEFT JOIN admit.sale_figure AS f
  ON f.tenant_id = t.tenant_id AND f.event_id = t.event_id AND f.ticket_type_id = t.ticket_type_id
WHERE t.tenant_id = $1 AND t.event_id = $2
GROUP BY t.ticket_type_id, t.name, p.total, f.revenue_cents
ORDER BY t.ticket_type_id
