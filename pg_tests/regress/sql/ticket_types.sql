-- Ticket types: their fields and bounds, local times across clock changes, who is offered what and when.
\set VERBOSITY terse
SET client_min_messages = warning;
SET TIME ZONE 'UTC';
SET datestyle = 'ISO, YMD';
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(240, 'Types');
SELECT live FROM admit.provider_configure(240, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(240, name => 'Hall') \gset
-- Clocks in Berlin go forward on 29 March 2037 at two and back on 25 October at three.
SELECT event_id AS season FROM admit.event_create(240, venue_id => :'venue_id', name => 'Season', time_zone => 'Europe/Berlin', starts_at => now() - interval '1 hour', ends_at => now() + interval '399 days') \gset
SELECT session_token AS guest, wallet_id AS guest_id FROM admit.wallet_open(240, event_id => :'season', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(240, :'guest', 10000) IS NOT NULL AS funded;
-- As little as possible, and everything.
\set shown 'name, description, price_cents, currency, total, held, sold, available, order_max, wallet_max, sale_starts_at, sale_ends_at, on_sale, offer, zones, valid_from, valid_until, pass_days, status'
\x on
SELECT name, description, price_cents, currency, total, held, sold, available, pool_ids, order_max, wallet_max, sale_starts_at, sale_ends_at = (SELECT ends_at FROM admit.event_get(240, event_id => :'season')) AS ends_with_event,
    on_sale, offer, zones, valid_from, valid_until, pass_days, status, created_at = updated_at AS fresh FROM admit.ticket_type_create(240, event_id => :'season', name => ' Plain ', price_cents => 0);
SELECT ticket_type_id AS full FROM admit.ticket_type_create(240, event_id => :'season', name => 'Full', description => 'All of it', price_cents => 100, total => 100000000, order_max => 100, wallet_max => 1000000,
    sale_starts_at => '2037-01-01T00:00:00+01:00', sale_ends_at => '2037-06-01T00:00:00', offer => 'hidden', zones => '["ga", " vip ", "GA"]', valid_from => '2037-06-01T10:00:00Z', valid_until => '2037-06-03T10:00:00Z', pass_days => 366) \gset
SELECT :shown FROM admit.ticket_type_get(240, ticket_type_id => :'full');
\x off
-- What is refused, field by field.
CREATE FUNCTION pg_temp.try(command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.call(240, command, request, NULL);
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT left(bad::text, 70) AS bad, pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'season', 'name', 'Bad', 'price_cents', 100) || bad) AS answer
FROM unnest(ARRAY['{"name": " "}', jsonb_build_object('name', repeat('n', 201)), jsonb_build_object('description', repeat('d', 5001)), '{"price_cents": -1}',
    '{"price_cents": 1.5}', '{"price_cents": 1000000000000000}', '{"total": 0}', '{"total": 100000001}', '{"order_max": 0}', '{"order_max": 101}', '{"wallet_max": 0}', '{"wallet_max": 1000001}',
    '{"zones": ["back/stage"]}', '{"zones": [""]}', jsonb_build_object('zones', (SELECT jsonb_agg('Z' || i) FROM generate_series(1, 33) AS i)), '{"pass_days": 0}', '{"pass_days": 367}', '{"offer": "nobody"}',
    '{"sale_starts_at": "2037-05-01T00:00:00", "sale_ends_at": "2037-05-01T00:00:00"}',
    '{"valid_from": "2037-05-01T10:00:00Z", "valid_until": "2037-05-01T11:59:59"}', '{"pool_ids": ["00000000-0000-7000-8000-000000000001"]}', '{"event_id": "00000000-0000-7000-8000-000000000001"}', '{"colour": "red"}']::jsonb[]) AS bad;
SELECT count(*) FROM admit.ticket_type WHERE tenant_id = 240 AND name = 'Bad';
-- A type without a price takes over its event's: of a ticket, or of a pass of so many days. Types that exist keep theirs.
SELECT pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'season', 'name', 'Bad')) AS ticket, pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'season', 'name', 'Bad', 'pass_days', 3)) AS pass;
SELECT event_id AS priced FROM admit.event_create(240, venue_id => :'venue_id', name => 'Priced', starts_at => now(), ends_at => now() + interval '9 days', ticket_price_cents => 4200, pass_prices_cents => '{"1": 5000, "3": 12000}') \gset
SELECT days, t.price_cents FROM unnest(ARRAY[NULL, 1, 3]) AS days, admit.ticket_type_create(240, event_id => :'priced', name => 'Priced', pass_days => days) AS t;
SELECT pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'priced', 'name', 'Bad', 'pass_days', 7)) AS seven_days;
SELECT price_cents FROM admit.ticket_type_create(240, event_id => :'priced', name => 'Own price', price_cents => 0, pass_days => 7);
SELECT ticket_price_cents FROM admit.event_update(240, event_id => :'priced', ticket_price_cents => 9900);
SELECT i.* FROM admit.ticket_type_list(240, event_id => :'priced') AS l, jsonb_to_recordset(l.items) AS i (name text, pass_days integer, price_cents bigint);
-- Times that are none: the field is named, in words of people.
SELECT bad, left(answer, 22) AS answer, answer ~ 'enum|variant' AS of_the_program
FROM unnest(ARRAY['tomorrow', '2037-02-29T00:00:00', '2037-05-01T24:00:00', '12:00']) AS bad,
    pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'season', 'name', 'Bad', 'price_cents', 100, 'sale_starts_at', bad)) AS answer;
-- A local time is one of the event's zone: skipped ones as if the change had not come yet, doubled ones the second.
SELECT ticket_type_id AS clock FROM admit.ticket_type_create(240, event_id => :'season', name => 'Clock', price_cents => 100) \gset
SELECT asked, u.sale_starts_at FROM unnest(ARRAY['2037-03-29T01:59:59', '2037-03-29T02:00:00', '2037-03-29T02:30:00', '2037-03-29T02:59:59', '2037-03-29T03:00:00', '2037-03-29T02:30:00+01:00', '2037-03-29T02:30:00+02:00',
    '2037-10-25T01:59:59', '2037-10-25T02:00:00', '2037-10-25T02:30:00', '2037-10-25T02:59:59', '2037-10-25T03:00:00', '2037-10-25T02:30:00+02:00', '2037-10-25T02:30:00+01:00', '2037-10-25T02:30:00Z']) AS asked,
    admit.ticket_type_update(240, ticket_type_id => :'clock', sale_starts_at => asked) AS u;
-- An order of local times that clocks turn round is the order of instants.
SELECT sale_starts_at, sale_ends_at FROM admit.ticket_type_update(240, ticket_type_id => :'clock', sale_starts_at => '2037-10-25T02:45:00+02:00', sale_ends_at => '2037-10-25T02:15:00');
SELECT pg_temp.try('ticket_type.update', jsonb_build_object('ticket_type_id', :'clock', 'sale_ends_at', '2037-03-29T00:00:00')) AS earlier_than_it_begins;
-- A zone in brackets is another zone than the event's: it is not passed over.
SELECT left(pg_temp.try('ticket_type.update', jsonb_build_object('ticket_type_id', :'clock', 'sale_starts_at', '2037-07-01T12:00:00[America/New_York]')), 5) AS bracketed;
-- Another zone of the event moves what is set afterwards, not the instants that are known.
SELECT sale_ends_at, time_zone FROM admit.event_update(240, event_id => :'season', time_zone => 'Asia/Kathmandu') AS e, admit.ticket_type_get(240, ticket_type_id => :'clock');
SELECT sale_starts_at FROM admit.ticket_type_update(240, ticket_type_id => :'clock', sale_starts_at => '2037-07-01T12:00:00', sale_ends_at => '2037-07-02T12:00:00');
-- The window: a minute before and after its edges, in local time. Its instants are tested to the microsecond in core.
CREATE FUNCTION pg_temp.local(shift interval) RETURNS text LANGUAGE sql AS $$ SELECT to_char((clock_timestamp() + shift) AT TIME ZONE 'Asia/Kathmandu', 'YYYY-MM-DD"T"HH24:MI:SS') $$;
CREATE FUNCTION pg_temp.lines(ticket_type_id uuid, quantity integer DEFAULT 1) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', ticket_type_id, 'quantity', quantity)) $$;
CREATE FUNCTION pg_temp.buy(ticket_type_id uuid, session_token text, quantity integer DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 'ok ' || (admit.hold_create(240, hold_id => admit.uuid7(), lines => pg_temp.lines(ticket_type_id, quantity), session_token => session_token)).state;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || regexp_replace(SQLERRM, '20\d\d-[0-9T:.-]+Z', '<time>');
END
$$;
CREATE FUNCTION pg_temp.sell(ticket_type_id uuid, wallet_id uuid) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 'ok ' || (admit.hold_create(240, hold_id => admit.uuid7(), lines => pg_temp.lines(ticket_type_id), wallet_id => wallet_id)).state;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || regexp_replace(SQLERRM, '20\d\d-[0-9T:.-]+Z', '<time>');
END
$$;
SELECT ticket_type_id AS window FROM admit.ticket_type_create(240, event_id => :'season', name => 'Window', price_cents => 1000) \gset
SELECT on_sale, pg_temp.buy(:'window', :'guest') AS guest, pg_temp.sell(:'window', :'guest_id') AS staff FROM admit.ticket_type_update(240, ticket_type_id => :'window', sale_starts_at => pg_temp.local('1 minute'), sale_ends_at => pg_temp.local('1 hour'));
SELECT on_sale, pg_temp.buy(:'window', :'guest') AS guest FROM admit.ticket_type_update(240, ticket_type_id => :'window', sale_starts_at => pg_temp.local('-1 minute'), sale_ends_at => pg_temp.local('1 minute'));
SELECT on_sale, pg_temp.buy(:'window', :'guest') AS guest, pg_temp.sell(:'window', :'guest_id') AS staff FROM admit.ticket_type_update(240, ticket_type_id => :'window', sale_starts_at => pg_temp.local('-1 hour'), sale_ends_at => pg_temp.local('-1 minute'));
SELECT on_sale FROM admit.ticket_type_update(240, ticket_type_id => :'window', sale_ends_at => pg_temp.local('1 hour'));
-- Who is offered what: a wallet and staff, for each offer of the type and visibility of the event.
CREATE FUNCTION pg_temp.offered(window_id uuid, wallet_id uuid, session_token text, INOUT visibility text, INOUT offer text,
    OUT on_sale boolean, OUT wallet text, OUT staff text, OUT listed bigint, OUT read text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.event_update(240, event_id => event_id, visibility => offered.visibility) FROM admit.ticket_type WHERE tenant_id = 240 AND ticket_type_id = window_id;
    on_sale := (admit.ticket_type_update(240, ticket_type_id => window_id, offer => offered.offer)).on_sale;
    wallet := pg_temp.buy(window_id, session_token);
    staff := pg_temp.sell(window_id, wallet_id);
    listed := (SELECT count(*) FROM admit.ticket_type AS t, admit.ticket_type_list(240, event_id => t.event_id, session_token => offered.session_token) AS l, jsonb_array_elements(l.items) AS i
        WHERE t.tenant_id = 240 AND t.ticket_type_id = window_id AND i ->> 'name' = 'Window');
    read := left(pg_temp.try('ticket_type.get', jsonb_build_object('ticket_type_id', window_id, 'session_token', session_token)), 5);
END
$$;
SELECT o.* FROM unnest(ARRAY['public', 'unlisted', 'private']) AS v, unnest(ARRAY['public', 'hidden', 'staff']) AS f, pg_temp.offered(:'window', :'guest_id', :'guest', v, f) AS o ORDER BY 1, 2;
SELECT visibility, offer FROM admit.event_update(240, event_id => :'season', visibility => 'public'), admit.ticket_type_update(240, ticket_type_id => :'window', offer => 'public');
-- Types and events that are not in use.
SELECT status, on_sale, pg_temp.buy(:'window', :'guest') AS wallet, pg_temp.sell(:'window', :'guest_id') AS staff FROM admit.ticket_type_update(240, ticket_type_id => :'window', status => 'inactive');
SELECT status, on_sale FROM admit.ticket_type_update(240, ticket_type_id => :'window', status => 'active');
SELECT status, pg_temp.buy(:'window', :'guest') AS wallet, pg_temp.sell(:'window', :'guest_id') AS staff FROM admit.event_update(240, event_id => :'season', status => 'inactive');
SELECT on_sale FROM admit.ticket_type_get(240, ticket_type_id => :'window');
SELECT status FROM admit.event_update(240, event_id => :'season', status => 'active');
-- A price of later does not touch an order; the next one pays it.
SELECT order_id, total_cents FROM admit.order_create(240, order_id => admit.uuid7(), lines => pg_temp.lines(:'window', 2), session_token => :'guest') \gset
SELECT :total_cents AS before, price_cents FROM admit.ticket_type_update(240, ticket_type_id => :'window', price_cents => 1500, name => 'Renamed');
SELECT state, total_cents, items #>> '{0,name}' AS name FROM admit.order_pay(240, order_id => :'order_id', pay_with => 'wallet', session_token => :'guest');
SELECT total_cents, items #>> '{0,name}' AS name FROM admit.order_create(240, order_id => admit.uuid7(), lines => pg_temp.lines(:'window', 2), pay_with => 'wallet', session_token => :'guest');
SELECT i -> 'price_cents' AS price_cents, count(*) FROM admit.ticket_list(240, session_token => :'guest') AS t, jsonb_array_elements(t.items) AS i GROUP BY 1 ORDER BY 1;
SELECT balance_cents FROM admit.wallet_get(240, session_token => :'guest');
-- Changes: bounds as at the beginning, absent fields stay, a limit for wallets only where there always was one.
SELECT left(bad::text, 70) AS bad, pg_temp.try('ticket_type.update', jsonb_build_object('ticket_type_id', :'full') || bad) AS answer
FROM unnest(ARRAY['{"name": ""}', '{"price_cents": -1}', '{"total": 0}', '{"order_max": 0}', '{"wallet_max": 0}', '{"zones": ["a/b"]}', '{"offer": "x"}', '{"status": "gone"}', '{"pass_days": 3}', '{"valid_until": "2037-06-01T10:00:00Z"}', '{"ticket_type_id": "00000000-0000-7000-8000-000000000001"}']::jsonb[]) AS bad;
SELECT pg_temp.try('ticket_type.update', jsonb_build_object('ticket_type_id', :'window', 'wallet_max', 2)) AS first_wallet_max;
\x on
SELECT :shown FROM admit.ticket_type_update(240, ticket_type_id => :'full', description => 'Less', price_cents => 0, total => 5, order_max => 1, wallet_max => 1, offer => 'staff', zones => '[]', valid_until => '2037-06-02T10:00:00Z');
\x off
-- Archived for good: not sold, not listed for guests, not changed, not back in use.
SELECT status, on_sale, pg_temp.buy(:'window', :'guest') AS wallet, pg_temp.sell(:'window', :'guest_id') AS staff FROM admit.ticket_type_update(240, ticket_type_id => :'window', status => 'archived');
SELECT pg_temp.try('ticket_type.update', jsonb_build_object('ticket_type_id', :'window', 'status', 'active')) AS back;
SELECT i ->> 'name' AS name, i ->> 'status' AS status FROM admit.ticket_type_list(240, event_id => :'season') AS l, jsonb_array_elements(l.items) AS i;
SELECT i ->> 'name' AS name FROM admit.ticket_type_list(240, event_id => :'season', session_token => :'guest') AS l, jsonb_array_elements(l.items) AS i;
SELECT event_id AS old FROM admit.event_create(240, venue_id => :'venue_id', name => 'Old', starts_at => now() - interval '1 day', ends_at => now() + interval '1 hour') \gset
-- Times before 1970 are none that can be sold by; far ones are.
SELECT bad, left(pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'old', 'name', 'Roman', 'price_cents', 0, 'sale_starts_at', bad)), 5) AS answer
FROM unnest(ARRAY['1969-12-31T23:59:59Z', '1969-12-31T23:59:59', '-000001-01-01T00:00:00Z', '-000001-01-01T00:00:00', '0000-12-31T00:00:00', '-004800-01-01T00:00:00', '-004800-01-01T00:00:00Z']) AS bad;
SELECT ticket_type_id AS for_ever, sale_ends_at > '9999-12-01' AS far FROM admit.ticket_type_create(240, event_id => :'old', name => 'For ever', price_cents => 0, sale_starts_at => '1970-01-01T00:00:00', sale_ends_at => '9999-12-31T23:59:59') \gset
SELECT :'far' AS far, pg_temp.buy(:'for_ever', :'guest') AS guest;
SELECT status, pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'old', 'name', 'Late', 'price_cents', 0)) AS answer FROM admit.event_update(240, event_id => :'old', status => 'archived');
SELECT pg_temp.seal(240) AS sealed;
SELECT invariant, violations FROM admit.verify(240) WHERE violations <> 0;
