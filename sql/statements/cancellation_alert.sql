-- One alert for each cancelled event with a refund that fails.
INSERT INTO admit.alert (tenant_id, alert_id, event_id, kind, message, raised_at)
SELECT $1, md5($1::text || $2::text || 'refund_failed')::uuid, $2, 'refund_failed',
       'Orders of the cancelled event could not be paid back: see event.cancellation', $3
ON CONFLICT (tenant_id, alert_id) DO NOTHING
