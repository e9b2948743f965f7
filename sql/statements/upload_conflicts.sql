-- What staff should look at: the scans of an upload that collide, and those that earlier ones displace.
INSERT INTO admit.scan_conflict (
    tenant_id, scan_id, other_scan_id, verdict, reason, event_id, gate_id, device_id, ticket_id, wallet_id, scanned_at,
    detected_at
)
SELECT $1, j.entry_id, u.other_scan_id, u.verdict, u.reason, j.event_id, j.gate_id,
       coalesce((j.body ->> 'device_id')::uuid, CASE j.actor_kind WHEN 'device' THEN j.actor_id END),
       (j.body ->> 'ticket_id')::uuid, j.wallet_id, coalesce((j.body ->> 'scanned_at')::timestamptz, j.recorded_at), $2
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[]) AS u (scan_id, other_scan_id, verdict, reason)
JOIN admit.journal AS j ON j.tenant_id = $1 AND j.entry_id = u.scan_id
ON CONFLICT (tenant_id, scan_id) DO UPDATE
SET other_scan_id = excluded.other_scan_id, verdict = excluded.verdict, reason = excluded.reason
