-- Scans of a device that were booked before, with their entries.
SELECT j.tenant_id, j.entry_id, j.recorded_at, j.actor_id, j.event_id, j.gate_id, j.wallet_id, j.action,
       j.actor_kind, j.currency, j.leg_account, j.leg_amount, j.body::text, s.nonce, s.request_digest
FROM admit.scan AS s
JOIN admit.journal AS j
  ON j.tenant_id = s.tenant_id AND j.lineage = s.lineage AND j.xid = s.xid AND j.ord = s.ord
WHERE s.tenant_id = $1 AND s.device_id = $2 AND s.nonce = ANY ($3)
