-- Readable views; they obey the reader's own rights and row-level security.
CREATE VIEW admit.ledger_entry WITH (security_invoker = true) AS
SELECT j.tenant_id, j.entry_id, leg.position::integer AS leg, leg.account_id,
       leg.amount_cents, j.currency, j.action, j.event_id, j.gate_id, j.wallet_id, j.recorded_at
FROM admit.journal AS j
CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) WITH ORDINALITY AS leg (account_id, amount_cents, position);
COMMENT ON VIEW admit.ledger_entry IS 'The journal''s money legs as double-entry rows; amounts of one entry sum to zero.';

-- Entries after the last sealed block of their lineage. The recursive part hops from lineage to
-- lineage over the primary key, so the cost is that of the unsealed rows alone.
CREATE VIEW admit.unsealed_entry WITH (security_invoker = true) AS
SELECT j.*
FROM admit.tenant AS t
CROSS JOIN LATERAL (
    WITH RECURSIVE known (lineage) AS (
        SELECT min(first.lineage) FROM admit.journal AS first WHERE first.tenant_id = t.tenant_id
        UNION ALL
        SELECT (SELECT min(later.lineage) FROM admit.journal AS later
                WHERE later.tenant_id = t.tenant_id AND later.lineage > known.lineage)
        FROM known WHERE known.lineage IS NOT NULL
    )
    SELECT known.lineage FROM known WHERE known.lineage IS NOT NULL
) AS lineages
LEFT JOIN LATERAL (
    SELECT b.to_xid, b.to_ord FROM admit.block AS b
    WHERE b.tenant_id = t.tenant_id AND b.lineage = lineages.lineage
    ORDER BY b.to_xid DESC, b.to_ord DESC LIMIT 1
) AS sealed ON true
JOIN admit.journal AS j
  ON j.tenant_id = t.tenant_id AND j.lineage = lineages.lineage
 AND (j.xid, j.ord) > (coalesce(sealed.to_xid, -1), coalesce(sealed.to_ord, -1));
COMMENT ON VIEW admit.unsealed_entry IS 'Journal entries that no block has sealed yet.';
