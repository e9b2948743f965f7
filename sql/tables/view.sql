-- Readable views; they obey the reader's own rights and row-level security.
CREATE VIEW admit.ledger_entry WITH (security_invoker = true) AS
SELECT j.tenant_id, j.entry_id, leg.position::integer AS leg, leg.account_id,
       leg.amount_cents, j.currency, j.action, j.event_id, j.gate_id, j.wallet_id, j.recorded_at
FROM admit.journal AS j
CROSS JOIN LATERAL unnest(j.leg_account, j.leg_amount) WITH ORDINALITY AS leg (account_id, amount_cents, position);
COMMENT ON VIEW admit.ledger_entry IS 'The journal''s money legs as double-entry rows; amounts of one entry sum to zero.';
