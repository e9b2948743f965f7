-- Stores what was found. A difference raises an alert, once however often it is found.
WITH finding AS (
    INSERT INTO admit.reconciliation_finding (
        tenant_id, finding_id, reconciliation_id, kind, payment_id, provider_reference, ours, theirs, delivery_id, found_at
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    RETURNING *
)
INSERT INTO admit.alert (tenant_id, alert_id, event_id, kind, message, raised_at)
SELECT $1, md5(concat_ws(' ', $1, f.kind, f.payment_id, f.provider_reference, f.ours, f.theirs))::uuid,
       coalesce(o.event_id, w.event_id), 'reconciliation_difference',
       format('%s: payment %s, at the provider %s; here: %s, there: %s; found by reconciliation %s', f.kind,
              coalesce(f.payment_id::text, 'unknown'), coalesce(f.provider_reference, 'unknown'),
              coalesce(f.ours, 'nothing'), coalesce(f.theirs, 'nothing'), f.reconciliation_id),
       f.found_at
FROM finding AS f
LEFT JOIN admit.payment AS p ON p.tenant_id = $1 AND p.payment_id = f.payment_id
LEFT JOIN admit.wallet AS w ON w.tenant_id = $1 AND w.wallet_id = p.wallet_id
LEFT JOIN admit."order" AS o ON o.tenant_id = $1 AND o.order_id = p.order_id
WHERE f.delivery_id IS NULL
ON CONFLICT (tenant_id, alert_id) DO NOTHING
