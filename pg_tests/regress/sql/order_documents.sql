-- Receipts, invoices and credit notes: what they say, numbers without gaps, and who may read them.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(271, 'Documents') \gset
SELECT api_key AS auditor FROM admit.api_key_create(271, name => 'Auditor', role => 'auditor') \gset
SELECT live FROM admit.provider_configure(271, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(271, name => 'Hall', address => 'Street 1', time_zone => 'Europe/Berlin') \gset
SELECT event_id AS night FROM admit.event_create(271, venue_id => :'venue_id', name => 'Night', starts_at => '2035-07-01 18:00:00Z', ends_at => '2035-07-02 02:00:00Z') \gset
SELECT event_id AS other FROM admit.event_create(271, venue_id => :'venue_id', name => 'Other', starts_at => '2035-12-01 18:00:00Z', ends_at => '2035-12-02 02:00:00Z') \gset
SELECT api_key AS of_other FROM admit.api_key_create(271, name => 'Other', role => 'manager', event_id => :'other') \gset
SELECT fee_version IS NOT NULL AS set FROM admit.fee_set(271, scope => 'event', scope_id => :'night', rules => '[
  {"action": "ticket_purchase", "component": "platform_fee", "fixed_cents": 150, "shares": [{"payee": "platform", "percentage": "100"}]},
  {"action": "ticket_purchase", "component": "tax", "percentage": "19", "shares": [{"payee": "venue", "percentage": "100"}]}]');
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(271, event_id => :'night', name => 'Seat', price_cents => 2000, total => 50) \gset
SELECT ticket_type_id AS box FROM admit.ticket_type_create(271, event_id => :'night', name => 'Box', price_cents => 5000, total => 50) \gset
SELECT session_token AS ann, wallet_id AS ann_id FROM admit.wallet_open(271, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(271, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(271, :'ann', 50000) IS NOT NULL AS funded;
CREATE FUNCTION pg_temp.ask(key text, command text, request jsonb) RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(271, command, key, request::text, gen_random_uuid()::text)::jsonb
$$;
CREATE FUNCTION pg_temp.lines(VARIADIC parts text[]) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_agg(jsonb_build_object('ticket_type_id', split_part(part, ' ', 1), 'quantity', split_part(part, ' ', 2)::integer)) FROM unnest(parts) AS part
$$;
SELECT order_id AS by_wallet FROM admit.order_create(271, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'wallet', lines => pg_temp.lines(:'seat' || ' 3', :'box' || ' 1')) \gset
SELECT order_id AS by_card, payment_id AS pay FROM admit.order_create(271, order_id => admit.uuid7(), session_token => :'bob', pay_with => 'stripe', lines => pg_temp.lines(:'seat' || ' 1')) \gset
-- What is not paid has neither receipt nor invoice.
SELECT admit.order_receipt(271, order_id => :'by_card');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_invoice(271, order_id => :'by_card');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(271, pg_temp.event('evt_card', 'payment_intent.succeeded', pg_temp.payment_intent('pi_card', 2559, :'pay')));
-- A receipt: lines, taxes by rate, totals, times on the event's clock, the journal's entry.
SELECT state, seller, event - 'event_id' AS event, taxes, currency, subtotal_cents, fees_cents, tax_cents, total_cents, refunded_cents, balance_cents, refunds
FROM admit.order_receipt(271, order_id => :'by_wallet');
SELECT l - 'ticket_type_id' AS line FROM admit.order_receipt(271, order_id => :'by_wallet') AS r, jsonb_array_elements(r.lines) AS l;
SELECT p ->> 'paid_with' AS paid_with, p -> 'amount_cents' AS amount_cents, p -> 'payment_id' AS payment_id,
       date_trunc('second', (p ->> 'paid_at')::timestamptz) = (p ->> 'paid_at_local')::timestamptz AS same_instant,
       right(p ->> 'paid_at_local', 6) = CASE WHEN (p ->> 'paid_at')::timestamptz AT TIME ZONE 'Europe/Berlin' - (p ->> 'paid_at')::timestamptz AT TIME ZONE 'UTC' = interval '1 hour' THEN '+01:00' ELSE '+02:00' END AS on_the_clock,
       r.order_number = o.order_number AS same_number, g.entry_id = r.receipt_entry_id AS signed
FROM admit.order_receipt(271, session_token => :'ann', order_id => :'by_wallet') AS r, jsonb_array_elements(r.payments) AS p,
     admit.order_get(271, order_id => :'by_wallet') AS o, admit.receipt_get(271, entry_id => r.receipt_entry_id) AS g;
SELECT p ->> 'paid_with' AS paid_with, p ->> 'payment_id' = :'pay' AS the_payment, p ->> 'provider_reference' AS reference
FROM admit.order_receipt(271, order_id => :'by_card') AS r, jsonb_array_elements(r.payments) AS p;
-- The offset is the one of the day: summer in July, winter in December.
SELECT order_id AS winter FROM admit.ticket_type_create(271, event_id => :'other', name => 'Free', price_cents => 0, total => 50) AS t,
    admit.order_create(271, order_id => admit.uuid7(), wallet_id => :'ann_id', pay_with => 'nothing', lines => pg_temp.lines(t.ticket_type_id || ' 1')) \gset
SELECT event ->> 'starts_at_local' AS starts, taxes, total_cents FROM admit.order_receipt(271, order_id => :'winter');
-- An invoice names its seller; the numbers count without gaps, also when one is refused.
SELECT admit.seller_get(271);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_invoice(271, order_id => :'by_wallet');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seller_configure(271, name => ' ', address => 'Street 1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seller_configure(271, name => 'Hall Ltd', address => 'Street 1', invoice_prefix => 'R 1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.seller_configure(271, name => 'Hall Ltd', address => 'Street 1', invoice_prefix => 'A', credit_note_prefix => 'A');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_other', 'seller.configure', '{"name": "Mine", "address": "Here"}');
\echo :LAST_ERROR_SQLSTATE
SELECT name, address, tax_id, invoice_prefix, credit_note_prefix FROM admit.seller_configure(271, name => 'Hall Ltd', address => E'Street 1\nTown', tax_id => 'DE 1');
SELECT invoice ->> 'kind' AS kind, invoice ->> 'invoice_number' AS number, invoice -> 'seller' AS seller, (invoice -> 'buyer') - 'wallet_id' AS buyer,
       invoice -> 'total_cents' AS total_cents, invoice -> 'taxes' AS taxes, jsonb_array_length(invoice -> 'lines') AS lines, credit_notes
FROM admit.order_invoice(271, session_token => :'ann', order_id => :'by_wallet', buyer_name => 'Ann', buyer_address => 'Road 2');
BEGIN;
SELECT invoice ->> 'invoice_number' AS undone FROM admit.order_invoice(271, order_id => :'by_card');
ROLLBACK;
SELECT invoice ->> 'invoice_number' AS number, invoice -> 'buyer' ->> 'name' AS buyer FROM admit.order_invoice(271, order_id => :'by_card');
SELECT invoice ->> 'invoice_number' AS number, invoice -> 'total_cents' AS total_cents FROM admit.order_invoice(271, order_id => :'winter');
-- Asked again it is the same, also when the seller has moved; another buyer is refused.
SELECT name FROM admit.seller_configure(271, name => 'Hall SE', address => 'Street 9', invoice_prefix => '2036/');
SELECT invoice ->> 'invoice_number' AS number, invoice -> 'seller' ->> 'name' AS seller FROM admit.order_invoice(271, order_id => :'by_wallet', buyer_name => 'Ann');
SELECT admit.order_invoice(271, order_id => :'by_wallet', buyer_name => 'Bob');
\echo :LAST_ERROR_SQLSTATE
-- A credit note for each refund, numbered in its own series.
SELECT amount_cents FROM admit.order_refund(271, order_id => :'by_wallet', reason => 'one is ill',
    ticket_ids => (SELECT jsonb_build_array(i -> 'ticket_id') FROM admit.ticket_list(271, session_token => :'ann') AS t, jsonb_array_elements(t.items) AS i WHERE i ->> 'ticket_type_id' = :'seat' ORDER BY i -> 'unit' LIMIT 1));
SELECT state, amount_cents FROM admit.order_refund(271, order_id => :'by_wallet', reason => 'the rest, too');
SELECT n ->> 'invoice_number' AS number, n ->> 'corrects' AS corrects, n ->> 'reason' AS reason, n -> 'seller' ->> 'name' AS seller, n -> 'buyer' ->> 'name' AS buyer,
       n -> 'total_cents' AS total_cents, n -> 'tax_cents' AS tax_cents, (SELECT string_agg(l ->> 'quantity' || ' ' || (l ->> 'name'), ', ') FROM jsonb_array_elements(n -> 'lines') AS l) AS lines
FROM admit.order_invoice(271, session_token => :'ann', order_id => :'by_wallet') AS i, jsonb_array_elements(i.credit_notes) AS n;
SELECT state, refunded_cents, balance_cents, (SELECT string_agg(f ->> 'reason' || ' ' || (f ->> 'amount_cents'), ', ') FROM jsonb_array_elements(refunds) AS f) AS refunds
FROM admit.order_receipt(271, order_id => :'by_wallet');
-- Fees that a cancelled event keeps are not on the credit note.
SELECT state FROM admit.event_cancel(271, event_id => :'night', reason => 'storm', keep_fees => true);
SELECT state FROM admit.event_refund_batch(271, event_id => :'night');
SELECT n ->> 'invoice_number' AS number, n -> 'subtotal_cents' AS subtotal_cents, n -> 'fees_cents' AS fees_cents, n -> 'tax_cents' AS tax_cents, n -> 'total_cents' AS total_cents
FROM admit.order_invoice(271, order_id => :'by_card') AS i, jsonb_array_elements(i.credit_notes) AS n;
-- Lists, newest first; filters; pages.
SELECT i ->> 'invoice_number' AS number, i ->> 'kind' AS kind FROM admit.invoice_list(271) AS l, jsonb_array_elements(l.items) AS i;
SELECT i ->> 'invoice_number' AS number FROM admit.invoice_list(271, kind => 'credit_note', order_id => :'by_wallet') AS l, jsonb_array_elements(l.items) AS i;
SELECT i ->> 'invoice_number' AS number FROM admit.invoice_list(271, event_id => :'other') AS l, jsonb_array_elements(l.items) AS i;
SELECT next_cursor AS cursor FROM admit.invoice_list(271, "limit" => 5) \gset
SELECT i ->> 'invoice_number' AS number, l.next_cursor FROM admit.invoice_list(271, "limit" => 5, cursor => :'cursor') AS l, jsonb_array_elements(l.items) AS i;
-- Who sees what: a wallet its own, a key of an event that event's.
SELECT count(*) AS of_ann FROM admit.invoice_list(271, session_token => :'ann') AS l, jsonb_array_elements(l.items) AS i;
SELECT count(*) AS of_bob FROM admit.invoice_list(271, session_token => :'bob') AS l, jsonb_array_elements(l.items) AS i;
SELECT jsonb_array_length(pg_temp.ask(:'of_other', 'invoice.list', '{}') -> 'items') AS of_other,
       jsonb_array_length(pg_temp.ask(:'auditor', 'invoice.list', '{}') -> 'items') AS of_auditor;
SELECT admit.order_receipt(271, session_token => :'bob', order_id => :'by_wallet');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.order_invoice(271, session_token => :'bob', order_id => :'by_wallet');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_other', 'order.receipt', jsonb_build_object('order_id', :'by_wallet'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'of_other', 'order.invoice', jsonb_build_object('order_id', :'by_wallet'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'auditor', 'order.invoice', jsonb_build_object('order_id', :'by_wallet'));
\echo :LAST_ERROR_SQLSTATE
SELECT e ->> 'action' AS action, e -> 'detail' ->> 'invoice_number' AS number FROM admit.order_timeline(271, order_id => :'by_wallet') AS t, jsonb_array_elements(t.items) AS e WHERE e ->> 'action' LIKE 'invoice.%';
SELECT pg_temp.seal(271) AS sealed;
SELECT invariant, violations FROM admit.verify(271) WHERE violations <> 0;
-- What the invariant is for: a number that is missing, an amount that is not the order's.
BEGIN;
DELETE FROM admit.invoice WHERE tenant_id = 271 AND kind = 'invoice' AND number = 2;
UPDATE admit.invoice SET total_cents = total_cents + 1 WHERE tenant_id = 271 AND kind = 'credit_note' AND number = 1;
SELECT invariant, violations FROM admit.verify(271) WHERE violations <> 0;
ROLLBACK;
