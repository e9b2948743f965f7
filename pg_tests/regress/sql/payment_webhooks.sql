-- Fundings by webhook: any order, any repetition, wrong signatures, contradictions; money is credited once.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(204, 'Webhooks');
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(205, 'Neighbour');
SELECT venue_id FROM admit.venue_create(204, name => 'Hall') \gset
SELECT event_id FROM admit.event_create(204, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT session_token AS guest, wallet_id FROM admit.wallet_open(204, event_id => :'event_id', venue_id => :'venue_id') \gset
\set balance 'SELECT balance_cents FROM admit.wallet_lookup(204, wallet_id => :''wallet_id'');'
-- A provider must be configured, with secrets that look like ones.
SELECT admit.payment_fund(204, :'guest', 1000);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(204, live => false, provider => 'stripe', webhook_secrets => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(204, live => false, provider => 'stripe', webhook_secrets => '["secret_without_prefix"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(204, live => false, provider => 'paypal', webhook_secrets => '["whsec_regress"]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.provider_configure(204, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', application_fee_percentage => '100.1');
\echo :LAST_ERROR_SQLSTATE
SELECT live, webhook_secrets FROM admit.provider_configure(204, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress", "whsec_of_next_year"]', application_fee_percentage => '1.5');
SELECT admit.payment_fund(204, :'guest', 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(204, :'guest', -1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(204, :'guest', 1000000000001);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(204, :'guest', 1000, currency => 'EUR');
\echo :LAST_ERROR_SQLSTATE
-- Announced, then reported: credited once; 1.5 % of 1033 is 15.495, so 15.
SELECT payment_id AS announced, state, amount_cents, application_fee_cents FROM admit.payment_fund(204, :'guest', 1033) \gset
SELECT :'state' AS state, :application_fee_cents AS application_fee_cents;
:balance
SELECT pg_temp.event('evt_1', 'payment_intent.succeeded', pg_temp.payment_intent('pi_1', 1033, :'announced')) AS body \gset
SELECT pg_temp.deliver(204, :'body');
SELECT pg_temp.deliver(204, :'body');
SELECT state, provider_reference, succeeded_at IS NOT NULL AS succeeded FROM admit.payment_get(204, :'announced');
:balance
-- A hundred times more, signed anew each time, and the same news under another event's name.
SELECT state, count(*) FROM generate_series(1, 100) AS number, LATERAL (SELECT pg_temp.deliver(204, :'body') AS state WHERE number > 0) AS delivered GROUP BY state;
SELECT pg_temp.deliver(204, pg_temp.event('evt_1_again', 'payment_intent.succeeded', pg_temp.payment_intent('pi_1', 1033, :'announced')));
:balance
SELECT l.action, coalesce(a.kind, 'wallet') AS kind, l.amount_cents, l.currency FROM admit.ledger_entry AS l
LEFT JOIN admit.account AS a USING (tenant_id, account_id) WHERE l.tenant_id = 204 ORDER BY l.leg;
-- Reported before it is known: parked, and applied when the payment takes the provider's object.
SELECT pg_temp.event('evt_2', 'payment_intent.succeeded', pg_temp.payment_intent('pi_2', 500)) AS early \gset
SELECT pg_temp.deliver(204, :'early');
SELECT pg_temp.deliver(204, :'early');
SELECT applied_webhooks FROM admit.tick(204);
SELECT payment_id AS late FROM admit.payment_fund(204, :'guest', 500) \gset
SELECT state FROM admit.payment_attach(204, payment_id => :'late', provider_reference => 'pi_2');
:balance
SELECT pg_temp.deliver(204, :'early');
:balance
-- An object belongs to one payment, a payment has one object.
SELECT state FROM admit.payment_attach(204, payment_id => :'late', provider_reference => 'pi_2');
SELECT admit.payment_attach(204, payment_id => :'late', provider_reference => 'pi_other');
\echo :LAST_ERROR_SQLSTATE
SELECT payment_id AS another FROM admit.payment_fund(204, :'guest', 700) \gset
SELECT admit.payment_attach(204, payment_id => :'another', provider_reference => 'pi_2');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_attach(204, payment_id => :'another', provider_reference => 'pi with spaces');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_attach(204, payment_id => admit.uuid7(), provider_reference => 'pi_3');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(204, pg_temp.event('evt_swap', 'payment_intent.succeeded', pg_temp.payment_intent('pi_2', 700, :'another')));
-- Failed, then succeeded; failing again afterwards, under any name, takes nothing back.
SELECT pg_temp.deliver(204, pg_temp.event('evt_4a', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_4', 700, :'another')));
SELECT state, succeeded_at FROM admit.payment_get(204, :'another');
SELECT pg_temp.deliver(204, pg_temp.event('evt_4b', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_4', 700, :'another')));
SELECT pg_temp.deliver(204, pg_temp.event('evt_4c', 'payment_intent.succeeded', pg_temp.payment_intent('pi_4', 700, :'another')));
SELECT pg_temp.deliver(204, pg_temp.event('evt_4d', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_4', 700, :'another')));
SELECT state, succeeded_at IS NOT NULL AS succeeded FROM admit.payment_get(204, :'another');
:balance
-- Other amounts, currencies and modes than announced are refused, for good; the right report still counts.
SELECT payment_id AS disputed FROM admit.payment_fund(204, :'guest', 900) \gset
SELECT pg_temp.deliver(204, pg_temp.event('evt_5a', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 899, :'disputed')));
SELECT pg_temp.deliver(204, pg_temp.event('evt_5b', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 90000, :'disputed')));
SELECT pg_temp.deliver(204, pg_temp.event('evt_5c', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 900, :'disputed', 'eur')));
SELECT pg_temp.deliver(204, pg_temp.event('evt_5d', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', NULL, :'disputed')));
SELECT pg_temp.deliver(204, pg_temp.event('evt_5e', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 900, :'disputed') || '{"amount_received": 400}'));
SELECT pg_temp.deliver(204, pg_temp.event('evt_5f', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 900, :'disputed'), live => true));
SELECT pg_temp.deliver(204, pg_temp.event('evt_5a', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 900, :'disputed')));
:balance
SELECT pg_temp.deliver(204, pg_temp.event('evt_5g', 'payment_intent.succeeded', pg_temp.payment_intent('pi_5', 900, :'disputed', 'USD')));
:balance
SELECT d.event_reference, d.detail FROM admit.webhook_list(204, state => 'refused') AS page, jsonb_to_recordset(page.items) AS d (event_reference text, detail text) ORDER BY d.event_reference COLLATE "C";
-- A payment that nobody announced stays parked; its metadata may not name what is not a payment.
SELECT pg_temp.deliver(204, pg_temp.event('evt_6', 'payment_intent.succeeded', pg_temp.payment_intent('pi_6', 100, admit.uuid7())));
SELECT pg_temp.deliver(204, pg_temp.event('evt_7', 'payment_intent.succeeded', pg_temp.payment_intent('pi_7', 100) || '{"metadata": {"admit_payment_id": "nonsense"}}'));
SELECT applied_webhooks FROM admit.tick(204);
-- A charge comes before its payment is known by the provider's object: tick notes it afterwards, but not after a week.
SELECT payment_id AS charged FROM admit.payment_fund(204, :'guest', 250) \gset
SELECT payment_id AS charged_long_ago FROM admit.payment_fund(204, :'guest', 260) \gset
SELECT pg_temp.deliver(204, pg_temp.event('evt_ch_1', 'charge.succeeded', '{"id": "ch_1", "payment_intent": "pi_charged", "amount": 250, "currency": "usd"}'));
SELECT pg_temp.event('evt_ch_2', 'charge.succeeded', '{"id": "ch_2", "payment_intent": "pi_long_ago", "amount": 260, "currency": "usd"}') AS long_ago \gset
SELECT pg_temp.deliver(204, :'long_ago');
UPDATE admit.webhook_delivery SET received_at = now() - interval '7 days 1 minute' WHERE tenant_id = 204 AND event_reference = 'evt_ch_2';
SELECT pg_temp.deliver(204, pg_temp.event('evt_pi_1', 'payment_intent.succeeded', pg_temp.payment_intent('pi_charged', 250, :'charged')));
SELECT pg_temp.deliver(204, pg_temp.event('evt_pi_2', 'payment_intent.succeeded', pg_temp.payment_intent('pi_long_ago', 260, :'charged_long_ago')));
SELECT applied_webhooks FROM admit.tick(204);
SELECT applied_webhooks FROM admit.tick(204);
SELECT provider_reference, charge_reference FROM admit.payment WHERE tenant_id = 204 AND payment_id IN (:'charged', :'charged_long_ago') ORDER BY amount_cents;
SELECT pg_temp.deliver(204, :'long_ago');
:balance
-- Money that was on its way arrives in a frozen wallet, too.
SELECT payment_id AS on_its_way FROM admit.payment_fund(204, :'guest', 40) \gset
SELECT state FROM admit.wallet_freeze(204, reason => 'lost', wallet_id => :'wallet_id');
SELECT pg_temp.deliver(204, pg_temp.event('evt_on_its_way', 'payment_intent.succeeded', pg_temp.payment_intent('pi_on_its_way', 40, :'on_its_way')));
:balance
-- Signatures: of another secret, old, of the future, doubled, missing, over another body; both secrets count.
\set deliver 'SELECT state FROM admit.webhook(204, ''stripe'', convert_to(:''unsigned'', ''UTF8''), '
SELECT pg_temp.event('evt_8', 'payment_intent.created', '{"id": "pi_8"}') AS unsigned \gset
:deliver pg_temp.headers(:'unsigned', 'whsec_wrong'));
\echo :LAST_ERROR_SQLSTATE
:deliver pg_temp.headers(:'unsigned', 'whsec_regress', 330));
\echo :LAST_ERROR_SQLSTATE
:deliver pg_temp.headers(:'unsigned', 'whsec_regress', -330));
\echo :LAST_ERROR_SQLSTATE
:deliver pg_temp.headers(:'unsigned' || ' '));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.headers(:'unsigned') ->> 'stripe-signature' AS signature \gset
:deliver jsonb_build_object('stripe-signature', split_part(:'signature', ',', 1) || ',' || :'signature'));
\echo :LAST_ERROR_SQLSTATE
:deliver jsonb_build_object('stripe-signature', replace(:'signature', 'v1=', 'v0=')));
\echo :LAST_ERROR_SQLSTATE
:deliver jsonb_build_object('stripe-signature', split_part(:'signature', ',', 1)));
\echo :LAST_ERROR_SQLSTATE
:deliver jsonb_build_object('stripe-signature', split_part(:'signature', ',', 2)));
\echo :LAST_ERROR_SQLSTATE
:deliver '{"stripe-signature": ""}');
\echo :LAST_ERROR_SQLSTATE
:deliver '{"stripe-signature": 7}');
\echo :LAST_ERROR_SQLSTATE
:deliver '{}');
\echo :LAST_ERROR_SQLSTATE
:deliver '[]');
\echo :LAST_ERROR_SQLSTATE
:deliver jsonb_build_object('Stripe-Signature', :'signature' || ',v1=' || repeat('0', 64)));
:deliver pg_temp.headers(:'unsigned', 'whsec_of_next_year', 270));
-- Secrets are replaced, not added to: the old one no longer counts.
SELECT webhook_secrets FROM admit.provider_configure(204, live => false, provider => 'stripe', webhook_secrets => '["whsec_of_next_year"]');
SELECT pg_temp.deliver(204, :'unsigned');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(204, :'unsigned', 'whsec_of_next_year');
-- Unknown provider, tenant, and a tenant without a provider look like a wrong signature.
SELECT admit.webhook(204, 'paypal', convert_to(:'unsigned', 'UTF8'), pg_temp.headers(:'unsigned', 'whsec_of_next_year'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.webhook(205, 'stripe', convert_to(:'unsigned', 'UTF8'), pg_temp.headers(:'unsigned', 'whsec_of_next_year'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.webhook(2147483647, 'stripe', convert_to(:'unsigned', 'UTF8'), pg_temp.headers(:'unsigned', 'whsec_of_next_year'));
\echo :LAST_ERROR_SQLSTATE
-- Signed nonsense: no JSON, no event, no id, an object without one, too long.
SELECT pg_temp.deliver(204, 'nonsense', 'whsec_of_next_year');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(204, '', 'whsec_of_next_year');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(204, '[]', 'whsec_of_next_year');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(204, '{"type": "payment_intent.succeeded"}', 'whsec_of_next_year');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(204, '{"id": "evt_9", "type": "payment_intent.succeeded", "data": {"object": {}}}', 'whsec_of_next_year');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(204, '{"id": "evt_9", "type": "payment_intent.succeeded", "data": {"object": {"id": "pi_9", "amount": 1e30}}}', 'whsec_of_next_year');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.webhook(204, 'stripe', decode('ff00ff', 'hex'), '{"stripe-signature": "t=1,v1=00"}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.webhook(204, 'stripe', convert_to(repeat(' ', 524289), 'UTF8'), '{}');
\echo :LAST_ERROR_SQLSTATE
-- What is stored: one row an event of the provider, with the number of its deliveries.
SELECT d.event_reference, d.event_type, d.state, d.deliveries FROM admit.webhook_list(204, "limit" => 200) AS page,
    jsonb_to_recordset(page.items) AS d (event_reference text, event_type text, state text, deliveries integer) ORDER BY d.event_reference COLLATE "C";
SELECT admit.webhook_list(204, state => 'lost');
\echo :LAST_ERROR_SQLSTATE
:balance
-- A refused event is tried again when the provider sends it again: by then the mode is corrected.
SELECT session_token AS late FROM admit.wallet_open(204, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT payment_id AS corrected FROM admit.payment_fund(204, :'late', 50) \gset
SELECT pg_temp.event('evt_mode', 'payment_intent.succeeded', pg_temp.payment_intent('pi_mode', 50, :'corrected'), true) AS body \gset
SELECT live FROM admit.provider_configure(204, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT pg_temp.deliver(204, :'body') AS while_in_test_mode;
SELECT live FROM admit.provider_configure(204, live => true, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT pg_temp.deliver(204, :'body') AS in_live_mode;
SELECT pg_temp.deliver(204, :'body') AS once_more;
SELECT state FROM admit.payment_get(204, :'corrected');
SELECT pg_temp.seal(204) AS sealed;
SELECT * FROM admit.verify(204) WHERE violations <> 0;
