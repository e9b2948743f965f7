-- From a ticket type over hold and order to the door: bought from the wallet with a service fee and
-- a tax, split at the moment of sale, one ticket a unit, one admission a ticket.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(231, 'Orders');
SELECT live FROM admit.provider_configure(231, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT account_id AS maker FROM admit.account_create(231, kind => 'organizer', name => 'Maker', currency => 'USD') \gset
SELECT account_id AS office FROM admit.account_create(231, kind => 'tax', name => 'City tax', currency => 'USD') \gset
SELECT venue_id FROM admit.venue_create(231, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(231, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS night, hold_seconds, hold_seconds_max, payment_seconds, visibility FROM admit.event_create(231, venue_id => :'venue_id', name => 'Night', capacity => 6,
    starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day', organizer_account_id => :'maker') \gset
SELECT :hold_seconds AS hold_seconds, :hold_seconds_max AS hold_seconds_max, :payment_seconds AS payment_seconds, :'visibility' AS visibility;
SELECT device_id AS gatekeeper FROM admit.device_register(231, name => 'Gatekeeper', gate_id => :'door', event_id => :'night') \gset
-- Sales: nine tenths to the organizer, the rest to the venue; a platform fee of 50 + 2.5 %; 10 % tax on it all.
SELECT fee_version FROM admit.fee_set(231, scope => 'event', scope_id => :'night', rules => format('[
    {"action": "ticket_purchase", "component": "sale", "shares": [{"payee": "organizer", "percentage": "90"}, {"payee": "venue", "percentage": "10"}]},
    {"action": "ticket_purchase", "component": "platform_fee", "fixed_cents": 50, "percentage": "2.5", "shares": [{"payee": "platform", "percentage": "100"}]},
    {"action": "ticket_purchase", "component": "tax", "percentage": "10", "shares": [{"payee": "account:%s", "percentage": "100"}]}]', :'office')::jsonb);
SELECT ticket_type_id AS standing, total, held, sold, available, order_max, on_sale FROM admit.ticket_type_create(231, event_id => :'night', name => 'Standing', price_cents => 2000, total => 5, wallet_max => 4) \gset
SELECT :total AS total, :held AS held, :sold AS sold, :available AS available, :order_max AS order_max, :'on_sale' AS on_sale;
SELECT session_token AS guest, wallet_id AS guest_id FROM admit.wallet_open(231, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(231, :'guest', 10000) IS NOT NULL AS funded;
-- A hold, an order for it, paid from the wallet: 2 x (2000 + 100 + 210).
SELECT admit.uuid7() AS hold_id, admit.uuid7() AS order_id \gset
SELECT state, jsonb_path_query_array(lines, '$[*].quantity') AS quantities, expires_at - created_at AS lives FROM admit.hold_create(231, hold_id => :'hold_id', session_token => :'guest',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'standing', 'quantity', 2)));
SELECT state, subtotal_cents, fees_cents, tax_cents, total_cents, paid_with, expires_at - created_at AS lives, jsonb_array_length(tickets) AS tickets
FROM admit.order_create(231, order_id => :'order_id', hold_id => :'hold_id', session_token => :'guest');
SELECT state FROM admit.hold_get(231, hold_id => :'hold_id');
SELECT held, sold, available FROM admit.ticket_type_get(231, ticket_type_id => :'standing');
SELECT state, paid_with, order_number ~ '^[0-9A-Z]{4}-[0-9A-Z]{4}$' AS readable, jsonb_array_length(tickets) AS tickets, receipt_entry_id AS receipt
FROM admit.order_pay(231, order_id => :'order_id', pay_with => 'wallet', session_token => :'guest') \gset
SELECT :'state' AS state, :'paid_with' AS paid_with, :'readable' AS readable, :tickets AS tickets;
SELECT held, sold, available FROM admit.ticket_type_get(231, ticket_type_id => :'standing');
SELECT kind, total, available, held, sold FROM admit.pool_list(231, event_id => :'night') AS p, jsonb_to_recordset(p.items) AS i (kind text, total bigint, available bigint, held bigint, sold bigint);
SELECT coalesce(a.kind, 'wallet') AS kind, l.amount_cents FROM admit.ledger_entry AS l LEFT JOIN admit.account AS a USING (tenant_id, account_id)
WHERE l.tenant_id = 231 AND l.entry_id = :'receipt' ORDER BY l.leg;
SELECT content ->> 'action' AS action, content -> 'amount_cents' AS amount_cents FROM admit.receipt_get(231, entry_id => :'receipt');
SELECT balance_cents FROM admit.wallet_get(231, session_token => :'guest');
SELECT i ->> 'action' AS action, i ->> 'actor_kind' AS actor FROM admit.order_timeline(231, order_id => :'order_id') AS o, jsonb_array_elements(o.items) AS i;
-- Paid once is paid.
SELECT state FROM admit.order_pay(231, order_id => :'order_id', pay_with => 'wallet', session_token => :'guest');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.order_create(231, hold_id => :'hold_id', order_id => admit.uuid7(), session_token => :'guest');
\echo :LAST_ERROR_SQLSTATE
-- The same order_id is the same order, and not another one.
SELECT state, total_cents FROM admit.order_create(231, order_id => :'order_id', hold_id => :'hold_id', session_token => :'guest');
SELECT state FROM admit.order_create(231, order_id => :'order_id', hold_id => :'hold_id', pay_with => 'wallet', session_token => :'guest');
\echo :LAST_ERROR_SQLSTATE
-- In one call: three more would be five for this wallet, which may have four.
SELECT state, total_cents, jsonb_array_length(tickets) AS tickets FROM admit.order_create(231, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'wallet',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'standing', 'quantity', 3)));
\echo :LAST_ERROR_SQLSTATE
SELECT state, total_cents, jsonb_array_length(tickets) AS tickets FROM admit.order_create(231, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'wallet',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'standing', 'quantity', 1)));
-- My tickets, with codes for their holder alone.
SELECT i ->> 'event_name' AS event, i ->> 'ticket_type_name' AS type, i ->> 'state' AS state, i -> 'price_cents' AS price_cents, length(i ->> 'code') AS symbols
FROM admit.ticket_list(231, session_token => :'guest') AS t, jsonb_array_elements(t.items) AS i;
SELECT count(*) AS shown, count(i ->> 'code') AS codes FROM admit.ticket_list(231, wallet_id => :'guest_id') AS t, jsonb_array_elements(t.items) AS i;
SELECT i ->> 'ticket_id' AS first, i ->> 'code' AS code FROM admit.ticket_list(231, session_token => :'guest', order_id => :'order_id') AS t, jsonb_array_elements(t.items) AS i WHERE i -> 'unit' = '1' \gset
SELECT i ->> 'ticket_id' AS second, i ->> 'code' AS other FROM admit.ticket_list(231, session_token => :'guest', order_id => :'order_id') AS t, jsonb_array_elements(t.items) AS i WHERE i -> 'unit' = '2' \gset
SELECT count(*) AS stored_codes FROM admit.ticket WHERE tenant_id = 231 AND code_hash::text LIKE lower(left(:'code', 4)) || '%';
-- The door: admitted once, then a duplicate with when and where; leaving; used up.
\set answer 'outcome, reason, action, entry_number, inside, charged_cents'
SELECT :answer FROM admit.scan(231, :'code', :'gatekeeper', 'entry', admit.uuid7());
SELECT :answer, prior -> 'entry_number' AS prior, prior ->> 'gate_id' = :'door' AS here FROM admit.scan(231, :'code', :'gatekeeper', 'entry', admit.uuid7());
SELECT state, entries, inside FROM admit.ticket_get(231, ticket_id => :'first', session_token => :'guest');
SELECT :answer FROM admit.scan(231, lower(:'code'), :'gatekeeper', 'exit', admit.uuid7());
SELECT :answer FROM admit.scan(231, :'code', :'gatekeeper', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(231, '00000000000000000000000000', :'gatekeeper', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(231, :'code', :'gatekeeper', 'general', admit.uuid7(), amount_cents => 100);
-- Paid back: the ticket is void, its place is free, each share goes back the way it came.
SELECT state, amount_cents, ticket_ids = jsonb_build_array(:'second') AS the_other FROM admit.order_refund(231, order_id => :'order_id', ticket_ids => jsonb_build_array(:'second'), reason => 'ill');
SELECT :answer FROM admit.scan(231, :'other', :'gatekeeper', 'entry', admit.uuid7());
SELECT held, sold, available FROM admit.ticket_type_get(231, ticket_type_id => :'standing');
SELECT state FROM admit.order_refund(231, order_id => :'order_id', ticket_ids => jsonb_build_array(:'second'), reason => 'again');
\echo :LAST_ERROR_SQLSTATE
SELECT state, amount_cents FROM admit.order_refund(231, order_id => :'order_id', reason => 'all');
SELECT state, refunded_cents FROM admit.order_get(231, order_id => :'order_id');
SELECT state FROM admit.order_refund(231, order_id => :'order_id', reason => 'more');
\echo :LAST_ERROR_SQLSTATE
SELECT balance_cents FROM admit.wallet_get(231, session_token => :'guest');
SELECT a.kind, a.balance_cents FROM admit.account_list(231) AS l, jsonb_to_recordset(l.items) AS a (kind text, balance_cents bigint) WHERE a.balance_cents <> 0 ORDER BY a.kind;
SELECT pg_temp.seal(231) AS sealed;
SELECT invariant, violations FROM admit.verify(231) WHERE violations <> 0;
-- Live: what is sold now, and what it brought in.
SELECT t.name, t.total, t.held, t.sold, t.available, t.revenue_cents FROM admit.report_live(231, event_id => :'night') AS l,
    jsonb_to_recordset(l.ticket_types) AS t (name text, total bigint, held bigint, sold bigint, available bigint, revenue_cents bigint);
-- A negative figure is impossible.
UPDATE admit.bucket SET available = -1 WHERE tenant_id = 231 AND pool_id = :'standing';
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS alerts FROM admit.alert_list(231) AS l, jsonb_array_elements(l.items) AS a WHERE a ->> 'kind' = 'inventory_drift';
-- Places that do not add up, here one that is held by nobody, raise one alert, and verify finds them.
UPDATE admit.bucket SET available = available - 1, held = held + 1 WHERE tenant_id = 231 AND pool_id = :'standing' AND bucket = 0;
\c -
SET client_min_messages = warning;
\set VERBOSITY terse
SELECT count(*) AS ticked FROM admit.tick(231);
\c -
SET client_min_messages = warning;
\set VERBOSITY terse
SELECT count(*) AS ticked FROM admit.tick(231);
SELECT a ->> 'kind' AS kind, a ->> 'event_id' = :'night' AS of_the_event, a ->> 'message' AS message FROM admit.alert_list(231) AS l, jsonb_array_elements(l.items) AS a;
SELECT invariant, violations FROM admit.verify(231) WHERE violations <> 0;
UPDATE admit.bucket SET available = available + 1, held = held - 1 WHERE tenant_id = 231 AND pool_id = :'standing' AND bucket = 0;
SELECT invariant, violations FROM admit.verify(231) WHERE violations <> 0;
