-- An alert for a refund that did not reach its receiver: the money is still with the tenant.
INSERT INTO admit.alert (tenant_id, alert_id, event_id, kind, message, raised_at)
SELECT $1, md5($1::text || r.refund_id::text || 'refund_failed')::uuid, w.event_id, 'refund_failed',
       pg_catalog.format('refund %s of %s %s at %s: %s', r.refund_id, r.amount_cents, p.currency, p.provider,
                         coalesce($3, 'it could not reach its receiver')), $4
FROM admit.refund AS r
JOIN admit.payment AS p ON p.tenant_id = r.tenant_id AND p.payment_id = r.payment_id
JOIN admit.wallet AS w ON w.tenant_id = p.tenant_id AND w.wallet_id = p.wallet_id
WHERE r.tenant_id = $1 AND r.refund_id = $2
ON CONFLICT (tenant_id, alert_id) DO NOTHING
