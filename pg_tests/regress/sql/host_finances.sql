-- What an event brought in: by ticket type, by day of its time zone; transactions by type; payouts summed up.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(273, 'Host') \gset
SELECT live FROM admit.provider_configure(273, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id, account_id AS venue_account FROM admit.venue_create(273, name => 'Hall', time_zone => 'Europe/Berlin') \gset
SELECT gate_id AS bar FROM admit.gate_create(273, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT gate_id AS door FROM admit.gate_create(273, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT account_id AS host FROM admit.account_create(273, kind => 'organizer', name => 'Host', currency => 'USD') \gset
SELECT event_id AS night FROM admit.event_create(273, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day', organizer_account_id => :'host') \gset
SELECT event_id AS other FROM admit.event_create(273, venue_id => :'venue_id', name => 'Other', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT api_key AS of_night FROM admit.api_key_create(273, name => 'Night', role => 'manager', event_id => :'night') \gset
SELECT api_key AS of_other FROM admit.api_key_create(273, name => 'Other', role => 'manager', event_id => :'other') \gset
SELECT api_key AS staff FROM admit.api_key_create(273, name => 'Staff', role => 'staff') \gset
SELECT api_key AS auditor FROM admit.api_key_create(273, name => 'Auditor', role => 'auditor') \gset
SELECT fee_version IS NOT NULL AS set FROM admit.fee_set(273, scope => 'event', scope_id => :'night', rules => '[
  {"action": "entry", "component": "venue_fee", "fixed_cents": 300, "shares": [{"payee": "venue", "percentage": "100"}]},
  {"action": "ticket_purchase", "component": "platform_fee", "fixed_cents": 100, "shares": [{"payee": "platform", "percentage": "100"}]},
  {"action": "ticket_purchase", "component": "tax", "percentage": "10", "shares": [{"payee": "venue", "percentage": "100"}]}]');
SELECT device_id AS at_bar FROM admit.device_register(273, name => 'B', gate_id => :'bar', event_id => :'night') \gset
SELECT device_id AS at_door FROM admit.device_register(273, name => 'D', gate_id => :'door', event_id => :'night') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(273, event_id => :'night', name => 'Seat', price_cents => 2000, total => 50) \gset
SELECT ticket_type_id AS box FROM admit.ticket_type_create(273, event_id => :'night', name => 'Box', price_cents => 5000, total => 50) \gset
SELECT ticket_type_id AS free FROM admit.ticket_type_create(273, event_id => :'other', name => 'Free', price_cents => 0, total => 50) \gset
SELECT session_token AS ann, wallet_id AS ann_id FROM admit.wallet_open(273, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(273, :'ann', 50000) IS NOT NULL AS funded;
CREATE FUNCTION pg_temp.ask(key text, command text, request jsonb) RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(273, command, key, request::text, gen_random_uuid()::text)::jsonb
$$;
CREATE FUNCTION pg_temp.lines(VARIADIC parts text[]) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_agg(jsonb_build_object('ticket_type_id', split_part(part, ' ', 1), 'quantity', split_part(part, ' ', 2)::integer)) FROM unnest(parts) AS part
$$;
-- Nothing sold yet.
SELECT totals, ticket_types, days, scans_charged_cents FROM admit.event_financials(273, event_id => :'night');
SELECT order_id AS first FROM admit.order_create(273, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'wallet', lines => pg_temp.lines(:'seat' || ' 3', :'box' || ' 1')) \gset
SELECT order_id AS second FROM admit.order_create(273, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'wallet', lines => pg_temp.lines(:'seat' || ' 1')) \gset
SELECT state AS unpaid FROM admit.order_create(273, order_id => admit.uuid7(), session_token => :'ann', lines => pg_temp.lines(:'box' || ' 5'));
SELECT state AS other FROM admit.order_create(273, order_id => admit.uuid7(), wallet_id => :'ann_id', pay_with => 'nothing', lines => pg_temp.lines(:'free' || ' 2'));
SELECT refund_id AS back, amount_cents FROM admit.order_refund(273, order_id => :'first', reason => 'one', ticket_ids => (SELECT jsonb_build_array(o.tickets -> 0 -> 'ticket_id') FROM admit.order_get(273, order_id => :'first') AS o)) \gset
\echo :amount_cents
SELECT outcome, charged_cents FROM admit.scan(273, :'ann', :'at_door', 'entry', admit.uuid7());
SELECT outcome, charged_cents FROM admit.scan(273, :'ann', :'at_bar', 'concession', admit.uuid7(), amount_cents => 700);
-- A sale half an hour before midnight of UTC is on the next day in Berlin; the refund a day later.
UPDATE admit."order" SET paid_at = '2030-06-30 23:30:00Z' WHERE tenant_id = 273 AND order_id = :'first';
UPDATE admit."order" SET paid_at = '2030-06-30 12:00:00Z' WHERE tenant_id = 273 AND order_id = :'second';
UPDATE admit.order_refund SET created_at = '2030-07-01 22:00:00Z' WHERE tenant_id = 273 AND refund_id = :'back';
SELECT pg_temp.seal(273) AS sealed;
SELECT name, currency, time_zone, s.*, scans_charged_cents FROM admit.event_financials(273, event_id => :'night') AS f,
    jsonb_to_record(f.totals) AS s (tickets_sold bigint, tickets_refunded bigint, gross_cents bigint, refunded_cents bigint, fees_cents bigint, tax_cents bigint, net_cents bigint);
SELECT t ->> 'name' AS name, s.* FROM admit.event_financials(273, event_id => :'night') AS f, jsonb_array_elements(f.ticket_types) AS t,
    jsonb_to_record(t -> 'sums') AS s (tickets_sold bigint, tickets_refunded bigint, gross_cents bigint, refunded_cents bigint, fees_cents bigint, tax_cents bigint, net_cents bigint);
SELECT d ->> 'day' AS day, s.* FROM admit.event_financials(273, event_id => :'night') AS f, jsonb_array_elements(f.days) AS d,
    jsonb_to_record(d -> 'sums') AS s (tickets_sold bigint, tickets_refunded bigint, gross_cents bigint, refunded_cents bigint, fees_cents bigint, tax_cents bigint, net_cents bigint);
-- The same money as the accounts have: prices at the organizer, fees at the platform, taxes at the venue.
SELECT a.kind, a.balance_cents FROM admit.account_list(273) AS l, jsonb_to_recordset(l.items) AS a (kind text, balance_cents bigint) WHERE a.balance_cents <> 0 ORDER BY a.kind;
-- Payouts: one waits, one is paid, one failed.
SELECT currencies FROM admit.payout_summary(273);
SELECT payout_id AS paid FROM admit.payout_create(273, account_id => :'host', amount_cents => 1000) \gset
SELECT payout_id AS failed FROM admit.payout_create(273, account_id => :'host', amount_cents => 500) \gset
SELECT payout_id AS waits FROM admit.payout_create(273, account_id => :'host', amount_cents => 200) \gset
SELECT payout_id AS waits_longer FROM admit.payout_create(273, account_id => :'venue_account', amount_cents => 100) \gset
CREATE FUNCTION pg_temp.payout(id text, type text, cents bigint, payout uuid) RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(273, pg_temp.event(id, type, jsonb_build_object('id', 'po_' || id, 'amount', cents, 'currency', 'usd', 'metadata', jsonb_build_object('admit_payout_id', payout))))
$$;
SELECT pg_temp.payout('evt_paid', 'payout.paid', 1000, :'paid') AS paid, pg_temp.payout('evt_failed', 'payout.failed', 500, :'failed') AS failed;
SELECT c.currency, c.pending, c.pending_cents, c.paid, c.paid_cents, c.failed, c.failed_cents, c.last_paid_at IS NOT NULL AS paid_once, c.next_payout_id = :'waits' AS next
FROM admit.payout_summary(273) AS s, jsonb_to_recordset(s.currencies) AS c (currency text, pending bigint, pending_cents bigint, paid bigint, paid_cents bigint, failed bigint, failed_cents bigint, last_paid_at timestamptz, next_payout_id uuid);
SELECT c -> 'pending_cents' AS pending_cents, c -> 'paid' AS paid FROM admit.payout_summary(273, account_id => :'venue_account') AS s, jsonb_array_elements(s.currencies) AS c;
-- Transactions, newest first: what hosts together got and gave; of one account; by type; of one event; in pages.
CREATE FUNCTION pg_temp.shown(items jsonb) RETURNS TABLE (transaction_type text, amount_cents bigint, of_event boolean, ref text) LANGUAGE sql AS $$
SELECT i ->> 'transaction_type', (i ->> 'amount_cents')::bigint, i ->> 'event_id' IS NOT NULL,
       CASE WHEN i ->> 'order_id' IS NOT NULL THEN 'order' WHEN i ->> 'payout_id' IS NOT NULL THEN 'payout' WHEN i ->> 'gate_id' IS NOT NULL THEN 'gate' WHEN i ->> 'payment_id' IS NOT NULL THEN 'payment' END
FROM jsonb_array_elements(items) AS i
$$;
SELECT s.* FROM admit.transaction_list(273) AS l, pg_temp.shown(l.items) AS s;
SELECT s.* FROM admit.transaction_list(273, account_id => :'host') AS l, pg_temp.shown(l.items) AS s;
SELECT sum(s.amount_cents) = a.balance_cents AS adds_up FROM admit.transaction_list(273, account_id => :'host') AS l, pg_temp.shown(l.items) AS s, admit.account_get(273, account_id => :'host') AS a GROUP BY a.balance_cents;
SELECT s.* FROM admit.transaction_list(273, event_id => :'night') AS l, pg_temp.shown(l.items) AS s;
SELECT t.type, (SELECT string_agg(s.transaction_type || ' ' || s.amount_cents, ', ') FROM admit.transaction_list(273, transaction_type => t.type) AS l, pg_temp.shown(l.items) AS s) AS found
FROM unnest(ARRAY['ticket_sale', 'ticket_refund', 'admission', 'concession', 'payout', 'payout_failed', 'funding', 'dispute', 'other']) WITH ORDINALITY AS t (type, n) ORDER BY n;
SELECT account_id AS provider FROM admit.account_list(273) AS l, jsonb_to_recordset(l.items) AS a (account_id uuid, kind text) WHERE a.kind = 'provider' \gset
SELECT s.* FROM admit.transaction_list(273, account_id => :'provider', transaction_type => 'funding') AS l, pg_temp.shown(l.items) AS s;
SELECT next_cursor AS cursor, jsonb_array_length(items) AS items FROM admit.transaction_list(273, account_id => :'host', "limit" => 4) \gset
SELECT s.*, l.next_cursor FROM admit.transaction_list(273, account_id => :'host', "limit" => 4, cursor => :'cursor') AS l, pg_temp.shown(l.items) AS s;
SELECT jsonb_array_length(items) AS before, next_cursor FROM admit.transaction_list(273, until => now() - interval '1 hour');
SELECT admit.transaction_list(273, "from" => now(), until => now());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.transaction_list(273, transaction_type => 'sale');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.transaction_list(273, account_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
-- Who sees what: a key of an event its event alone, and no account; staff and wallets nothing.
SELECT (SELECT count(*) FROM pg_temp.shown(pg_temp.ask(:'of_night', 'transaction.list', '{}') -> 'items')) AS of_night,
       (SELECT count(*) FROM pg_temp.shown(pg_temp.ask(:'of_other', 'transaction.list', '{}') -> 'items')) AS of_other,
       (SELECT count(*) FROM pg_temp.shown(pg_temp.ask(:'auditor', 'transaction.list', '{}') -> 'items')) AS of_auditor;
SELECT pg_temp.ask(:'of_night', 'transaction.list', jsonb_build_object('account_id', :'host'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_other', 'transaction.list', jsonb_build_object('event_id', :'night'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_other', 'event.financials', jsonb_build_object('event_id', :'night'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_night', 'event.financials', jsonb_build_object('event_id', :'night')) -> 'totals' -> 'net_cents' AS net_cents;
SELECT pg_temp.ask(:'staff', 'event.financials', jsonb_build_object('event_id', :'night'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'ann', 'transaction.list', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_night', 'payout.summary', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_summary(273, account_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT invariant, violations FROM admit.verify(273) WHERE violations <> 0;
