-- Nothing is left of a cancelled event that is paid back; each of its refunds was carried out once, as it says.
SELECT (SELECT count(*) FROM admit.cancellation AS c
        WHERE c.tenant_id = $1 AND c.finished_at IS NOT NULL
          AND (EXISTS (SELECT FROM admit.hold AS h
                       WHERE h.tenant_id = $1 AND h.event_id = c.event_id AND h.state IN ('open', 'ordered'))
               OR EXISTS (SELECT FROM admit."order" AS o
                          WHERE o.tenant_id = $1 AND o.event_id = c.event_id
                            AND o.state IN ('created', 'pending_payment', 'paid', 'partially_refunded'))))
     + (SELECT count(*) FROM admit.event AS e
        WHERE e.tenant_id = $1 AND (e.status = 'cancelled') <> EXISTS (
            SELECT FROM admit.cancellation AS c WHERE c.tenant_id = $1 AND c.event_id = e.event_id))
     + (SELECT count(*)
        FROM admit.cancellation_refund AS r
        LEFT JOIN admit.order_refund AS paid_back ON paid_back.tenant_id = $1 AND paid_back.refund_id = r.refund_id
        LEFT JOIN admit."order" AS o ON o.tenant_id = $1 AND o.order_id = r.order_id
        WHERE r.tenant_id = $1 AND r.state = 'refunded'
          AND (r.order_id, r.amount_cents, r.event_id, 'refunded')
              IS DISTINCT FROM (paid_back.order_id, paid_back.amount_cents, o.event_id, o.state))
