-- What a session has kept gives way when it changes: the terms of a provider, when tickets admit, the day at an event.
-- And an order's id that comes again with a hold.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(331, 'Kept terms');
SELECT live FROM admit.provider_configure(331, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', connected_account => 'acct_1', application_fee_percentage => '10');
SELECT venue_id FROM admit.venue_create(331, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(331, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS night FROM admit.event_create(331, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '2 days', ends_at => now() + interval '2 days', time_zone => 'Etc/GMT+12', requires_pass => true, reentry_allowed => true, duplicate_window_ms => 0) \gset
SELECT device_id FROM admit.device_register(331, name => 'Door', gate_id => :'door', event_id => :'night') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(331, event_id => :'night', name => 'Seat', price_cents => 2000, total => 10) \gset
SELECT ticket_type_id AS pass FROM admit.ticket_type_create(331, event_id => :'night', name => 'Pass', price_cents => 0, pass_days => 1) \gset
SELECT session_token AS ann FROM admit.wallet_open(331, event_id => :'night', venue_id => :'venue_id') \gset
SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1)) AS one \gset
-- A provider's terms: those of the moment, in each order.
SELECT hold_id AS first_hold FROM admit.hold_create(331, hold_id => admit.uuid7(), session_token => :'ann', lines => :'one') \gset
SELECT hold_id AS second_hold FROM admit.hold_create(331, hold_id => admit.uuid7(), session_token => :'ann', lines => :'one') \gset
SELECT hold_id AS third_hold FROM admit.hold_create(331, hold_id => admit.uuid7(), session_token => :'ann', lines => :'one') \gset
SELECT admit.uuid7() AS first, admit.uuid7() AS second, admit.uuid7() AS third \gset
SELECT payment_id AS first_payment, state FROM admit.order_create(331, order_id => :'first', hold_id => :'first_hold', session_token => :'ann', pay_with => 'stripe') \gset
SELECT payment_id AS second_payment FROM admit.order_create(331, order_id => :'second', hold_id => :'second_hold', session_token => :'ann', pay_with => 'stripe') \gset
SELECT live FROM admit.provider_configure(331, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', connected_account => 'acct_2', application_fee_percentage => '25');
SELECT payment_id AS third_payment FROM admit.order_create(331, order_id => :'third', hold_id => :'third_hold', session_token => :'ann', pay_with => 'stripe') \gset
SELECT application_fee_cents, connected_account, state FROM admit.payment_get(331, payment_id => :'first_payment');
SELECT application_fee_cents, connected_account, state FROM admit.payment_get(331, payment_id => :'second_payment');
SELECT application_fee_cents, connected_account, state FROM admit.payment_get(331, payment_id => :'third_payment');
SELECT state FROM admit.hold_get(331, hold_id => :'third_hold');
SELECT i ->> 'action' AS action FROM admit.order_timeline(331, order_id => :'third') AS o, jsonb_array_elements(o.items) AS i;
-- The same request once more gives the same order; its id in another request, even of no hold, is refused.
SELECT order_id = :'first' AS the_same, payment_id = :'first_payment' AS the_payment, state FROM admit.order_create(331, order_id => :'first', hold_id => :'first_hold', session_token => :'ann', pay_with => 'stripe');
SELECT admit.order_create(331, order_id => :'first', hold_id => :'second_hold', session_token => :'ann', pay_with => 'stripe');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(331, order_id => :'first', hold_id => admit.uuid7(), session_token => :'ann', pay_with => 'stripe');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(331, order_id => admit.uuid7(), hold_id => :'first_hold', session_token => :'ann', pay_with => 'stripe');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(331, order_id => admit.uuid7(), hold_id => admit.uuid7(), session_token => :'ann', pay_with => 'stripe');
\echo :LAST_ERROR_SQLSTATE
-- Paid: one delivery, written once; hold, tickets, entries and order say so.
SELECT pg_temp.deliver(331, pg_temp.event('evt_first', 'payment_intent.succeeded', pg_temp.payment_intent('pi_first', 2000, :'first_payment')));
SELECT state, deliveries, detail FROM admit.webhook_delivery WHERE tenant_id = 331;
SELECT pg_temp.deliver(331, pg_temp.event('evt_first', 'payment_intent.succeeded', pg_temp.payment_intent('pi_first', 2000, :'first_payment')));
SELECT pg_temp.deliver(331, pg_temp.event('evt_less', 'payment_intent.succeeded', pg_temp.payment_intent('pi_second', 1999, :'second_payment')));
SELECT pg_temp.deliver(331, pg_temp.event('evt_unknown', 'payment_intent.succeeded', pg_temp.payment_intent('pi_unknown', 2000, admit.uuid7())));
SELECT event_reference, state, deliveries, detail FROM admit.webhook_delivery WHERE tenant_id = 331 ORDER BY delivery_id;
SELECT state, paid_with, jsonb_array_length(tickets) AS tickets FROM admit.order_get(331, order_id => :'first');
SELECT state FROM admit.hold_get(331, hold_id => :'first_hold');
SELECT i ->> 'action' AS action FROM admit.order_timeline(331, order_id => :'first') AS o, jsonb_array_elements(o.items) AS i;
SELECT held, sold FROM admit.ticket_type_get(331, ticket_type_id => :'seat');
-- When tickets admit: what was kept from one scan is not believed by the next when it has changed.
SELECT order_id AS of_one FROM admit.order_create(331, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'nothing', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'pass', 'quantity', 2))) \gset
SELECT o.items #>> '{0,code}' AS one, o.items #>> '{1,code}' AS two FROM admit.ticket_list(331, session_token => :'ann') AS o \gset
SELECT outcome, reason FROM admit.scan(331, :'one', :'device_id', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan(331, :'one', :'device_id', 'entry', admit.uuid7());
SELECT valid_until IS NOT NULL AS ends FROM admit.ticket_type_update(331, ticket_type_id => :'pass', valid_until => to_jsonb(now() - interval '1 minute') #>> '{}');
SELECT outcome, reason FROM admit.scan(331, :'two', :'device_id', 'entry', admit.uuid7());
SELECT valid_until IS NOT NULL AS ends FROM admit.ticket_type_update(331, ticket_type_id => :'pass', valid_until => to_jsonb(now() + interval '1 day') #>> '{}');
SELECT outcome, reason FROM admit.scan(331, :'two', :'device_id', 'entry', admit.uuid7());
-- Twenty-six hours further on it is another day: a pass for one day has been used up.
SELECT time_zone FROM admit.event_update(331, event_id => :'night', time_zone => 'Etc/GMT-14');
SELECT outcome, reason FROM admit.scan(331, :'two', :'device_id', 'entry', admit.uuid7());
SELECT time_zone FROM admit.event_update(331, event_id => :'night', time_zone => 'Etc/GMT+12');
SELECT outcome, reason FROM admit.scan(331, :'two', :'device_id', 'entry', admit.uuid7());
SELECT count(*) AS ticked FROM admit.tick(331);
SELECT * FROM admit.verify(331) WHERE violations > 0;
