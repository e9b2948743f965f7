-- An alert about something of a wallet or order: one a kind and subject.
INSERT INTO admit.alert (tenant_id, alert_id, event_id, kind, message, raised_at)
SELECT $1, md5($1::text || $2 || $3)::uuid,
       coalesce((SELECT o.event_id FROM admit."order" AS o WHERE o.tenant_id = $1 AND o.order_id = $5),
                (SELECT w.event_id FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.wallet_id = $4)),
       $2, $6, $7
ON CONFLICT (tenant_id, alert_id) DO NOTHING
