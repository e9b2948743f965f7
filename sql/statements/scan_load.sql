-- What the decision needs beside the wallet, in one read: the configuration's revision, the
-- device, an earlier scan with this nonce, and the wallet's presence at the event.
SELECT t.revision,
       d.gate_id, d.event_id, d.revoked_at IS NOT NULL,
       n.request_digest,
       p.entries, p.inside, p.admitted_at, p.gate_id
FROM admit.tenant AS t
LEFT JOIN admit.device AS d ON d.tenant_id = $1 AND d.device_id = $2
LEFT JOIN admit.scan AS n ON n.tenant_id = $1 AND n.device_id = $2 AND n.nonce = $3
LEFT JOIN admit.presence AS p ON p.tenant_id = $1 AND p.event_id = coalesce($4, d.event_id) AND p.wallet_id = $5
WHERE t.tenant_id = $1
