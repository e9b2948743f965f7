-- What receipts and invoices say of an order beside its items. Offsets are seconds ahead of UTC on the
-- event's clock: at its start, when the order was placed, when it was paid, and now.
SELECT e.name, v.name, v.address, e.time_zone, e.starts_at, clock.at[1], clock.at[2], clock.at[3], clock.at[4],
       p.provider_reference, t.name, s.name, s.address, s.tax_id, s.invoice_prefix, s.credit_note_prefix
FROM admit."order" AS o
JOIN admit.event AS e ON e.tenant_id = o.tenant_id AND e.event_id = o.event_id
JOIN admit.venue AS v ON v.tenant_id = e.tenant_id AND v.venue_id = e.venue_id
JOIN admit.tenant AS t ON t.tenant_id = o.tenant_id
LEFT JOIN admit.seller AS s ON s.tenant_id = o.tenant_id
LEFT JOIN admit.payment AS p ON p.tenant_id = o.tenant_id AND p.payment_id = o.payment_id
CROSS JOIN LATERAL (
    SELECT array_agg(extract(epoch FROM (moment.at AT TIME ZONE e.time_zone) - (moment.at AT TIME ZONE 'UTC'))::integer
                     ORDER BY moment.place) AS at
    FROM unnest(ARRAY[e.starts_at, o.created_at, coalesce(o.paid_at, o.created_at), $3::timestamptz])
        WITH ORDINALITY AS moment (at, place)
) AS clock
WHERE o.tenant_id = $1 AND o.order_id = $2
