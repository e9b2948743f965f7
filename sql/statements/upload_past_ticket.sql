-- The admissions of a ticket ($2) that count, and where exits are scanned ($5) those of its holder's wallet ($3).
SELECT j.entry_id, j.gate_id,
       CASE WHEN j.body -> 'offline' IS NULL THEN j.recorded_at
            ELSE coalesce((j.body ->> 'scanned_at')::timestamptz, j.recorded_at) END, false
FROM admit.scan AS s
JOIN admit.journal AS j
  ON j.tenant_id = s.tenant_id AND j.lineage = s.lineage AND j.xid = s.xid AND j.ord = s.ord
WHERE s.tenant_id = $1 AND s.ticket_id = $2
  AND NOT EXISTS (SELECT FROM admit.scan_annulment AS a
                  WHERE a.tenant_id = j.tenant_id AND a.scan_id = j.entry_id)
  AND NOT EXISTS (SELECT FROM admit.scan_conflict AS c
                  WHERE c.tenant_id = j.tenant_id AND c.scan_id = j.entry_id AND c.verdict = 'duplicate')
UNION ALL
SELECT j.entry_id, j.gate_id,
       CASE WHEN j.body -> 'offline' IS NULL THEN j.recorded_at
            ELSE coalesce((j.body ->> 'scanned_at')::timestamptz, j.recorded_at) END, true
FROM admit.journal AS j
WHERE $5 AND j.tenant_id = $1 AND j.wallet_id = $3 AND j.event_id = $4 AND j.action = 'scan.admitted'
  AND j.body ->> 'action' = 'exit' AND j.body ->> 'ticket_id' = $2::text
  AND NOT EXISTS (SELECT FROM admit.scan_annulment AS a
                  WHERE a.tenant_id = j.tenant_id AND a.scan_id = j.entry_id)
