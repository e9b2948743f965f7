-- An account that was made is the one that is kept, one a mode, and what waits for one has asked for it.
SELECT (SELECT count(*) FROM admit.connected_account AS c
        WHERE c.tenant_id = $1 AND NOT EXISTS (
            SELECT FROM admit.effect AS e
            WHERE e.tenant_id = $1 AND e.onboarding_id = c.onboarding_id AND e.kind = 'connected_account.create'
              AND e.provider = c.provider
              AND CASE WHEN c.account IS NULL THEN e.state IN ('due', 'taken', 'uncertain')
                       ELSE e.state = 'done' AND e.object_reference = c.account END))
     + (SELECT count(*) FROM admit.effect AS e
        WHERE e.tenant_id = $1 AND e.kind = 'connected_account.create' AND e.state = 'done' AND NOT EXISTS (
            SELECT FROM admit.connected_account AS c
            WHERE c.tenant_id = $1 AND c.onboarding_id = e.onboarding_id AND c.account = e.object_reference))
     + (SELECT count(*) FROM admit.provider_onboarding AS o
        LEFT JOIN admit.effect AS e
          ON e.tenant_id = o.tenant_id AND e.onboarding_id = o.onboarding_id AND e.kind = 'account_link.create'
        WHERE o.tenant_id = $1 AND (o.state = 'ready' AND e.state IS DISTINCT FROM 'done'
                                    OR o.state = 'pending' AND o.account IS NOT NULL
                                       AND (e.state IS NULL OR e.state IN ('done', 'failed'))))
