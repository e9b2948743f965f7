-- What hot inserts do not check with foreign keys.
SELECT (SELECT count(*) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.event_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = j.event_id))
     + (SELECT count(*) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.gate_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM admit.gate AS g WHERE g.tenant_id = $1 AND g.gate_id = j.gate_id))
     + (SELECT count(*) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.wallet_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.wallet_id = j.wallet_id))
     + (SELECT count(*) FROM admit.wallet AS w WHERE w.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = w.event_id))
     + (SELECT count(*) FROM admit.presence AS p WHERE p.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.wallet_id = p.wallet_id))
