-- Refunds and disputes as they are read; refunds that fail, are noted as refused and asked for again; money that is not there.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(743, 'Refund states') \gset
SELECT live FROM admit.provider_configure(743, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(743, name => 'Hall') \gset
SELECT gate_id AS bar FROM admit.gate_create(743, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id AS night FROM admit.event_create(743, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT device_id AS till FROM admit.device_register(743, name => 'Till', gate_id => :'bar', event_id => :'night') \gset
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(743, event_id => :'night', name => 'Seat', price_cents => 500, total => 10) \gset
SELECT session_token AS ann, wallet_id AS anns FROM admit.wallet_open(743, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(743, event_id => :'night', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.tell(type text, id text, payment uuid, amount bigint, status text DEFAULT 'succeeded', own uuid DEFAULT NULL, currency text DEFAULT 'usd') RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(743, pg_temp.event('evt_' || md5(format('%s %s %s %s %s %s', type, id, payment, amount, status, currency)), type, jsonb_strip_nulls(jsonb_build_object(
    'id', id, 'payment_intent', 'pi_' || payment, 'amount', amount, 'amount_refunded', amount, 'currency', currency, 'status', status, 'reason', 'fraudulent',
    'metadata', jsonb_build_object('admit_refund_id', own)))))
$$;
\set position 'SELECT refunded_cents, taken_back_cents, disputed_cents FROM admit.payment WHERE tenant_id = 743 AND payment_id = '
\set balances 'SELECT a.kind, a.balance_cents FROM admit.account_list(743) AS l, jsonb_to_recordset(l.items) AS a (kind text, balance_cents bigint) WHERE a.balance_cents <> 0 ORDER BY a.kind;'
-- A funding's refund: pending, refused by the provider as the backend says, asked for again, succeeded.
SELECT pg_temp.fund(743, :'ann', 1000) AS fund \gset
SELECT refund_id AS first FROM admit.payment_refund(743, payment_id => :'fund', amount_cents => 400, reason => 'asked') \gset
SELECT admit.refund_retry(743, refund_id => :'first', reason => 'too early');
\echo :LAST_ERROR_SQLSTATE
SELECT state, reason, provider_reference, retry_of FROM admit.refund_fail(743, refund_id => :'first', reason => 'card closed');
SELECT state FROM admit.refund_fail(743, refund_id => :'first', reason => 'said twice');
SELECT balance_cents FROM admit.wallet_get(743, :'ann');
SELECT refund_id AS second, state, amount_cents, retry_of = :'first' AS retry_of_first, provider_idempotency_key = 'admit-refund-' || refund_id AS key_names_refund FROM admit.refund_retry(743, refund_id => :'first', reason => 'again') \gset
\echo :state :amount_cents :retry_of_first :key_names_refund
SELECT admit.refund_retry(743, refund_id => :'first', reason => 'twice');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.tell('refund.updated', 're_2', :'fund', 400, own => :'second');
SELECT state, provider_reference FROM admit.refund_get(743, refund_id => :'second');
SELECT admit.refund_fail(743, refund_id => :'second', reason => 'wrong');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.refund_fail(743, refund_id => admit.uuid7(), reason => 'nobody''s');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.refund_fail(743, refund_id => :'second', reason => ' ');
\echo :LAST_ERROR_SQLSTATE
:position :'fund';
-- What was taken for refused was made after all: it counts again. Another provider reference for the same refund is for people.
SELECT pg_temp.tell('refund.updated', 're_1', :'fund', 400, own => :'first');
:position :'fund';
SELECT pg_temp.tell('refund.updated', 're_1b', :'fund', 400, own => :'first');
SELECT pg_temp.tell('refund.updated', 're_2', :'fund', 399, own => :'second');
SELECT balance_cents FROM admit.wallet_get(743, :'ann');
-- Money that is spent cannot be taken back: the rest is receivable, staff is told, and what comes back covers it first.
SELECT pg_temp.fund(743, :'bob', 1000) AS spent \gset
SELECT outcome, balance_cents FROM admit.scan(743, :'bob', :'till', 'concession', admit.uuid7(), amount_cents => 700);
SELECT pg_temp.tell('refund.created', 're_3', :'spent', 1000);
:position :'spent';
SELECT balance_cents FROM admit.wallet_get(743, :'bob');
:balances
SELECT pg_temp.tell('refund.failed', 're_3', :'spent', 1000);
:position :'spent';
SELECT balance_cents FROM admit.wallet_get(743, :'bob');
SELECT refund_id AS lost FROM admit.refund WHERE tenant_id = 743 AND provider_reference = 're_3' \gset
SELECT admit.refund_retry(743, refund_id => :'lost', reason => 'not there');
\echo :LAST_ERROR_SQLSTATE
-- Amounts beyond the payment, in another currency, of nothing; a refund of somebody else's payment.
SELECT pg_temp.tell('refund.created', 're_4', :'spent', 1001);
SELECT pg_temp.tell('charge.refunded', 'ch_4', :'spent', 1001);
SELECT pg_temp.tell('refund.created', 're_5', :'spent', 100, currency => 'eur');
SELECT pg_temp.tell('refund.created', 're_6', :'spent', 0);
SELECT pg_temp.tell('refund.created', 're_7', :'spent', 400, own => :'second');
SELECT detail FROM admit.webhook_delivery WHERE tenant_id = 743 AND state = 'refused' ORDER BY received_at;
-- Parts that add up beyond the whole, here and there: what the provider made waits until ours is refused.
SELECT pg_temp.fund(743, :'bob', 1000) AS race \gset
SELECT refund_id AS ours FROM admit.payment_refund(743, payment_id => :'race', amount_cents => 600, reason => 'ours') \gset
SELECT pg_temp.tell('refund.created', 're_8', :'race', 600);
SELECT detail FROM admit.webhook_delivery WHERE tenant_id = 743 AND state = 'parked';
SELECT admit.payment_refund(743, payment_id => :'race', amount_cents => 401, reason => 'too much');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.refund_fail(743, refund_id => :'ours', reason => 'more than is left');
SELECT count(*) AS ticked FROM admit.tick(743);
SELECT state, count(*) FROM admit.webhook_delivery WHERE tenant_id = 743 AND state = 'parked' GROUP BY state;
:position :'race';
-- An order's refund that fails: its tickets stay refunded, the payer is owed the money until it is asked for again.
SELECT order_id AS bought, payment_id AS pay FROM admit.order_create(743, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'stripe', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 2))) \gset
SELECT pg_temp.deliver(743, pg_temp.event('evt_bought', 'payment_intent.succeeded', pg_temp.payment_intent('pi_' || :'pay', 1000, :'pay')));
SELECT refund_id AS both FROM admit.order_refund(743, order_id => :'bought', reason => 'ill') \gset
SELECT pg_temp.tell('refund.failed', 're_9', :'pay', 1000, own => :'both');
SELECT state, refunded_cents FROM admit.order_get(743, order_id => :'bought');
:position :'pay';
:balances
SELECT refund_id AS again, state FROM admit.refund_retry(743, refund_id => :'both', reason => 'another card') \gset
:position :'pay';
SELECT pg_temp.tell('refund.created', 're_10', :'pay', 1000, own => :'again');
-- A disputed payment: nothing of it can be refunded, its tickets stay good; won, and it is as before.
SELECT order_id AS disputed, payment_id AS pay FROM admit.order_create(743, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'stripe', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 2))) \gset
SELECT pg_temp.deliver(743, pg_temp.event('evt_disputed', 'payment_intent.succeeded', pg_temp.payment_intent('pi_' || :'pay', 1000, :'pay')));
SELECT pg_temp.tell('charge.dispute.created', 'du_1', :'pay', 1000, 'needs_response');
SELECT admit.order_refund(743, order_id => :'disputed', reason => 'too late');
\echo :LAST_ERROR_SQLSTATE
SELECT disputed_cents FROM admit.payment_get(743, payment_id => :'pay');
SELECT dispute_id, state, reason, amount_cents, currency, inquiry, order_id = :'disputed' AS the_orders FROM admit.dispute_list(743, payment_id => :'pay') AS l, jsonb_to_recordset(l.items) AS d (dispute_id uuid, state text, reason text, amount_cents bigint, currency text, inquiry boolean, order_id uuid) \gset
\echo :state :reason :amount_cents :currency :inquiry :the_orders
SELECT pg_temp.tell('charge.dispute.closed', 'du_1', :'pay', 1000, 'won');
SELECT state FROM admit.dispute_get(743, dispute_id => :'dispute_id');
SELECT i ->> 'action' AS action FROM admit.order_timeline(743, order_id => :'disputed') AS o, jsonb_array_elements(o.items) AS i;
-- In another currency nothing is booked, and staff is told.
SELECT pg_temp.tell('charge.dispute.created', 'du_2', :'pay', 900, 'needs_response', currency => 'eur');
:position :'pay';
-- The same report a hundred times is one.
SELECT state, count(*) FROM (SELECT pg_temp.tell('refund.created', 're_11', :'pay', 100) AS state FROM generate_series(1, 100)) AS told GROUP BY state ORDER BY state;
:position :'pay';
SELECT state, refunded_cents, jsonb_array_length(tickets) AS tickets FROM admit.order_get(743, order_id => :'disputed');
-- Lists: of a payment, an order, a wallet, a state; page by page; a wallet sees its own.
\set counts '(SELECT jsonb_array_length(items) FROM admit.refund_list(743, '
SELECT :counts payment_id => :'fund')) AS of_payment, :counts order_id => :'bought')) AS of_order, :counts wallet_id => :'anns')) AS of_wallet, :counts state => 'failed')) AS failed, :counts "limit" => 200)) AS all;
SELECT jsonb_array_length(page.items) AS first_page, jsonb_array_length(next.items) AS second_page, page.items -> 0 <> next.items -> 0 AS others
FROM admit.refund_list(743, "limit" => 2) AS page, LATERAL admit.refund_list(743, "limit" => 2, cursor => page.next_cursor) AS next;
SELECT json_array_length(admit.dispatch(743, 'refund.list', :'ann', '{}')::json -> 'items') AS anns, json_array_length(admit.dispatch(743, 'refund.list', :'bob', '{}')::json -> 'items') AS bobs,
    json_array_length(admit.dispatch(743, 'dispute.list', :'ann', '{}')::json -> 'items') AS anns_disputes, json_array_length(admit.dispatch(743, 'dispute.list', :'bob', '{}')::json -> 'items') AS bobs_disputes;
SELECT admit.dispatch(743, 'refund.get', :'ann', json_build_object('refund_id', :'second')::text)::json ->> 'state' AS anns_own;
SELECT admit.dispatch(743, 'refund.get', :'bob', json_build_object('refund_id', :'second')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(743, 'dispute.get', :'bob', json_build_object('dispute_id', :'dispute_id')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(743, 'refund.list', :'bob', json_build_object('wallet_id', :'anns')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(743, 'refund.retry', :'ann', json_build_object('refund_id', :'first', 'reason', 'mine')::text, 'k');
\echo :LAST_ERROR_SQLSTATE
SELECT kind, regexp_replace(message, '[0-9a-f]{8}-[0-9a-f-]{27}', '…', 'g') AS message FROM admit.alert WHERE tenant_id = 743 ORDER BY raised_at, kind;
SELECT pg_temp.seal(743) AS sealed;
SELECT * FROM admit.verify(743) WHERE violations <> 0;
-- What the invariants are for: each of these is found.
CREATE FUNCTION pg_temp.planted(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE statement;
    found := (SELECT string_agg(invariant, ', ' ORDER BY invariant) FROM admit.verify(743) WHERE violations <> 0);
    RAISE EXCEPTION USING MESSAGE = 'undo', ERRCODE = 'UNDO1', DETAIL = coalesce(found, 'nothing');
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    GET STACKED DIAGNOSTICS found = PG_EXCEPTION_DETAIL;
    RETURN found;
END
$$;
SELECT planted.what, pg_temp.planted(format(statement, p.payment_id, p.order_id)) AS found
FROM (SELECT payment_id, order_id FROM admit.payment WHERE tenant_id = 743 AND order_id = :'disputed') AS p,
(VALUES ('a payment says that less went back', 'UPDATE admit.payment SET refunded_cents = refunded_cents - 1 WHERE payment_id = %1$L'),
    ('a payment says that more was taken back', 'UPDATE admit.payment SET taken_back_cents = taken_back_cents + 1 WHERE payment_id = %1$L'),
    ('a payment says that it is disputed', 'UPDATE admit.payment SET disputed_cents = 1 WHERE payment_id = %1$L'),
    ('a payment forgets that it succeeded', 'UPDATE admit.payment SET state = ''pending'' WHERE payment_id = %1$L'),
    ('the provider''s sum is more', 'UPDATE admit.payment SET refunded_in_all_cents = 101 WHERE payment_id = %1$L'),
    ('a refund is of another amount', 'UPDATE admit.refund SET amount_cents = amount_cents + 1 WHERE payment_id = %1$L'),
    ('a refund fails unseen', 'UPDATE admit.refund SET state = ''failed'' WHERE payment_id = %1$L'),
    ('a refund takes the place of a stranger', 'UPDATE admit.refund SET retry_of = admit.uuid7() WHERE payment_id = %1$L'),
    ('a refund is gone', 'DELETE FROM admit.refund WHERE payment_id = %1$L'),
    ('a dispute is lost unseen', 'UPDATE admit.dispute SET state = ''lost'' WHERE payment_id = %1$L'),
    ('a dispute is of another currency', 'UPDATE admit.dispute SET currency = ''USD'' WHERE payment_id = %1$L'),
    ('an order says that more went back', 'UPDATE admit."order" SET refunded_cents = refunded_cents + 1 WHERE order_id = %2$L'),
    ('an order was paid by another payment', 'UPDATE admit."order" SET payment_id = admit.uuid7() WHERE order_id = %2$L'),
    ('an order is paid with the wallet', 'UPDATE admit."order" SET paid_with = ''wallet'' WHERE order_id = %2$L')
) AS planted (what, statement);
SELECT * FROM admit.verify(743) WHERE violations <> 0;
