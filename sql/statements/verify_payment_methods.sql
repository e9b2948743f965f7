-- A method that is not removed belongs to its wallet's customer, a wallet with methods has a default, payments are made with
-- the payer's own methods, what was made for a setup is what it names, and only removed methods are detached.
SELECT (SELECT count(*) FROM admit.payment_method AS m
        WHERE m.tenant_id = $1 AND m.removed_at IS NULL AND NOT EXISTS (
            SELECT FROM admit.payment_customer AS c
            WHERE c.tenant_id = $1 AND c.wallet_id = m.wallet_id AND c.provider = m.provider AND c.live = m.live))
     + (SELECT count(*) FROM (
            SELECT FROM admit.payment_method AS m
            WHERE m.tenant_id = $1 AND m.removed_at IS NULL
            GROUP BY m.wallet_id, m.live HAVING count(*) FILTER (WHERE m.is_default) <> 1) AS without_default)
     + (SELECT count(*) FROM admit.payment AS p
        LEFT JOIN admit.payment_method AS m
          ON m.tenant_id = p.tenant_id AND m.payment_method_id = p.payment_method_id AND m.wallet_id = p.wallet_id
        WHERE p.tenant_id = $1 AND p.payment_method_id IS NOT NULL AND m.payment_method_id IS NULL)
     + (SELECT count(*) FROM admit.effect AS e
        JOIN admit.payment_method_setup AS s ON s.tenant_id = e.tenant_id AND s.setup_id = e.setup_id
        WHERE e.tenant_id = $1 AND e.kind = 'setup.create' AND e.state = 'done'
          AND s.provider_reference IS DISTINCT FROM e.object_reference)
     + (SELECT count(*) FROM admit.effect AS e
        JOIN admit.payment_method AS m ON m.tenant_id = e.tenant_id AND m.payment_method_id = e.payment_method_id
        WHERE e.tenant_id = $1 AND m.removed_at IS NULL)
