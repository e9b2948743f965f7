-- An alert for each effect that people have to look at: one that is uncertain, anew after each retry, one that is held until a key is
-- configured that may send it, and one that nobody has carried out for a quarter of an hour.
INSERT INTO admit.alert (tenant_id, alert_id, event_id, kind, message, raised_at)
SELECT $1, md5(concat($1, e.effect_id, alert.kind, CASE WHEN e.state = 'uncertain' THEN e.attempts END))::uuid, w.event_id, alert.kind,
       pg_catalog.format('%s at %s for %s after %s tries: %s', e.kind, e.provider,
                         coalesce('payment ' || e.payment_id, 'wallet ' || w.wallet_id, 'reconciliation ' || e.reconciliation_id,
                                  'onboarding ' || e.onboarding_id), e.attempts,
                         coalesce(e.last_error, 'nobody has sent it')), $2
FROM admit.effect AS e
LEFT JOIN admit.payment AS p ON p.tenant_id = e.tenant_id AND p.payment_id = e.payment_id
LEFT JOIN admit.payment_method_setup AS s ON s.tenant_id = e.tenant_id AND s.setup_id = e.setup_id
LEFT JOIN admit.payment_method AS m ON m.tenant_id = e.tenant_id AND m.payment_method_id = e.payment_method_id
LEFT JOIN admit.wallet AS w ON w.tenant_id = e.tenant_id AND w.wallet_id = coalesce(p.wallet_id, s.wallet_id, m.wallet_id)
CROSS JOIN LATERAL (
    SELECT CASE WHEN e.state = 'uncertain' THEN 'effect_uncertain'
                WHEN e.state = 'due' AND starts_with(e.last_error, 'held: ') THEN 'effect_held'
                WHEN e.state IN ('due', 'taken') AND e.created_at < $2 - interval '15 minutes' THEN 'effect_overdue' END
) AS alert (kind)
WHERE e.tenant_id = $1 AND e.state <> 'done' AND alert.kind IS NOT NULL
ON CONFLICT (tenant_id, alert_id) DO NOTHING
