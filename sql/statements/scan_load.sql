-- What the decision needs beside the wallet, in one read: the configuration's revision, an earlier
-- scan with this nonce, and the wallet's presence at the event.
SELECT t.revision, n.request_digest, p.entries, p.inside, p.admitted_at, p.gate_id, p.last_day, p.day_entries, p.annulled
FROM admit.tenant AS t
LEFT JOIN admit.scan AS n ON n.tenant_id = $1 AND n.device_id = $2 AND n.nonce = $3
LEFT JOIN admit.presence AS p ON p.tenant_id = $1 AND p.wallet_id = $5 AND p.event_id = $4
WHERE t.tenant_id = $1
