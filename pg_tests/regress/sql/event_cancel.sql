-- An event that is called off: at once nothing is sold, held or admitted, and every order is paid back
-- once, by whatever it was paid with; one that cannot be paid back does not stop the rest.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(241, 'Cancelled') \gset
SELECT live FROM admit.provider_configure(241, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(241, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(241, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS night FROM admit.event_create(241, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day', capacity => 100, entry_fee_cents => 0) \gset
SELECT device_id AS device FROM admit.device_register(241, name => 'D', gate_id => :'door', event_id => :'night') \gset
SELECT fee_version IS NOT NULL AS set FROM admit.fee_set(241, scope => 'event', scope_id => :'night', rules => '[
  {"action": "ticket_purchase", "component": "platform_fee", "fixed_cents": 150, "shares": [{"payee": "platform", "percentage": "100"}]},
  {"action": "ticket_purchase", "component": "tax", "percentage": "10", "shares": [{"payee": "venue", "percentage": "100"}]}]');
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(241, event_id => :'night', name => 'Seat', price_cents => 2000, total => 50, wallet_max => 20) \gset
SELECT ticket_type_id AS free FROM admit.ticket_type_create(241, event_id => :'night', name => 'Free', price_cents => 0, total => 50) \gset
SELECT session_token AS ann, wallet_id AS ann_id FROM admit.wallet_open(241, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob, wallet_id AS bob_id FROM admit.wallet_open(241, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS cleo, wallet_id AS cleo_id FROM admit.wallet_open(241, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(241, :'ann', 20000) IS NOT NULL AS ann_funded, pg_temp.fund(241, :'bob', 20000) IS NOT NULL AS bob_funded;
CREATE FUNCTION pg_temp.lines(type uuid, quantity integer) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', type, 'quantity', quantity))
$$;
CREATE FUNCTION pg_temp.ask(key text, command text, request jsonb) RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(241, command, key, request::text, gen_random_uuid()::text)::jsonb
$$;
-- Paid from the wallet, in part refunded already; through the provider; free; unpaid; held.
SELECT total_cents FROM admit.order_create(241, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'wallet', lines => pg_temp.lines(:'seat', 3));
SELECT o ->> 'order_id' AS by_wallet FROM admit.order_list(241, session_token => :'ann') AS l, jsonb_array_elements(l.items) AS o \gset
SELECT i ->> 'ticket_id' AS one, i ->> 'code' AS code FROM admit.ticket_list(241, session_token => :'ann') AS t, jsonb_array_elements(t.items) AS i WHERE i -> 'unit' = '1' \gset
SELECT i ->> 'ticket_id' AS two, i ->> 'code' AS entered FROM admit.ticket_list(241, session_token => :'ann') AS t, jsonb_array_elements(t.items) AS i WHERE i -> 'unit' = '2' \gset
SELECT state, amount_cents FROM admit.order_refund(241, order_id => :'by_wallet', reason => 'one is ill', ticket_ids => jsonb_build_array(:'one'));
SELECT outcome, inside FROM admit.scan(241, :'entered', :'device', 'entry', admit.uuid7());
SELECT order_id AS by_card, payment_id AS pay FROM admit.order_create(241, order_id => admit.uuid7(), session_token => :'bob', pay_with => 'stripe', lines => pg_temp.lines(:'seat', 2)) \gset
SELECT pg_temp.deliver(241, pg_temp.event('evt_card', 'payment_intent.succeeded', pg_temp.payment_intent('pi_card', 4730, :'pay')));
SELECT state AS free_order FROM admit.order_create(241, order_id => admit.uuid7(), session_token => :'cleo', pay_with => 'nothing', lines => pg_temp.lines(:'free', 2));
SELECT order_id AS unpaid, payment_id AS late FROM admit.order_create(241, order_id => admit.uuid7(), session_token => :'cleo', pay_with => 'stripe', lines => pg_temp.lines(:'seat', 1)) \gset
SELECT hold_id AS held FROM admit.hold_create(241, hold_id => admit.uuid7(), session_token => :'ann', lines => pg_temp.lines(:'seat', 4)) \gset
-- One whose time is over and whose payment is still to come.
SELECT order_id AS expired, payment_id AS later FROM admit.order_create(241, order_id => admit.uuid7(), session_token => :'cleo', pay_with => 'stripe', lines => pg_temp.lines(:'seat', 1)) \gset
UPDATE admit."order" SET expires_at = now() WHERE tenant_id = 241 AND order_id = :'expired';
UPDATE admit.hold SET expires_at = now() WHERE tenant_id = 241 AND order_id = :'expired';
SELECT count(*) AS ticked FROM admit.tick(241);
SELECT held, sold FROM admit.ticket_type_get(241, ticket_type_id => :'seat');
-- Who may not call it off; what is no reason; what is not cancelled has no cancellation.
SELECT pg_temp.ask(:'ann', 'event.cancel', jsonb_build_object('event_id', :'night', 'reason', 'I want my money'));
\echo :LAST_ERROR_SQLSTATE
SELECT api_key AS staff FROM admit.api_key_create(241, name => 'Staff', role => 'staff') \gset
SELECT pg_temp.ask(:'staff', 'event.cancel', jsonb_build_object('event_id', :'night', 'reason', 'storm'));
\echo :LAST_ERROR_SQLSTATE
SELECT event_id AS other FROM admit.event_create(241, venue_id => :'venue_id', name => 'Other', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT api_key AS of_other FROM admit.api_key_create(241, name => 'Other', role => 'manager', event_id => :'other') \gset
SELECT pg_temp.ask(:'of_other', 'event.cancel', jsonb_build_object('event_id', :'night', 'reason', 'storm'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_cancel(241, event_id => :'night', reason => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(241, event_id => :'night', status => 'cancelled');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_cancellation(241, event_id => :'night');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_refund_batch(241, event_id => :'night', orders_max => 61);
\echo :LAST_ERROR_SQLSTATE
-- What goes back is above the limit: a second person is needed.
SELECT limit_cents FROM admit.approval_configure(241, limit_cents => 9459);
SELECT api_key AS mia FROM admit.api_key_create(241, name => 'Mia', role => 'manager') \gset
SELECT pg_temp.ask(:'mia', 'event.cancel', jsonb_build_object('event_id', :'night', 'reason', 'storm'));
\echo :LAST_ERROR_SQLSTATE
SELECT a ->> 'approval_id' AS asked FROM pg_temp.ask(:'mia', 'approval.request',
    jsonb_build_object('command', 'event.cancel', 'request', jsonb_build_object('event_id', :'night', 'reason', 'storm'))) AS a \gset
SELECT a ->> 'state' AS state, a -> 'answer' ->> 'state' AS refunds, a -> 'answer' -> 'holds_left' AS holds_left,
       a -> 'answer' -> 'orders_left' AS orders_left, a -> 'answer' -> 'left_cents' AS left_cents
FROM pg_temp.ask(:'owner', 'approval.grant', jsonb_build_object('approval_id', :'asked')) AS a;
SELECT limit_cents FROM admit.approval_configure(241, limit_cents => 0);
SELECT admit.event_cancel(241, event_id => :'night', reason => 'again');
\echo :LAST_ERROR_SQLSTATE
-- At once: nothing is sold, held, kept, ordered, paid, changed or admitted; whoever is inside may leave.
SELECT status FROM admit.event_get(241, event_id => :'night');
SELECT state FROM admit.hold_get(241, hold_id => :'held');
SELECT state FROM admit.order_get(241, order_id => :'unpaid');
SELECT held, sold FROM admit.ticket_type_get(241, ticket_type_id => :'seat');
SELECT admit.hold_create(241, hold_id => admit.uuid7(), session_token => :'ann', lines => pg_temp.lines(:'seat', 1));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(241, order_id => admit.uuid7(), session_token => :'cleo', pay_with => 'nothing', lines => pg_temp.lines(:'free', 1));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(241, order_id => admit.uuid7(), wallet_id => :'cleo_id', lines => pg_temp.lines(:'free', 1));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_pay(241, order_id => :'unpaid', session_token => :'cleo', pay_with => 'stripe');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(241, event_id => :'night', status => 'active');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_type_create(241, event_id => :'night', name => 'More', price_cents => 1, total => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT outcome, reason FROM admit.scan(241, :'cleo', :'device', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan(241, :'entered', :'device', 'entry', admit.uuid7());
SELECT outcome, inside FROM admit.scan(241, :'entered', :'device', 'exit', admit.uuid7());
SELECT jsonb_array_length(items) AS cancelled FROM admit.event_list(241, status => 'cancelled');
-- Money that arrives now goes back, whatever became of the order.
SELECT pg_temp.deliver(241, pg_temp.event('evt_late', 'payment_intent.succeeded', pg_temp.payment_intent('pi_late', 2365, :'late')));
SELECT pg_temp.deliver(241, pg_temp.event('evt_later', 'payment_intent.succeeded', pg_temp.payment_intent('pi_later', 2365, :'later')));
SELECT refunded_cents FROM admit.payment_get(241, payment_id => :'late');
SELECT refunded_cents FROM admit.payment_get(241, payment_id => :'later');
-- The refunds: one batch at a time; one order cannot be paid back, by admit's own rule and then by the database's.
SELECT pg_temp.deliver(241, pg_temp.event('evt_disputed', 'charge.dispute.created', jsonb_build_object('id', 'du_1', 'payment_intent', 'pi_card', 'amount', 4730, 'currency', 'usd', 'reason', 'general', 'status', 'needs_response')));
SELECT state, orders_refunded, orders_left, orders_failed, refunded_cents, left_cents FROM admit.event_refund_batch(241, event_id => :'night', orders_max => 1);
SELECT state, orders_refunded, orders_left, orders_failed, refunded_cents, left_cents FROM admit.event_refund_batch(241, event_id => :'night');
SELECT f.order_id = :'by_card' AS the_order, f.attempts, f.error, f.detail, f.retry_at - f.tried_at AS retried_after
FROM admit.event_cancellation(241, event_id => :'night') AS c, jsonb_to_recordset(c.failures) AS f (order_id uuid, attempts integer, error text, detail text, tried_at timestamptz, retry_at timestamptz);
SELECT orders_failed, failures -> 0 -> 'attempts' AS attempts FROM admit.event_refund_batch(241, event_id => :'night');
SELECT pg_temp.deliver(241, pg_temp.event('evt_won', 'charge.dispute.closed', jsonb_build_object('id', 'du_1', 'payment_intent', 'pi_card', 'amount', 4730, 'currency', 'usd', 'reason', 'general', 'status', 'won')));
ALTER TABLE admit.ticket ADD CONSTRAINT regress_ticket CHECK (tenant_id <> 241 OR order_id <> :'by_card' OR state = 'active') NOT VALID;
SELECT orders_failed, failures -> 0 -> 'attempts' AS attempts, failures -> 0 ->> 'error' AS error, failures -> 0 ->> 'detail' AS detail FROM admit.event_refund_batch(241, event_id => :'night', retry_failed => true);
SELECT refunded_cents FROM admit.payment_get(241, payment_id => :'pay');
ALTER TABLE admit.ticket DROP CONSTRAINT regress_ticket;
SELECT i ->> 'kind' AS kind FROM admit.alert_list(241, event_id => :'night') AS a, jsonb_array_elements(a.items) AS i;
-- When its time has come background work tries again.
SELECT count(*) AS ticked FROM admit.tick(241);
SELECT state FROM admit.event_cancellation(241, event_id => :'night');
UPDATE admit.cancellation_refund SET retry_at = now() WHERE tenant_id = 241 AND order_id = :'by_card';
UPDATE admit.cancellation SET next_round_at = now() WHERE tenant_id = 241;
SELECT count(*) AS ticked FROM admit.tick(241);
SELECT reason, keep_fees, state, holds_left, orders_refunded, orders_left, orders_failed, refunded_cents, left_cents, currency, failures, finished_at IS NOT NULL AS finished
FROM admit.event_cancellation(241, event_id => :'night');
SELECT orders_refunded FROM admit.event_refund_batch(241, event_id => :'night', retry_failed => true);
-- Everybody has everything back; the provider is asked once.
SELECT balance_cents FROM admit.wallet_get(241, session_token => :'ann');
SELECT refunded_cents FROM admit.payment_get(241, payment_id => :'pay');
SELECT count(*) AS refunds, sum(amount_cents) AS cents FROM admit.refund WHERE tenant_id = 241 AND payment_id = :'pay';
SELECT i ->> 'state' AS state, count(*) FROM admit.order_list(241, event_id => :'night') AS o, jsonb_array_elements(o.items) AS i GROUP BY 1 ORDER BY 1;
SELECT i ->> 'state' AS state, count(*) FROM admit.ticket_list(241, event_id => :'night') AS t, jsonb_array_elements(t.items) AS i GROUP BY 1 ORDER BY 1;
SELECT a.kind, a.balance_cents FROM admit.account_list(241) AS l, jsonb_to_recordset(l.items) AS a (kind text, balance_cents bigint) WHERE a.balance_cents <> 0 ORDER BY a.kind;
SELECT held, sold FROM admit.ticket_type_get(241, ticket_type_id => :'seat');
SELECT pg_temp.seal(241) AS sealed;
SELECT invariant, violations FROM admit.verify(241) WHERE violations <> 0;
-- With the fees kept: price and tax go back, the fee stays with the platform.
SELECT fee_version IS NOT NULL AS set FROM admit.fee_set(241, scope => 'event', scope_id => :'other', rules => '[
  {"action": "ticket_purchase", "component": "platform_fee", "fixed_cents": 150, "shares": [{"payee": "platform", "percentage": "50"}, {"payee": "venue", "percentage": "50"}]},
  {"action": "ticket_purchase", "component": "tax", "percentage": "10", "shares": [{"payee": "venue", "percentage": "100"}]}]');
SELECT ticket_type_id AS stand FROM admit.ticket_type_create(241, event_id => :'other', name => 'Stand', price_cents => 1000, total => 50) \gset
SELECT state, total_cents FROM admit.order_create(241, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'wallet', lines => pg_temp.lines(:'stand', 2));
SELECT limit_cents FROM admit.approval_configure(241);
SELECT state, left_cents FROM admit.event_cancel(241, event_id => :'other', reason => 'the band', keep_fees => true);
SELECT state, refunded_cents, left_cents FROM admit.event_refund_batch(241, event_id => :'other');
SELECT balance_cents FROM admit.wallet_get(241, session_token => :'ann');
SELECT a.kind, a.balance_cents FROM admit.account_list(241) AS l, jsonb_to_recordset(l.items) AS a (kind text, balance_cents bigint) WHERE a.balance_cents <> 0 ORDER BY a.kind;
SELECT pg_temp.seal(241) AS sealed;
SELECT t.name, t.sold, t.revenue_cents FROM admit.report_live(241, event_id => :'other') AS l, jsonb_to_recordset(l.ticket_types) AS t (name text, sold bigint, revenue_cents bigint);
SELECT i ->> 'action' AS action FROM admit.journal_list(241, action => 'event.cancelled') AS j, jsonb_array_elements(j.items) AS i;
SELECT invariant, violations FROM admit.verify(241) WHERE violations <> 0;
-- What the invariants are for: a refund that the order does not know, and an order that is forgotten.
BEGIN;
UPDATE admit.cancellation_refund SET amount_cents = amount_cents + 1 WHERE tenant_id = 241 AND order_id = :'by_card';
SELECT invariant, violations FROM admit.verify(241) WHERE violations <> 0;
ROLLBACK;
BEGIN;
UPDATE admit."order" SET state = 'paid' WHERE tenant_id = 241 AND order_id = :'by_wallet';
SELECT invariant, violations FROM admit.verify(241) WHERE violations <> 0;
ROLLBACK;
