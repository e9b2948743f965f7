-- Payouts of an account's exact balance, and Stripe's word that they arrived.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/../include/stripe.sql'
\set ECHO none
\i :include
\set ECHO all
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(34, 'Payouts');
SELECT webhook_secrets FROM admit.provider_configure(34, live => false, provider => 'stripe', webhook_secrets => '["whsec_of_the_regress_tests"]');
SELECT venue_id, account_id FROM admit.venue_create(34, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(34, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(34, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', entry_fee_cents => 1000) \gset
SELECT device_id FROM admit.device_register(34, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(34, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT payment_id FROM admit.payment_fund(34, :'session_token', amount_cents => 5000) \gset
SELECT pg_temp.deliver(34, pg_temp.intent('evt_1', 'payment_intent.succeeded', :'payment_id', 5000));
SELECT outcome, charged_cents FROM admit.scan(34, :'session_token', :'device_id', 'entry', admit.uuid7());
-- The balance counts at once: nothing of it waits for tick.
SELECT balance_cents FROM admit.account_get(34, :'account_id');
SELECT admit.payout_create(34, account_id => :'account_id', amount_cents => 1001);
\echo :LAST_ERROR_SQLSTATE
SELECT payout_id, state, amount_cents, currency, paid_at IS NULL AS unpaid FROM admit.payout_create(34, account_id => :'account_id',
    amount_cents => 600, provider_reference => 'po_1', idempotency_key => 'payout-1') \gset
\echo :state :amount_cents :currency :unpaid
SELECT payout_id = :'payout_id' AS the_same FROM admit.payout_create(34, account_id => :'account_id',
    amount_cents => 600, provider_reference => 'po_1', idempotency_key => 'payout-1');
SELECT balance_cents FROM admit.account_get(34, :'account_id');
SELECT admit.payout_create(34, account_id => :'account_id', amount_cents => 401);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(34, account_id => :'account_id', amount_cents => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(34, account_id => :'account_id', amount_cents => -1);
SELECT admit.payout_create(34, account_id => admit.uuid7(), amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
-- Another payout cannot take the same reference.
SELECT admit.payout_create(34, account_id => :'account_id', amount_cents => 1, provider_reference => 'po_1');
\echo :LAST_ERROR_SQLSTATE
-- payout.paid: another amount is refused, the right one applies once.
CREATE FUNCTION pg_temp.paid(event_id text, payout text, amount bigint) RETURNS text LANGUAGE sql AS $$
    SELECT jsonb_build_object('id', event_id, 'object', 'event', 'type', 'payout.paid', 'livemode', false, 'data',
        jsonb_build_object('object', jsonb_build_object('id', payout, 'object', 'payout', 'amount', amount, 'currency', 'usd', 'status', 'paid')))::text $$;
SELECT pg_temp.deliver(34, pg_temp.paid('evt_2', 'po_1', 599)) AS other_amount;
SELECT pg_temp.deliver(34, pg_temp.paid('evt_3', 'po_1', 600)) AS paid;
SELECT pg_temp.deliver(34, pg_temp.paid('evt_4', 'po_1', 600)) AS again;
SELECT pg_temp.deliver(34, pg_temp.paid('evt_5', 'po_unknown', 600)) AS unknown;
SELECT state, paid_at IS NOT NULL AS paid FROM admit.payout_get(34, :'payout_id');
SELECT admit.payout_get(34, admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT jsonb_array_length(items) FROM admit.payout_list(34, account_id => :'account_id');
SELECT jsonb_array_length(items) FROM admit.payout_list(34, account_id => admit.uuid7());
-- Money in = money with the wallet + with the accounts + paid out.
SELECT sealed_entries > 0 AS sealed FROM admit.tick(34);
SELECT a ->> 'kind' AS kind, a ->> 'balance_cents' AS balance FROM admit.account_list(34) AS l, jsonb_array_elements(l.items) AS a
WHERE (a ->> 'balance_cents')::bigint <> 0 ORDER BY 1;
SELECT * FROM admit.verify(34) WHERE violations <> 0;
