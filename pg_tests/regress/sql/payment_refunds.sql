-- Refunds: whole, in parts, too much, twice, after spending; the provider is asked once for each.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(206, 'Refunds') \gset
SELECT live, webhook_secrets FROM admit.provider_configure(206, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', connected_account => 'acct_1');
SELECT venue_id FROM admit.venue_create(206, name => 'Hall') \gset
SELECT gate_id AS bar FROM admit.gate_create(206, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id FROM admit.event_create(206, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT device_id AS till FROM admit.device_register(206, name => 'Till', gate_id => :'bar', event_id => :'event_id') \gset
SELECT session_token AS guest, wallet_id FROM admit.wallet_open(206, event_id => :'event_id', venue_id => :'venue_id') \gset
\set refunded 'SELECT amount_cents, currency, balance_cents, provider_idempotency_key = ''admit-refund-'' || refund_id AS key_names_refund FROM admit.payment_refund(206, payment_id => '
-- A payment that is pending, failed or unknown cannot be refunded.
SELECT payment_id AS pending FROM admit.payment_fund(206, :'guest', 100) \gset
SELECT admit.payment_refund(206, payment_id => :'pending', reason => 'Cancelled');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.deliver(206, pg_temp.event('evt_failed', 'payment_intent.payment_failed', pg_temp.payment_intent('pi_failed', 100, :'pending')));
SELECT admit.payment_refund(206, payment_id => :'pending', reason => 'Cancelled');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => admit.uuid7(), reason => 'Cancelled');
\echo :LAST_ERROR_SQLSTATE
-- The whole of a payment, when no amount is named; then nothing is left of it.
SELECT pg_temp.fund(206, :'guest', 1000) AS whole \gset
:refunded :'whole', reason => 'Rained off');
SELECT state, amount_cents, refunded_cents FROM admit.payment_get(206, :'whole');
SELECT admit.payment_refund(206, payment_id => :'whole', reason => 'Again');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => :'whole', amount_cents => 1, reason => 'Again');
\echo :LAST_ERROR_SQLSTATE
-- In parts, up to the whole; too much, nothing, less than nothing.
SELECT pg_temp.fund(206, :'guest', 500) AS parts \gset
:refunded :'parts', amount_cents => 199, reason => 'Part one');
SELECT admit.payment_refund(206, payment_id => :'parts', amount_cents => 302, reason => 'Too much');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => :'parts', amount_cents => 0, reason => 'Nothing');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => :'parts', amount_cents => -1, reason => 'Less');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => :'parts', amount_cents => 9223372036854775807, reason => 'All the money');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => :'parts', amount_cents => 1, reason => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => :'parts', amount_cents => 1, reason => repeat('x', 501));
\echo :LAST_ERROR_SQLSTATE
SELECT refunded_cents FROM admit.payment_get(206, :'parts');
:refunded :'parts', amount_cents => 300, reason => 'Part two');
:refunded :'parts', reason => 'The last cent');
SELECT refunded_cents FROM admit.payment_get(206, :'parts');
-- Spent money is not there to be refunded; what is left of it is, and other money of the wallet counts.
SELECT pg_temp.fund(206, :'guest', 800) AS spent \gset
SELECT outcome, balance_cents FROM admit.scan(206, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 550);
SELECT admit.payment_refund(206, payment_id => :'spent', reason => 'All of it');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_refund(206, payment_id => :'spent', amount_cents => 251, reason => 'Too much');
\echo :LAST_ERROR_SQLSTATE
:refunded :'spent', amount_cents => 250, reason => 'What is left');
SELECT pg_temp.fund(206, :'guest', 600) IS NOT NULL AS funded;
:refunded :'spent', reason => 'The rest');
-- Nothing is taken from a frozen wallet, not even to give it back.
SELECT pg_temp.fund(206, :'guest', 70) AS frozen \gset
SELECT state FROM admit.wallet_freeze(206, reason => 'lost', wallet_id => :'wallet_id');
SELECT admit.payment_refund(206, payment_id => :'frozen', reason => 'Frozen');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payment_fund(206, :'guest', 100);
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.wallet_unfreeze(206, reason => 'found', wallet_id => :'wallet_id');
-- One key, one refund: the same bytes again, nothing refunded twice; another amount is another request.
SELECT pg_temp.fund(206, :'guest', 400) AS once \gset
SELECT json_build_object('payment_id', :'once', 'amount_cents', 100, 'reason', 'Once') AS asked \gset
SELECT admit.dispatch(206, 'payment.refund', :'owner', :'asked', 'refund-1') AS first \gset
SELECT admit.dispatch(206, 'payment.refund', :'owner', :'asked', 'refund-1') = :'first' AS same_bytes;
SELECT refunded_cents FROM admit.payment_get(206, :'once');
SELECT admit.dispatch(206, 'payment.refund', :'owner', (:'asked'::jsonb || '{"amount_cents": 200}')::text, 'refund-1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(206, 'payment.refund', :'owner', :'asked');
\echo :LAST_ERROR_SQLSTATE
-- Who may refund: not the guest, not the staff at the door, nobody without a credential.
SELECT api_key AS manager FROM admit.api_key_create(206, name => 'Manager', role => 'manager') \gset
SELECT admit.dispatch(206, 'payment.refund', :'guest', :'asked', 'refund-2');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(206, 'payment.refund', :'manager', :'asked', 'refund-2');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(206, 'payment.refund', NULL, :'asked', 'refund-2');
\echo :LAST_ERROR_SQLSTATE
-- A cashier of another event finds no such payment; one of this event does.
SELECT event_id AS other_event FROM admit.event_create(206, venue_id => :'venue_id', name => 'Other', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT commands FROM admit.role_set(206, role => 'cashier', commands => '["payment.refund", "payment.list"]');
SELECT api_key AS other_cashier FROM admit.api_key_create(206, name => 'Other', role => 'cashier', event_id => :'other_event') \gset
SELECT api_key AS cashier FROM admit.api_key_create(206, name => 'Cashier', role => 'cashier', event_id => :'event_id') \gset
SELECT admit.dispatch(206, 'payment.refund', :'other_cashier', :'asked', 'refund-3');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(206, 'payment.list', :'other_cashier', '{}')::json -> 'items' AS none;
SELECT json_array_length(admit.dispatch(206, 'payment.list', :'cashier', '{}')::json -> 'items') AS payments;
SELECT (admit.dispatch(206, 'payment.refund', :'cashier', :'asked', 'refund-3')::json ->> 'amount_cents')::bigint AS refunded;
-- The provider's own news of charges: the charge is noted once; what was refunded there is debited here.
SELECT pg_temp.deliver(206, pg_temp.event('evt_charge', 'charge.succeeded', jsonb_build_object('id', 'ch_1', 'payment_intent', 'pi_' || :'once', 'amount', 400, 'currency', 'usd')));
SELECT pg_temp.deliver(206, pg_temp.event('evt_charge_2', 'charge.succeeded', jsonb_build_object('id', 'ch_1', 'payment_intent', 'pi_' || :'once', 'amount', 400, 'currency', 'usd')));
SELECT pg_temp.deliver(206, pg_temp.event('evt_charge_3', 'charge.succeeded', jsonb_build_object('id', 'ch_2', 'payment_intent', 'pi_' || :'once', 'amount', 400, 'currency', 'usd')));
SELECT pg_temp.deliver(206, pg_temp.event('evt_refunded', 'charge.refunded', jsonb_build_object('id', 'ch_1', 'payment_intent', 'pi_' || :'once', 'amount', 400, 'amount_refunded', 400, 'currency', 'usd')));
SELECT pg_temp.deliver(206, pg_temp.event('evt_refunded', 'charge.refunded', jsonb_build_object('id', 'ch_1', 'payment_intent', 'pi_' || :'once', 'amount', 400, 'amount_refunded', 400, 'currency', 'usd')));
SELECT charge_reference, refunded_cents FROM admit.payment WHERE tenant_id = 206 AND payment_id = :'once';
SELECT detail FROM admit.webhook_delivery WHERE tenant_id = 206 AND state = 'refused';
-- What the provider has to carry out: one row a refund, each with a key of its own.
SELECT r.amount_cents, r.reason, p.amount_cents AS of_payment, p.connected_account FROM admit.refund AS r
JOIN admit.payment AS p USING (tenant_id, payment_id) WHERE tenant_id = 206 ORDER BY r.created_at;
SELECT count(DISTINCT provider_idempotency_key) = count(*) AS keys_differ FROM admit.refund WHERE tenant_id = 206;
-- The money went back where it came from, and the journal says why.
SELECT j.body ->> 'reason' AS reason, coalesce(a.kind, 'wallet') AS kind, l.amount_cents FROM admit.ledger_entry AS l
JOIN admit.journal AS j USING (tenant_id, entry_id) LEFT JOIN admit.account AS a USING (tenant_id, account_id)
WHERE l.tenant_id = 206 AND l.action = 'payment.refunded' ORDER BY j.recorded_at, l.leg;
SELECT balance_cents FROM admit.wallet_get(206, :'guest');
SELECT pg_temp.seal(206) AS sealed;
SELECT * FROM admit.verify(206) WHERE violations <> 0;
