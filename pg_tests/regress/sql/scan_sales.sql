-- Sales: amounts and items and what is wrong with them, funds, shares to the cent, gates.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(202, 'Sales');
SELECT live, webhook_secrets FROM admit.provider_configure(202, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT account_id AS brewer FROM admit.account_create(202, kind => 'vendor', name => 'Brewer', currency => 'USD') \gset
SELECT account_id AS band FROM admit.account_create(202, kind => 'promoter', name => 'Band', currency => 'USD') \gset
SELECT venue_id FROM admit.venue_create(202, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(202, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(202, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession', vendor_account_id => :'brewer') \gset
SELECT gate_id AS stand FROM admit.gate_create(202, venue_id => :'venue_id', name => 'Stand', gate_type => 'merchandise') \gset
SELECT event_id AS night FROM admit.event_create(202, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', promoter_account_id => :'band') \gset
SELECT device_id AS gatekeeper FROM admit.device_register(202, name => 'Gatekeeper', gate_id => :'door', event_id => :'night') \gset
SELECT device_id AS till FROM admit.device_register(202, name => 'Till', gate_id => :'bar', event_id => :'night') \gset
SELECT device_id AS shop FROM admit.device_register(202, name => 'Shop', gate_id => :'stand', event_id => :'night') \gset
SELECT session_token AS guest, wallet_id AS guest_id FROM admit.wallet_open(202, event_id => :'night', venue_id => :'venue_id') \gset
-- Merchandise: the band has two thirds of the price, and the platform takes 2.5 % and a cent.
SELECT fee_version FROM admit.fee_set(202, scope => 'event', scope_id => :'night', rules => '[
    {"action": "merchandise", "component": "sale", "shares": [{"payee": "promoter", "percentage": "66.6667"}, {"payee": "vendor", "percentage": "33.3333"}]},
    {"action": "merchandise", "component": "platform_fee", "percentage": "2.5", "fixed_cents": 1, "shares": [{"payee": "platform", "percentage": "50"}, {"payee": "pool", "percentage": "50"}]},
    {"action": "general", "component": "venue_fee", "percentage": "10", "minimum_cents": 20, "maximum_cents": 30, "shares": [{"payee": "venue", "percentage": "100"}]}]');
\set answer 'outcome, reason, action, charged_cents, balance_cents'
-- Without money, then with it, then for one cent too much.
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 500);
SELECT pg_temp.fund(202, :'guest', 5000) IS NOT NULL AS funded;
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 500);
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 4501);
-- Items: 2 x 350 + 3 x 1 = 703.
SELECT :answer, charges FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(),
    items => '[{"name": "Beer", "quantity": 2, "unit_price_cents": 350}, {"name": "Nut", "quantity": 3, "unit_price_cents": 1}]');
-- A shirt for 1001: 667.33 and 333.67 to the band and the venue, 2.5 % of it 25.025, so 25 + 1 in halves.
SELECT scan_id AS shirt, :answer FROM admit.scan(202, :'guest', :'shop', 'merchandise', admit.uuid7(),
    items => '[{"name": "Shirt", "quantity": 1, "unit_price_cents": 1001}]') \gset
SELECT :'outcome' AS outcome, :charged_cents AS charged_cents, :balance_cents AS balance_cents;
SELECT coalesce(a.kind, 'wallet') AS kind, CASE WHEN a.kind <> 'venue' THEN a.name END AS name, l.amount_cents, l.currency
FROM admit.ledger_entry AS l LEFT JOIN admit.account AS a USING (tenant_id, account_id)
WHERE l.tenant_id = 202 AND l.entry_id = :'shirt' ORDER BY l.leg;
-- General sales are for every gate; 10 % are at least 20 and at most 30 cents.
SELECT :answer, charges -> 1 -> 'amount_cents' AS fee FROM admit.scan(202, :'guest', :'gatekeeper', 'general', admit.uuid7(), amount_cents => 1);
SELECT :answer, charges -> 1 -> 'amount_cents' AS fee FROM admit.scan(202, :'guest', :'till', 'general', admit.uuid7(), amount_cents => 255);
SELECT :answer, charges -> 1 -> 'amount_cents' AS fee FROM admit.scan(202, :'guest', :'shop', 'general', admit.uuid7(), amount_cents => 1000);
-- The price alone would be covered, not the price and the fee.
SELECT :answer FROM admit.scan(202, :'guest', :'shop', 'general', admit.uuid7(), amount_cents => 1438);
-- A wallet in dollars buys nothing at an event in euros.
SELECT event_id AS euro_night FROM admit.event_create(202, venue_id => :'venue_id', name => 'Euro night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', currency => 'EUR') \gset
SELECT device_id AS euro_shop FROM admit.device_register(202, name => 'Euro shop', gate_id => :'stand', event_id => :'euro_night') \gset
SELECT :answer, currency FROM admit.scan(202, :'guest', :'euro_shop', 'merchandise', admit.uuid7(), amount_cents => 1);
-- A sale at a gate for something else.
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'merchandise', admit.uuid7(), amount_cents => 1);
SELECT :answer FROM admit.scan(202, :'guest', :'shop', 'concession', admit.uuid7(), amount_cents => 1);
SELECT :answer FROM admit.scan(202, :'guest', :'gatekeeper', 'concession', admit.uuid7(), amount_cents => 1);
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'exit', admit.uuid7());
-- Neither amount nor items, both, no items, an amount for a passage.
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 1, items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'gatekeeper', 'entry', admit.uuid7(), amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'gatekeeper', 'exit', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": 1}]');
\echo :LAST_ERROR_SQLSTATE
-- Amounts of 0, below, above the most; and one that only fits without its fees.
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => -500);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 1000000000001);
\echo :LAST_ERROR_SQLSTATE
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 1000000000000);
SELECT admit.scan(202, :'guest', :'till', 'general', admit.uuid7(), amount_cents => 1000000000000);
\echo :LAST_ERROR_SQLSTATE
-- Items: quantities, prices, sums, names, shape, number.
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 0, "unit_price_cents": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": -1, "unit_price_cents": 100}, {"name": "Nut", "quantity": 1, "unit_price_cents": 200}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 10001, "unit_price_cents": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": 0}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": -1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 10000, "unit_price_cents": 1000000000000}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": 9223372036854775808}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1.5, "unit_price_cents": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": " ", "quantity": 1, "unit_price_cents": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '[{"name": "Beer", "quantity": 1, "unit_price_cents": 1, "discount": 1}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => '{"name": "Beer"}');
\echo :LAST_ERROR_SQLSTATE
\set nuts '(SELECT jsonb_agg(jsonb_build_object(''name'', ''Nut'', ''quantity'', 1, ''unit_price_cents'', 1)) FROM generate_series(1, '
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => :nuts 100)));
SELECT admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), items => :nuts 101)));
\echo :LAST_ERROR_SQLSTATE
-- One number for two carts; the same cart again costs nothing more.
SELECT admit.uuid7() AS nonce \gset
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', :'nonce', amount_cents => 10);
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', :'nonce', amount_cents => 10);
SELECT admit.scan(202, :'guest', :'till', 'concession', :'nonce', items => '[{"name": "Nut", "quantity": 10, "unit_price_cents": 1}]');
\echo :LAST_ERROR_SQLSTATE
-- A frozen wallet buys nothing; a sale to somebody outside the hall is a sale all the same.
SELECT state FROM admit.wallet_freeze(202, reason => 'lost', wallet_id => :'guest_id');
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 10);
SELECT state FROM admit.wallet_unfreeze(202, reason => 'found', wallet_id => :'guest_id');
SELECT entries, inside FROM admit.wallet_lookup(202, wallet_id => :'guest_id');
-- The last cent can be spent.
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 1328);
SELECT :answer FROM admit.scan(202, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 1);
-- What was sold is in the journal, and every account has its cents, sealed or not.
SELECT body -> 'items' AS items FROM admit.journal WHERE tenant_id = 202 AND entry_id = :'shirt';
SELECT kind, CASE WHEN kind <> 'venue' THEN name END AS name, balance_cents FROM admit.account_list(202) AS page, jsonb_to_recordset(page.items) AS a (kind text, name text, balance_cents bigint)
WHERE balance_cents <> 0 ORDER BY kind, name;
SELECT pg_temp.seal(202) AS sealed;
SELECT kind, CASE WHEN kind <> 'venue' THEN name END AS name, balance_cents FROM admit.account_list(202) AS page, jsonb_to_recordset(page.items) AS a (kind text, name text, balance_cents bigint)
WHERE balance_cents <> 0 ORDER BY kind, name;
SELECT sales, charged_cents, denied, inside FROM admit.report_live(202, event_id => :'night');
SELECT * FROM admit.verify(202) WHERE violations <> 0;
