-- What was taken back was admitted before, once and with the same money; tickets and presences count it.
SELECT (SELECT count(*) FROM admit.scan_annulment AS a
        WHERE a.tenant_id = $1 AND NOT EXISTS (
            SELECT FROM admit.journal AS j
            WHERE j.tenant_id = $1 AND j.action = 'scan.annulled' AND j.body ->> 'scan_id' = a.scan_id::text))
     + (SELECT count(*) FROM admit.journal AS j
        LEFT JOIN admit.journal AS s
          ON s.tenant_id = $1 AND s.action = 'scan.admitted' AND s.entry_id::text = j.body ->> 'scan_id'
        WHERE j.tenant_id = $1 AND j.action = 'scan.annulled'
          AND (s.entry_id IS NULL OR j.leg_account IS DISTINCT FROM s.leg_account
               OR j.leg_amount IS DISTINCT FROM (
                   SELECT array_agg(-leg.amount ORDER BY leg.position)
                   FROM unnest(s.leg_amount) WITH ORDINALITY AS leg (amount, position))
               OR NOT EXISTS (SELECT FROM admit.scan_annulment AS a
                              WHERE a.tenant_id = $1 AND a.scan_id = s.entry_id)))
     + (SELECT count(*) FROM (
            SELECT coalesce(j.body ->> 'ticket_id', j.event_id || ' ' || j.wallet_id) AS holder, count(*) AS annulled
            FROM admit.journal AS j
            WHERE j.tenant_id = $1 AND j.body ->> 'action' IN ('entry', 'reentry')
              -- An earlier scan that was sent later takes the place of another one.
              AND (j.action = 'scan.annulled'
                   OR j.action = 'scan.admitted' AND j.body -> 'offline' ->> 'other_scan_id' IS NOT NULL)
            GROUP BY 1
        ) AS counted
        FULL JOIN (
            SELECT t.ticket_id::text AS holder, t.annulled FROM admit.ticket AS t
            WHERE t.tenant_id = $1 AND t.annulled <> 0
            UNION ALL
            SELECT p.event_id || ' ' || p.wallet_id, p.annulled FROM admit.presence AS p
            WHERE p.tenant_id = $1 AND p.annulled <> 0
        ) AS kept ON kept.holder = counted.holder
        WHERE counted.annulled IS DISTINCT FROM kept.annulled)
