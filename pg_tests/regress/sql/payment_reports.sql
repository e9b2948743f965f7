-- What a provider reports of a payment, in every order: each story comes to one end.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(742, 'Reports');
SELECT live FROM admit.provider_configure(742, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(742, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(742, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(742, event_id => :'night', name => 'Seat', price_cents => 500, total => 2000) \gset
CREATE TEMPORARY TABLE place AS SELECT :'venue_id'::uuid AS venue_id, :'night'::uuid AS event_id, :'seat'::uuid AS ticket_type_id;
-- A payment of 1000: a new wallet's funding, or its order of two tickets.
CREATE FUNCTION pg_temp.announce(of_order boolean) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    p place := (SELECT place FROM place);
    session text := (SELECT w.session_token FROM admit.wallet_open(742, event_id => p.event_id, venue_id => p.venue_id) AS w);
BEGIN
    IF of_order THEN
        RETURN (SELECT o.payment_id FROM admit.order_create(742, order_id => admit.uuid7(), session_token => session,
            pay_with => 'stripe', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', p.ticket_type_id, 'quantity', 2))) AS o);
    END IF;
    RETURN (SELECT f.payment_id FROM admit.payment_fund(742, session, 1000) AS f);
END
$$;
-- One report of a payment: its kind, the object's own id, its amount.
CREATE FUNCTION pg_temp.report(payment uuid, told text, amount bigint DEFAULT 1000, object text DEFAULT '', own_refund uuid DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(742, pg_temp.event('evt_' || md5(format('%s %s %s %s', payment, told, object, amount)), split_part(told, ' ', 1),
    jsonb_strip_nulls(jsonb_build_object(
        'id', CASE WHEN object = '' THEN 'pi' ELSE object END || '_' || payment,
        'payment_intent', CASE WHEN told NOT LIKE 'payment_intent.%' THEN 'pi_' || payment END,
        'amount', amount, 'amount_total', amount, 'amount_refunded', amount, 'currency', 'usd', 'status', nullif(split_part(told, ' ', 2), ''),
        'payment_status', 'paid', 'metadata', jsonb_build_object('admit_payment_id', payment, 'admit_refund_id', own_refund)))))
$$;
-- Where a payment is: its figures, what the journal moved for it, its refunds and disputes, its order or wallet.
CREATE FUNCTION pg_temp.stand(payment uuid) RETURNS text LANGUAGE sql AS $$
SELECT format('%s refunded %s taken back %s disputed %s', p.state, p.refunded_cents, p.taken_back_cents, p.disputed_cents)
    || coalesce((SELECT '; ' || string_agg(m.kind || ' ' || m.cents, ', ' ORDER BY m.kind) FROM (
        SELECT a.kind, sum(l.amount_cents) AS cents FROM admit.journal AS j
        JOIN admit.ledger_entry AS l ON l.tenant_id = 742 AND l.entry_id = j.entry_id
        JOIN admit.account AS a ON a.tenant_id = 742 AND a.account_id = l.account_id
        WHERE j.tenant_id = 742 AND j.body ->> 'payment_id' = payment::text AND a.kind IN ('provider', 'receivable', 'refund_due', 'disputed')
        GROUP BY a.kind HAVING sum(l.amount_cents) <> 0) AS m), '')
    || coalesce((SELECT '; ' || string_agg(format('%s %s %s', split_part(r.provider_reference, '_', 1), r.amount_cents, r.state), ', ' ORDER BY r.provider_reference)
        FROM admit.refund AS r WHERE r.tenant_id = 742 AND r.payment_id = payment), '')
    || coalesce((SELECT '; ' || string_agg(format('%s %s%s', split_part(d.provider_reference, '_', 1), d.state, CASE WHEN d.inquiry THEN ' inquiry' END), ', ' ORDER BY d.provider_reference)
        FROM admit.dispute AS d WHERE d.tenant_id = 742 AND d.payment_id = payment), '')
    || coalesce((SELECT format('; order %s refunded %s, tickets %s', o.state, o.refunded_cents, (SELECT string_agg(t.state, ' ' ORDER BY t.unit)
        FROM admit.ticket AS t WHERE t.tenant_id = 742 AND t.order_id = o.order_id))
        FROM admit."order" AS o WHERE o.tenant_id = 742 AND o.order_id = p.order_id),
        (SELECT '; wallet ' || w.balance_cents FROM admit.wallet AS w WHERE w.tenant_id = 742 AND w.wallet_id = p.wallet_id))
FROM admit.payment AS p WHERE p.tenant_id = 742 AND p.payment_id = payment
$$;
-- Plays a story in every order of its reports, what waits is tried again at the end; gives the ends with their number.
CREATE TEMPORARY TABLE played (payment_id uuid);
CREATE FUNCTION pg_temp.play(of_order boolean, reports text[], asked bigint DEFAULT NULL) RETURNS TABLE (orders bigint, stand text) LANGUAGE plpgsql AS $$
DECLARE
    sequence integer[];
    place integer;
    payment uuid;
    own uuid;
    part text[];
BEGIN
    DELETE FROM played;
    FOR sequence IN
        WITH RECURSIVE sequence AS (
            SELECT ARRAY[]::integer[] AS places
            UNION ALL
            SELECT s.places || n FROM sequence AS s, generate_subscripts(reports, 1) AS n WHERE n <> ALL (s.places)
        ) SELECT places FROM sequence WHERE cardinality(places) = cardinality(reports)
    LOOP
        payment := pg_temp.announce(of_order);
        own := NULL;
        IF asked IS NOT NULL THEN
            PERFORM pg_temp.report(payment, 'payment_intent.succeeded');
            own := (SELECT r.refund_id FROM admit.payment_refund(742, payment_id => payment, amount_cents => asked, reason => 'asked for') AS r);
        END IF;
        FOREACH place IN ARRAY sequence LOOP
            part := string_to_array(reports[place], '/');
            PERFORM pg_temp.report(payment, part[1], coalesce(part[2]::bigint, 1000), coalesce(part[3], ''),
                CASE WHEN part[3] = 'own' THEN own END);
        END LOOP;
        INSERT INTO played VALUES (payment);
    END LOOP;
    FOR round IN 1 .. 100 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM admit.webhook_delivery WHERE tenant_id = 742 AND webhook_delivery.state = 'parked');
        PERFORM admit.tick(742);
    END LOOP;
    RETURN QUERY SELECT count(*), pg_temp.stand(p.payment_id) FROM played AS p GROUP BY 2 ORDER BY 1;
END
$$;
\x on
-- A funding: a refund that failed after it was reported, and another one.
SELECT * FROM pg_temp.play(false, ARRAY['payment_intent.succeeded', 'charge.refunded/600/ch', 'refund.created succeeded/600/re1',
    'refund.failed failed/600/re1', 'refund.created succeeded/300/re2']);
-- A refund that was asked for here fails, while the payer disputes the payment and loses.
SELECT * FROM pg_temp.play(false, ARRAY['charge.refunded/300/ch', 'refund.updated succeeded/300/own', 'refund.failed failed/300/own',
    'charge.dispute.created needs_response/1000/du', 'charge.dispute.closed won/1000/du'], 300);
-- An order: all of it went back, and the payer's bank took it, too.
SELECT * FROM pg_temp.play(true, ARRAY['payment_intent.succeeded', 'charge.refunded/1000/ch', 'refund.created succeeded/1000/re1',
    'charge.dispute.created needs_response/1000/du', 'charge.dispute.closed lost/1000/du']);
-- Part of it went back, and an inquiry became a dispute that is open.
SELECT * FROM pg_temp.play(true, ARRAY['payment_intent.succeeded', 'charge.refunded/400/ch', 'refund.created succeeded/400/re1',
    'charge.dispute.created warning_needs_response/1000/du', 'charge.dispute.funds_withdrawn needs_response/1000/du']);
-- Lost as a whole: its tickets are void.
SELECT * FROM pg_temp.play(true, ARRAY['payment_intent.succeeded', 'charge.succeeded/1000/ch', 'charge.dispute.created needs_response/1000/du',
    'charge.dispute.closed lost/1000/du']);
-- Attempts that failed, a session that expired, one that was completed.
SELECT * FROM pg_temp.play(true, ARRAY['payment_intent.payment_failed', 'payment_intent.canceled', 'checkout.session.expired/1000/cs1',
    'checkout.session.completed/1000/cs2', 'payment_intent.succeeded']);
\x off
-- Nothing is left over: each ticket that is good has its place, and the journal says the same.
SELECT held, sold, available FROM admit.ticket_type_get(742, ticket_type_id => :'seat');
SELECT state, count(*) FROM admit.webhook_delivery WHERE tenant_id = 742 GROUP BY state ORDER BY state;
SELECT kind, count(*) FROM admit.alert WHERE tenant_id = 742 GROUP BY kind ORDER BY kind;
SELECT pg_temp.seal(742) AS sealed;
SELECT * FROM admit.verify(742) WHERE violations <> 0;
