-- Orders paid through a provider: any order of events, any repetition, late and twice; and orders given up.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(235, 'Providers');
SELECT live FROM admit.provider_configure(235, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(235, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(235, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(235, event_id => :'night', name => 'Seat', price_cents => 2500, total => 2) \gset
SELECT session_token AS ann FROM admit.wallet_open(235, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(235, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(235, :'ann', 10000) IS NOT NULL AS funded;
SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1)) AS one \gset
\set intent 'pg_temp.payment_intent('
-- Neither or both of hold and lines; paying with nothing what is not free; nothing stays of it.
SELECT admit.order_create(235, order_id => admit.uuid7(), session_token => :'ann');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(235, order_id => admit.uuid7(), session_token => :'ann', lines => :'one', pay_with => 'nothing');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_create(235, order_id => admit.uuid7(), session_token => :'bob', lines => :'one', pay_with => 'wallet');
\echo :LAST_ERROR_SQLSTATE
SELECT held, sold, available FROM admit.ticket_type_get(235, ticket_type_id => :'seat');
-- Announced; another amount is refused, a failure does not end it, success does, once.
SELECT order_id AS first, payment_id AS pay, state, jsonb_array_length(tickets) AS tickets FROM admit.order_create(235, order_id => admit.uuid7(), session_token => :'ann', lines => :'one', pay_with => 'stripe') \gset
SELECT :'state' AS state, :tickets AS tickets;
SELECT order_id = :'first' AS the_orders, amount_cents, state FROM admit.payment_get(235, payment_id => :'pay');
SELECT pg_temp.deliver(235, pg_temp.event('evt_less', 'payment_intent.succeeded', pg_temp.payment_intent('pi_a', 2499, :'pay')));
SELECT pg_temp.deliver(235, pg_temp.event('evt_euro', 'payment_intent.succeeded', pg_temp.payment_intent('pi_a', 2500, :'pay', 'eur')));
SELECT pg_temp.deliver(235, pg_temp.event('evt_fail', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_a', 2500, :'pay')));
SELECT state FROM admit.order_get(235, order_id => :'first');
SELECT pg_temp.deliver(235, pg_temp.event('evt_good', 'payment_intent.succeeded', pg_temp.payment_intent('pi_a', 2500, :'pay')));
SELECT pg_temp.deliver(235, pg_temp.event('evt_good', 'payment_intent.succeeded', pg_temp.payment_intent('pi_a', 2500, :'pay')));
SELECT pg_temp.deliver(235, pg_temp.event('evt_again', 'payment_intent.succeeded', pg_temp.payment_intent('pi_a', 2500, :'pay')));
SELECT pg_temp.deliver(235, pg_temp.event('evt_late_fail', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_a', 2500, :'pay')));
SELECT state, paid_with, jsonb_array_length(tickets) AS tickets FROM admit.order_get(235, order_id => :'first', session_token => :'ann');
SELECT i ->> 'action' AS action, i ->> 'actor_kind' AS actor FROM admit.order_timeline(235, order_id => :'first') AS o, jsonb_array_elements(o.items) AS i;
-- Others' orders are unknown.
SELECT admit.order_get(235, order_id => :'first', session_token => :'bob');
\echo :LAST_ERROR_SQLSTATE
SELECT jsonb_array_length(items) AS orders FROM admit.order_list(235, session_token => :'bob');
-- Its payment is refunded with its tickets, not by itself.
SELECT admit.payment_refund(235, payment_id => :'pay', reason => 'directly');
\echo :LAST_ERROR_SQLSTATE
SELECT state, amount_cents FROM admit.order_refund(235, order_id => :'first', reason => 'ill');
SELECT refunded_cents FROM admit.payment_get(235, payment_id => :'pay');
SELECT kind, balance_cents FROM admit.account_list(235) AS l, jsonb_to_recordset(l.items) AS a (kind text, balance_cents bigint) WHERE kind IN ('provider', 'venue') ORDER BY 1;
-- Given up: the places are free at once, twice is once, and what arrives then goes back.
SELECT order_id AS second, payment_id AS pay FROM admit.order_create(235, order_id => admit.uuid7(), session_token => :'ann', lines => :'one', pay_with => 'stripe') \gset
SELECT state FROM admit.order_cancel(235, order_id => :'second', session_token => :'ann', reason => 'changed my mind');
SELECT state FROM admit.order_cancel(235, order_id => :'second', session_token => :'ann');
SELECT admit.order_pay(235, order_id => :'second', session_token => :'ann', pay_with => 'wallet');
\echo :LAST_ERROR_SQLSTATE
SELECT held, sold, available FROM admit.ticket_type_get(235, ticket_type_id => :'seat');
SELECT pg_temp.deliver(235, pg_temp.event('evt_b', 'payment_intent.succeeded', pg_temp.payment_intent('pi_b', 2500, :'pay')));
SELECT state, refunded_cents FROM admit.payment_get(235, payment_id => :'pay');
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(235, order_id => :'second');
-- Too late, but the places are still there: sold. Too late, and they are gone: the money goes back.
SELECT order_id AS third, payment_id AS pay FROM admit.order_create(235, order_id => admit.uuid7(), session_token => :'ann', lines => :'one', pay_with => 'stripe') \gset
UPDATE admit."order" SET expires_at = now() WHERE tenant_id = 235 AND order_id = :'third';
UPDATE admit.hold SET expires_at = now() WHERE tenant_id = 235 AND order_id = :'third';
SELECT state FROM admit.order_get(235, order_id => :'third');
SELECT admit.order_pay(235, order_id => :'third', session_token => :'ann', pay_with => 'wallet');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS ticked FROM admit.tick(235);
SELECT held, sold, available FROM admit.ticket_type_get(235, ticket_type_id => :'seat');
SELECT pg_temp.deliver(235, pg_temp.event('evt_c', 'payment_intent.succeeded', pg_temp.payment_intent('pi_c', 2500, :'pay')));
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(235, order_id => :'third');
SELECT order_id AS fourth, payment_id AS pay FROM admit.order_create(235, order_id => admit.uuid7(), session_token => :'ann', lines => :'one', pay_with => 'stripe') \gset
UPDATE admit."order" SET expires_at = now() WHERE tenant_id = 235 AND order_id = :'fourth';
UPDATE admit.hold SET expires_at = now() WHERE tenant_id = 235 AND order_id = :'fourth';
SELECT state FROM admit.hold_create(235, hold_id => admit.uuid7(), session_token => :'bob', lines => :'one');
SELECT pg_temp.deliver(235, pg_temp.event('evt_d', 'payment_intent.succeeded', pg_temp.payment_intent('pi_d', 2500, :'pay')));
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(235, order_id => :'fourth');
SELECT state, refunded_cents FROM admit.payment_get(235, payment_id => :'pay');
-- Paid from the wallet meanwhile: the provider's money goes back.
UPDATE admit.hold SET expires_at = now() WHERE tenant_id = 235 AND state = 'open';
SELECT order_id AS fifth, payment_id AS pay FROM admit.order_create(235, order_id => admit.uuid7(), session_token => :'ann', lines => :'one', pay_with => 'stripe') \gset
SELECT state, paid_with FROM admit.order_pay(235, order_id => :'fifth', session_token => :'ann', pay_with => 'wallet');
SELECT pg_temp.deliver(235, pg_temp.event('evt_e', 'payment_intent.succeeded', pg_temp.payment_intent('pi_e', 2500, :'pay')));
SELECT state, refunded_cents FROM admit.payment_get(235, payment_id => :'pay');
SELECT balance_cents FROM admit.wallet_get(235, session_token => :'ann');
-- Lists: by state, by number, page by page.
SELECT i ->> 'state' AS state, i -> 'total_cents' AS total_cents FROM admit.order_list(235, session_token => :'ann') AS o, jsonb_array_elements(o.items) AS i;
SELECT jsonb_array_length(items) AS paid FROM admit.order_list(235, event_id => :'night', state => 'paid');
SELECT order_number AS number FROM admit.order_get(235, order_id => :'fifth') \gset
SELECT i ->> 'order_id' = :'fifth' AS found FROM admit.order_list(235, order_number => lower(:'number')) AS o, jsonb_array_elements(o.items) AS i;
SELECT jsonb_array_length(items) AS first_page, next_cursor IS NOT NULL AS more FROM admit.order_list(235, session_token => :'ann', "limit" => 4);
SELECT jsonb_array_length(next.items) AS last_page, next.next_cursor AS no_more FROM admit.order_list(235, session_token => :'ann', "limit" => 4) AS page,
    LATERAL admit.order_list(235, session_token => :'ann', "limit" => 4, cursor => page.next_cursor) AS next;
SELECT pg_temp.seal(235) AS sealed;
SELECT invariant, violations FROM admit.verify(235) WHERE violations <> 0;
