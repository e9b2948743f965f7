-- A late sale of a limited type beside one without a limit: what wallets may have is counted for the limited one alone.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(247, 'Late quotas');
SELECT live FROM admit.provider_configure(247, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(247, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(247, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS limited FROM admit.ticket_type_create(247, event_id => :'night', name => 'Limited', price_cents => 1000, wallet_max => 3) \gset
SELECT ticket_type_id AS open FROM admit.ticket_type_create(247, event_id => :'night', name => 'Open', price_cents => 0) \gset
SELECT session_token AS guest FROM admit.wallet_open(247, event_id => :'night', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.lines(ticket_type_id uuid, quantity integer DEFAULT 1) RETURNS jsonb LANGUAGE sql AS $$ SELECT jsonb_build_array(jsonb_build_object('ticket_type_id', ticket_type_id, 'quantity', quantity)) $$;
CREATE FUNCTION pg_temp.place(session_token text, lines jsonb, OUT order_id uuid, OUT payment_id uuid) LANGUAGE sql AS $$
SELECT o.order_id, o.payment_id FROM admit.order_create(247, order_id => admit.uuid7(), session_token => session_token, lines => lines, pay_with => 'stripe') AS o
$$;
CREATE FUNCTION pg_temp.succeed(payment_id uuid, amount bigint) RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(247, pg_temp.event('evt_' || payment_id, 'payment_intent.succeeded', pg_temp.payment_intent('pi_' || payment_id, amount, payment_id)))
$$;
CREATE FUNCTION pg_temp.expire_all() RETURNS void LANGUAGE sql AS $$
UPDATE admit."order" SET expires_at = now() - interval '1 second' WHERE tenant_id = 247 AND state IN ('created', 'pending_payment');
UPDATE admit.hold SET expires_at = now() - interval '1 second' WHERE tenant_id = 247 AND state IN ('open', 'ordered')
$$;
\set quotas 'SELECT t.name, q.taken FROM admit.wallet_quota AS q JOIN admit.ticket_type AS t USING (tenant_id, ticket_type_id) WHERE q.tenant_id = 247 ORDER BY t.name'
-- After the late sale the limit counts its own type alone.
SELECT order_id, payment_id FROM pg_temp.place(:'guest', pg_temp.lines(:'limited', 2) || pg_temp.lines(:'open')) \gset
SELECT pg_temp.expire_all() IS NULL AS expired;
SELECT count(*) AS ticked FROM admit.tick(247);
:quotas;
SELECT pg_temp.succeed(:'payment_id', 2000) AS succeeded;
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_get(247, order_id => :'order_id');
:quotas;
-- What the wallet holds later of both is given back, by itself and by a tick.
SELECT hold_id FROM admit.hold_create(247, hold_id => admit.uuid7(), session_token => :'guest', lines => pg_temp.lines(:'limited') || pg_temp.lines(:'open', 5)) \gset
SELECT state FROM admit.hold_release(247, hold_id => :'hold_id', session_token => :'guest');
SELECT state FROM admit.hold_create(247, hold_id => admit.uuid7(), session_token => :'guest', lines => pg_temp.lines(:'limited') || pg_temp.lines(:'open', 5));
SELECT pg_temp.expire_all() IS NULL AS expired;
SELECT count(*) AS ticked FROM admit.tick(247);
SELECT held, sold FROM admit.ticket_type_get(247, ticket_type_id => :'open');
SELECT state, amount_cents FROM admit.order_refund(247, order_id => :'order_id', reason => 'rain');
:quotas;
SELECT invariant, violations FROM admit.verify(247) WHERE violations <> 0;
