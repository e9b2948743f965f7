-- Numbers have no gap; an invoice has its order's total, a credit note its refund's.
SELECT (SELECT count(*)
        FROM (SELECT i.kind, count(*) AS documents, min(i.number) AS first, max(i.number) AS last
              FROM admit.invoice AS i WHERE i.tenant_id = $1 GROUP BY i.kind) AS issued
        FULL JOIN (SELECT s.kind, s.last_number FROM admit.invoice_series AS s WHERE s.tenant_id = $1) AS series
          ON series.kind = issued.kind
        WHERE (issued.first, issued.last, issued.documents)
              IS DISTINCT FROM (1::bigint, series.last_number, series.last_number))
     + (SELECT count(*)
        FROM admit.invoice AS i
        LEFT JOIN admit."order" AS o ON o.tenant_id = $1 AND o.order_id = i.order_id
        LEFT JOIN admit.order_refund AS r
          ON r.tenant_id = $1 AND r.refund_id = i.refund_id AND r.order_id = i.order_id
        WHERE i.tenant_id = $1
          AND (i.total_cents IS DISTINCT FROM CASE i.kind WHEN 'invoice' THEN o.total_cents ELSE r.amount_cents END
               OR (i.content ->> 'total_cents')::bigint <> i.total_cents
               OR (i.content ->> 'number')::bigint <> i.number))
     + (SELECT count(*)
        FROM admit.refund_request AS q
        WHERE q.tenant_id = $1 AND q.state = 'granted' AND NOT EXISTS (
            SELECT FROM admit.order_refund AS r
            WHERE r.tenant_id = $1 AND r.refund_id = q.refund_id AND r.order_id = q.order_id))
