-- The admissions of a wallet at an event that count, and its exits.
SELECT j.entry_id, j.gate_id,
       CASE WHEN j.body -> 'offline' IS NULL THEN j.recorded_at
            ELSE coalesce((j.body ->> 'scanned_at')::timestamptz, j.recorded_at) END,
       j.body ->> 'action' = 'exit', (j.body ->> 'entry_number')::integer, (j.body ->> 'code_step')::bigint,
       j.body -> 'override_reason' IS NOT NULL
FROM admit.journal AS j
WHERE j.tenant_id = $1 AND j.wallet_id = $2 AND j.event_id = $3 AND j.action = 'scan.admitted'
  AND j.body ->> 'action' IN ('entry', 'reentry', 'exit') AND j.body ->> 'ticket_id' IS NULL
  AND NOT EXISTS (SELECT FROM admit.scan_annulment AS a
                  WHERE a.tenant_id = j.tenant_id AND a.scan_id = j.entry_id)
  AND NOT EXISTS (SELECT FROM admit.scan_conflict AS c
                  WHERE c.tenant_id = j.tenant_id AND c.scan_id = j.entry_id AND c.verdict = 'duplicate')
