-- What an effect has made is what its payment or refund names; a refund is asked for once, in time
-- with its row.
SELECT count(*)
FROM admit.effect AS e
JOIN admit.payment AS p ON p.tenant_id = e.tenant_id AND p.payment_id = e.payment_id
LEFT JOIN admit.refund AS r ON r.tenant_id = e.tenant_id AND r.refund_id = e.refund_id
WHERE e.tenant_id = $1
  AND (p.provider <> e.provider
       OR e.state = 'done' AND e.kind = 'payment.create' AND e.path = '/v1/payment_intents'
          AND p.provider_reference IS DISTINCT FROM e.object_reference
       OR e.kind = 'refund.create' AND (
           r.payment_id <> e.payment_id
           OR e.state = 'done' AND r.provider_reference IS DISTINCT FROM e.object_reference
           OR e.state = 'failed' AND r.state <> 'failed'))
