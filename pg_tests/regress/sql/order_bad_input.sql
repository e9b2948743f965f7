-- Orders that are refused leave nothing behind; free orders, given up and expired ones, numbers, lists and timelines.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(243, 'Bad orders');
SELECT live FROM admit.provider_configure(243, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(243, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(243, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT event_id AS abroad FROM admit.event_create(243, venue_id => :'venue_id', name => 'Abroad', currency => 'EUR', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
-- A service fee of 50 + 2.5 % and 10 % tax on it all: 1000 cost 1183.
SELECT fee_version FROM admit.fee_set(243, scope => 'event', scope_id => :'night', rules => '[{"action": "ticket_purchase", "component": "platform_fee", "fixed_cents": 50, "percentage": "2.5", "shares": [{"payee": "platform", "percentage": "100"}]},
    {"action": "ticket_purchase", "component": "tax", "percentage": "10", "shares": [{"payee": "venue", "percentage": "100"}]}]');
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(243, event_id => :'night', name => 'Seat', price_cents => 1000, total => 10) \gset
SELECT ticket_type_id AS free FROM admit.ticket_type_create(243, event_id => :'night', name => 'Free', price_cents => 0, total => 10, wallet_max => 9) \gset
SELECT ticket_type_id AS palace FROM admit.ticket_type_create(243, event_id => :'night', name => 'Palace', price_cents => 1000000000000, order_max => 100) \gset
SELECT ticket_type_id AS castle FROM admit.ticket_type_create(243, event_id => :'night', name => 'Castle', price_cents => 500000000000, order_max => 100) \gset
-- Whoever looks at a type sees what one costs with everything; what fees lift above the largest amount has no such sum.
SELECT i.* FROM admit.ticket_type_list(243, event_id => :'night') AS l, jsonb_to_recordset(l.items) AS i (name text, price_cents bigint, fees_cents bigint, tax_cents bigint);
SELECT price_cents, fees_cents, tax_cents FROM admit.ticket_type_get(243, ticket_type_id => :'seat');
SELECT session_token AS ann, wallet_id AS ann_id FROM admit.wallet_open(243, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob, wallet_id AS bob_id FROM admit.wallet_open(243, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS eva FROM admit.wallet_open(243, event_id => :'abroad', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(243, :'ann', 5000) IS NOT NULL AS ann, pg_temp.fund(243, :'bob', 1181) IS NOT NULL AS bob;
CREATE FUNCTION pg_temp.lines(ticket_type_id uuid, quantity integer DEFAULT 1) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', ticket_type_id, 'quantity', quantity)) $$;
CREATE FUNCTION pg_temp.try(command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT format('ok %s %s', answer ->> 'state', answer ->> 'paid_with') FROM admit.call(243, command, request, NULL) AS answer);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION pg_temp.place(session_token text, lines jsonb, pay_with text DEFAULT NULL, order_id uuid DEFAULT admit.uuid7()) RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.try('order.create', jsonb_strip_nulls(jsonb_build_object('order_id', order_id, 'session_token', session_token, 'lines', lines, 'pay_with', pay_with)))
$$;
-- Everything that an order could leave behind.
CREATE FUNCTION pg_temp.remains(OUT orders bigint, OUT holds bigint, OUT tickets bigint, OUT held bigint, OUT sold bigint, OUT quotas bigint, OUT payments bigint, OUT entries bigint) LANGUAGE sql AS $$
SELECT (SELECT count(*) FROM admit."order" WHERE tenant_id = 243), (SELECT count(*) FROM admit.hold WHERE tenant_id = 243), (SELECT count(*) FROM admit.ticket WHERE tenant_id = 243),
    (SELECT sum(b.held) FROM admit.bucket AS b WHERE tenant_id = 243), (SELECT sum(b.sold) FROM admit.bucket AS b WHERE tenant_id = 243), (SELECT coalesce(sum(taken), 0) FROM admit.wallet_quota WHERE tenant_id = 243),
    (SELECT count(*) FROM admit.payment WHERE tenant_id = 243 AND order_id IS NOT NULL), (SELECT count(*) FROM admit.journal WHERE tenant_id = 243 AND action LIKE 'order.%')
$$;
-- Requests that say too little or too much.
SELECT what, pg_temp.try('order.create', jsonb_build_object('order_id', admit.uuid7(), 'session_token', :'ann') || request) AS answer
FROM (VALUES ('neither hold nor lines', '{}'), ('both', jsonb_build_object('hold_id', admit.uuid7(), 'lines', pg_temp.lines(:'seat'))), ('no lines', '{"lines": []}'), ('none of it', jsonb_build_object('lines', pg_temp.lines(:'seat', 0))),
    ('unknown hold', jsonb_build_object('hold_id', admit.uuid7())), ('unknown way to pay', jsonb_build_object('lines', pg_temp.lines(:'seat'), 'pay_with', 'gold')), ('more than there are', jsonb_build_object('lines', pg_temp.lines(:'seat', 11))),
    ('somebody else', jsonb_build_object('lines', pg_temp.lines(:'seat'), 'wallet_id', :'bob_id'))) AS r (what, request);
SELECT pg_temp.try('order.create', jsonb_build_object('session_token', :'ann', 'lines', pg_temp.lines(:'seat'))) AS no_id, pg_temp.try('order.create', jsonb_build_object('order_id', admit.uuid7(), 'lines', pg_temp.lines(:'seat'))) AS nobody;
-- Money that is not there, not to be touched, of another kind, or not enough for anybody.
SELECT pg_temp.place(:'bob', pg_temp.lines(:'seat'), 'wallet') AS too_little;
SELECT state, pg_temp.place(:'ann', pg_temp.lines(:'seat'), 'wallet') AS frozen_wallet FROM admit.wallet_freeze(243, wallet_id => :'ann_id', reason => 'lost');
SELECT state FROM admit.wallet_unfreeze(243, wallet_id => :'ann_id', reason => 'found');
SELECT pg_temp.place(:'eva', pg_temp.lines(:'seat'), 'wallet') AS other_currency, pg_temp.place(:'ann', pg_temp.lines(:'seat'), 'nothing') AS for_nothing;
SELECT pg_temp.place(:'ann', pg_temp.lines(:'palace', 2)) AS two_palaces, pg_temp.place(:'ann', pg_temp.lines(:'palace', 100), 'wallet') AS hundred, pg_temp.place(:'ann', pg_temp.lines(:'castle', 2)) AS with_fees;
SELECT * FROM pg_temp.remains();
-- An id that failed is not used up; one that did not fail stands for its request alone.
SELECT admit.uuid7() AS order_id \gset
SELECT pg_temp.place(:'bob', pg_temp.lines(:'seat'), 'wallet', :'order_id') AS first, pg_temp.fund(243, :'bob', 2) IS NOT NULL AS funded, pg_temp.place(:'bob', pg_temp.lines(:'seat'), 'wallet', :'order_id') AS second, pg_temp.place(:'bob', pg_temp.lines(:'seat'), 'wallet', :'order_id') AS third;
SELECT pg_temp.place(:'bob', pg_temp.lines(:'seat', 2), 'wallet', :'order_id') AS other_quantity, pg_temp.place(:'ann', pg_temp.lines(:'seat'), 'wallet', :'order_id') AS other_wallet, pg_temp.place(:'bob', pg_temp.lines(:'seat'), NULL, :'order_id') AS later;
SELECT subtotal_cents, fees_cents, tax_cents, total_cents, items #- '{0,ticket_type_id}' AS items FROM admit.order_get(243, order_id => :'order_id');
SELECT balance_cents FROM admit.wallet_get(243, session_token => :'bob');
SELECT hold_id FROM admit.hold_create(243, hold_id => admit.uuid7(), session_token => :'bob', lines => pg_temp.lines(:'seat', 2)) \gset
SELECT pg_temp.place(:'bob', pg_temp.lines(:'seat'), NULL, :'hold_id') AS id_of_a_hold, pg_temp.try('order.create', jsonb_build_object('order_id', admit.uuid7(), 'hold_id', :'hold_id', 'session_token', :'bob', 'pay_with', 'wallet')) AS poor, state AS hold_stays FROM admit.hold_get(243, hold_id => :'hold_id');
SELECT * FROM pg_temp.remains();
-- What costs nothing costs no fees; there is nothing to pay it with but nothing.
SELECT pg_temp.place(:'eva', pg_temp.lines(:'free'), 'wallet') AS with_a_wallet, pg_temp.place(:'ann', pg_temp.lines(:'free'), 'stripe') AS with_a_provider;
SELECT order_id AS free_id, state, paid_with, total_cents, fees_cents, jsonb_array_length(tickets) AS tickets, receipt_entry_id FROM admit.order_create(243, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'nothing', lines => pg_temp.lines(:'free', 2)) \gset
SELECT :'state' AS state, :'paid_with' AS paid_with, :total_cents AS total_cents, :fees_cents AS fees_cents, :tickets AS tickets, content -> 'amount_cents' AS amount_cents FROM admit.receipt_get(243, entry_id => :'receipt_entry_id');
SELECT total_cents = 1183 AS seat_alone_costs, state FROM admit.order_create(243, order_id => admit.uuid7(), session_token => :'ann', lines => pg_temp.lines(:'free') || pg_temp.lines(:'seat'));
SELECT state, amount_cents, jsonb_array_length(ticket_ids) AS tickets FROM admit.order_refund(243, order_id => :'free_id', reason => 'rain');
SELECT state, pg_temp.place(:'ann', pg_temp.lines(:'free'), 'nothing') AS free_while_frozen FROM admit.wallet_freeze(243, wallet_id => :'ann_id', reason => 'lost');
SELECT order_id FROM admit.order_create(243, order_id => admit.uuid7(), session_token => :'ann', lines => pg_temp.lines(:'seat')) \gset
SELECT pg_temp.try('order.pay', jsonb_build_object('order_id', :'order_id', 'pay_with', 'wallet', 'session_token', :'ann')) AS pay_frozen, pg_temp.try('order.pay', jsonb_build_object('order_id', :'order_id', 'pay_with', 'nothing')) AS pay_nothing;
SELECT state FROM admit.wallet_unfreeze(243, wallet_id => :'ann_id', reason => 'found');
-- Given up: by its buyer or staff, once; not paid, not refunded afterwards. Its places are free.
SELECT command, pg_temp.try(command, jsonb_build_object('order_id', :'order_id', 'session_token', :'bob') || more) AS by_another FROM (VALUES ('order.get', '{}'::jsonb), ('order.pay', '{"pay_with": "wallet"}'), ('order.cancel', '{}'), ('order.timeline', '{}')) AS c (command, more);
SELECT pg_temp.try('order.cancel', jsonb_build_object('order_id', :'order_id', 'reason', repeat('r', 501))) AS long_reason, pg_temp.try('order.refund', jsonb_build_object('order_id', :'order_id', 'reason', 'r')) AS refund_unpaid;
SELECT held, available FROM admit.ticket_type_get(243, ticket_type_id => :'seat');
SELECT pg_temp.try('order.cancel', jsonb_build_object('order_id', :'order_id', 'session_token', :'ann', 'reason', 'ill')) AS first, pg_temp.try('order.cancel', jsonb_build_object('order_id', :'order_id')) AS again;
SELECT held, available FROM admit.ticket_type_get(243, ticket_type_id => :'seat');
SELECT pg_temp.try('order.pay', jsonb_build_object('order_id', :'order_id', 'pay_with', 'nothing', 'session_token', :'ann')) AS pay, pg_temp.try('order.pay', jsonb_build_object('order_id', :'order_id', 'pay_with', 'stripe', 'session_token', :'ann')) AS pay_stripe, pg_temp.try('order.refund', jsonb_build_object('order_id', :'order_id', 'reason', 'r')) AS refund;
SELECT pg_temp.try('order.cancel', jsonb_build_object('order_id', :'free_id')) AS refunded_one;
SELECT i ->> 'action' AS action, i ->> 'actor_kind' AS actor, i #>> '{detail,reason}' AS reason, i #>> '{detail,total_cents}' AS total_cents FROM admit.order_timeline(243, order_id => :'order_id', session_token => :'ann') AS t, jsonb_array_elements(t.items) AS i;
SELECT i ->> 'action' AS action, i ->> 'actor_kind' AS actor, i #>> '{detail,reason}' AS reason FROM admit.order_timeline(243, order_id => :'free_id') AS t, jsonb_array_elements(t.items) AS i;
-- Not paid in time: expired at once, though nobody has ended it; and no more to be paid.
SELECT order_id AS late_id FROM admit.order_create(243, order_id => admit.uuid7(), session_token => :'ann', lines => pg_temp.lines(:'free')) \gset
UPDATE admit."order" SET expires_at = now() - interval '1 second' WHERE tenant_id = 243 AND order_id = :'late_id';
UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 243 AND order_id = :'late_id';
SELECT pg_temp.try('order.get', jsonb_build_object('order_id', :'late_id')) AS get, pg_temp.try('order.pay', jsonb_build_object('order_id', :'late_id', 'pay_with', 'nothing')) AS pay, pg_temp.try('order.pay', jsonb_build_object('order_id', :'late_id', 'pay_with', 'stripe')) AS pay_stripe,
    pg_temp.place(:'ann', pg_temp.lines(:'free'), NULL, :'late_id') AS placed_again;
SELECT count(*) AS ticked FROM admit.tick(243);
SELECT pg_temp.try('order.get', jsonb_build_object('order_id', :'late_id')) AS get, pg_temp.try('order.pay', jsonb_build_object('order_id', :'late_id', 'pay_with', 'nothing')) AS pay, pg_temp.try('order.cancel', jsonb_build_object('order_id', :'late_id')) AS cancel;
SELECT i ->> 'action' AS action, i ->> 'actor_kind' AS actor FROM admit.order_timeline(243, order_id => :'late_id', session_token => :'ann') AS t, jsonb_array_elements(t.items) AS i;
-- An event out of use sells no more, neither from holds nor to unpaid orders that it had before.
SELECT ticket_type_id AS last FROM admit.ticket_type_create(243, event_id => :'abroad', name => 'Last', price_cents => 0) \gset
SELECT hold_id FROM admit.hold_create(243, hold_id => admit.uuid7(), session_token => :'eva', lines => pg_temp.lines(:'last')) \gset
SELECT order_id FROM admit.order_create(243, order_id => admit.uuid7(), session_token => :'eva', lines => pg_temp.lines(:'last')) \gset
SELECT status FROM admit.event_update(243, event_id => :'abroad', status => 'archived');
SELECT left(pg_temp.try('order.create', jsonb_build_object('order_id', admit.uuid7(), 'hold_id', :'hold_id', 'session_token', :'eva')), 5) AS from_hold, left(pg_temp.try('order.pay', jsonb_build_object('order_id', :'order_id', 'pay_with', 'nothing', 'session_token', :'eva')), 5) AS pay;
-- Lists: a wallet's own, and what staff asks for; by number as people write it; in pages.
SELECT count(*) = count(DISTINCT order_number) AS unique, bool_and(order_number ~ '^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$') AS readable FROM admit."order" WHERE tenant_id = 243;
SELECT i ->> 'state' AS state, i -> 'total_cents' AS total_cents, i -> 'tickets' AS tickets FROM admit.order_list(243, session_token => :'ann', event_id => :'night') AS l, jsonb_array_elements(l.items) AS i;
SELECT count(DISTINCT i -> 'wallet_id') AS wallets, bool_and(i ->> 'wallet_id' = :'bob_id') AS own FROM admit.order_list(243, session_token => :'bob') AS l, jsonb_array_elements(l.items) AS i;
SELECT state, jsonb_array_length(l.items) AS all_of_it, jsonb_array_length(a.items) AS of_ann FROM unnest(ARRAY['created', 'pending_payment', 'paid', 'partially_refunded', 'refunded', 'cancelled', 'expired']) AS state, admit.order_list(243, event_id => :'night', state => state) AS l, admit.order_list(243, session_token => :'ann', state => state, event_id => :'night') AS a;
SELECT order_number FROM admit.order_get(243, order_id => :'late_id') \gset
SELECT jsonb_array_length(l.items) AS staff, jsonb_array_length(a.items) AS ann, jsonb_array_length(b.items) AS bob FROM unnest(ARRAY[:'order_number', lower(:'order_number'), '  ' || :'order_number' || ' ', replace(:'order_number', '-', ''), replace(:'order_number', '-', ' '), translate(:'order_number', '01', 'oL'), 'ZZZZ-ZZZ', '']) AS number,
    admit.order_list(243, order_number => number) AS l, admit.order_list(243, order_number => number, session_token => :'ann') AS a, admit.order_list(243, order_number => number, session_token => :'bob') AS b;
SELECT jsonb_array_length(items) AS first, next_cursor FROM admit.order_list(243, session_token => :'ann', "limit" => 4) \gset
SELECT :first AS first, jsonb_array_length(items) AS second, next_cursor FROM admit.order_list(243, session_token => :'ann', "limit" => 4, cursor => :'next_cursor');
SELECT bad, left(pg_temp.try('order.list', bad), 5) AS staff, left(pg_temp.try('order.list', bad || jsonb_build_object('session_token', :'ann')), 5) AS wallet FROM unnest(ARRAY['{"state": "gone"}', '{"limit": 0}', '{"limit": 201}', '{"cursor": "x"}']::jsonb[]) AS bad;
SELECT pg_temp.try('order.list', jsonb_build_object('session_token', :'ann', 'wallet_id', :'bob_id')) AS of_another;
-- Newest first whatever ids callers chose, and so page by page.
SELECT session_token AS zoe FROM admit.wallet_open(243, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.place(:'zoe', pg_temp.lines(:'free'), NULL, '80000000-0000-4000-8000-000000000001') AS first;
SELECT pg_temp.place(:'zoe', pg_temp.lines(:'free'), NULL, 'f0000000-0000-4000-8000-000000000002') AS second;
SELECT pg_temp.place(:'zoe', pg_temp.lines(:'free'), NULL, '10000000-0000-4000-8000-000000000003') AS third;
SELECT right(a.items #>> '{0,order_id}', 1) AS newest, right(b.items #>> '{0,order_id}', 1) AS older, right(c.items #>> '{0,order_id}', 1) AS oldest, c.next_cursor AS after FROM admit.order_list(243, session_token => :'zoe', "limit" => 1) AS a,
    LATERAL admit.order_list(243, session_token => :'zoe', "limit" => 1, cursor => a.next_cursor) AS b, LATERAL admit.order_list(243, session_token => :'zoe', "limit" => 1, cursor => b.next_cursor) AS c;
SELECT right(a.items #>> '{0,order_id}', 1) AS newest, right(b.items #>> '{0,order_id}', 1) AS older, b.next_cursor IS NOT NULL AS more FROM admit.order_list(243, event_id => :'night', "limit" => 1) AS a, LATERAL admit.order_list(243, event_id => :'night', "limit" => 1, cursor => a.next_cursor) AS b;
SELECT right(a.items #>> '{0,hold_id}', 1) AS newest, right(b.items #>> '{0,hold_id}', 1) AS older, b.next_cursor IS NOT NULL AS more FROM admit.hold_list(243, event_id => :'night', "limit" => 1) AS a, LATERAL admit.hold_list(243, event_id => :'night', "limit" => 1, cursor => a.next_cursor) AS b;
SELECT bad, left(pg_temp.try('order.list', jsonb_build_object('cursor', bad)), 5) AS orders, left(pg_temp.try('hold.list', jsonb_build_object('event_id', :'night', 'cursor', bad)), 5) AS holds FROM unnest(ARRAY['x.y', '1.', '80000000-0000-4000-8000-000000000001', '99999999999999999999.80000000-0000-4000-8000-000000000001']) AS bad;
SELECT pg_temp.seal(243) AS sealed;
SELECT invariant, violations FROM admit.verify(243) WHERE violations <> 0;
