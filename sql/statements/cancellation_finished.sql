-- Whether nothing is left of a cancelled event: no live hold, no order that is unpaid or to be paid back.
SELECT NOT EXISTS (SELECT FROM admit.hold AS h
                   WHERE h.tenant_id = $1 AND h.event_id = $2 AND h.state IN ('open', 'ordered'))
   AND NOT EXISTS (SELECT FROM admit."order" AS o
                   WHERE o.tenant_id = $1 AND o.event_id = $2
                     AND o.state IN ('created', 'pending_payment', 'paid', 'partially_refunded'))
