-- Tickets and passes over days: re-entry, forgotten exits, several tickets of one wallet, validity, void tickets and overrides.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(245, 'Passes');
SELECT live FROM admit.provider_configure(245, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(245, name => 'Field') \gset
SELECT gate_id AS door FROM admit.gate_create(245, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(245, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
-- In this time zone it is noon, so that no day ends under the test.
SELECT format('Etc/GMT%s%s', CASE WHEN hour < 12 THEN '-' ELSE '+' END, abs(hour - 12)) AS noon FROM extract(hour FROM now() AT TIME ZONE 'UTC') AS hour \gset
SELECT event_id AS festival FROM admit.event_create(245, venue_id => :'venue_id', name => 'Festival', starts_at => now() - interval '5 days', ends_at => now() + interval '5 days', time_zone => :'noon',
    requires_pass => true, duplicate_window_ms => 0, entry_fee_cents => 500, capacity => 100) \gset
SELECT event_id AS fair FROM admit.event_create(245, venue_id => :'venue_id', name => 'Fair', starts_at => now() - interval '5 days', ends_at => now() + interval '5 days', time_zone => :'noon',
    requires_pass => true, reentry_allowed => true, duplicate_window_ms => 0) \gset
SELECT device_id AS festival_door FROM admit.device_register(245, name => 'Festival', gate_id => :'door', event_id => :'festival') \gset
SELECT device_id AS festival_bar FROM admit.device_register(245, name => 'Bar', gate_id => :'bar', event_id => :'festival') \gset
SELECT device_id AS fair_door FROM admit.device_register(245, name => 'Fair', gate_id => :'door', event_id => :'fair') \gset
SELECT ticket_type_id AS three_days FROM admit.ticket_type_create(245, event_id => :'festival', name => 'Three days', price_cents => 1000, total => 5, pass_days => 3) \gset
SELECT ticket_type_id AS day FROM admit.ticket_type_create(245, event_id => :'festival', name => 'Day', price_cents => 0) \gset
SELECT ticket_type_id AS one_day FROM admit.ticket_type_create(245, event_id => :'fair', name => 'One day', price_cents => 0, pass_days => 1) \gset
SELECT session_token AS ann FROM admit.wallet_open(245, event_id => :'festival', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(245, event_id => :'festival', venue_id => :'venue_id') \gset
SELECT session_token AS eve FROM admit.wallet_open(245, event_id => :'festival', venue_id => :'venue_id') \gset
SELECT session_token AS kim FROM admit.wallet_open(245, event_id => :'festival', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(245, :'ann', 1300) IS NOT NULL AS ann, pg_temp.fund(245, :'bob', 1000) IS NOT NULL AS bob, pg_temp.fund(245, :'kim', 2000) IS NOT NULL AS kim;
-- Buys one and gives its ticket and its code.
CREATE FUNCTION pg_temp.buy(session_token text, ticket_type_id uuid, pay_with text DEFAULT 'nothing', OUT ticket_id uuid, OUT code text, OUT order_id uuid) LANGUAGE plpgsql AS $$
BEGIN
    SELECT o.order_id, o.tickets #>> '{0,ticket_id}' INTO order_id, ticket_id FROM admit.order_create(245, order_id => admit.uuid7(), session_token => buy.session_token, pay_with => buy.pay_with,
        lines => jsonb_build_array(jsonb_build_object('ticket_type_id', buy.ticket_type_id, 'quantity', 1))) AS o;
    code := (SELECT t.code FROM admit.ticket_get(245, ticket_id => buy.ticket_id, session_token => buy.session_token) AS t);
END
$$;
-- A night passes over everybody's tickets.
CREATE FUNCTION pg_temp.night() RETURNS void LANGUAGE sql AS $$
UPDATE admit.ticket SET last_day = last_day - 1, admitted_at = admitted_at - interval '1 day' WHERE tenant_id = 245
$$;
CREATE FUNCTION pg_temp.shifted(hours integer) RETURNS text LANGUAGE sql AS $$ SELECT to_char(now() AT TIME ZONE 'UTC' + make_interval(hours => hours), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;
\set answer 'outcome, reason, action, entry_number, inside, charged_cents, balance_cents'
\set scan 'SELECT ' :answer ' FROM admit.scan(245, '
\set state 'SELECT state, days_used, entries, inside FROM admit.ticket_get(245, ticket_id => '
-- Without a pass nobody comes in, whatever the wallet holds; with one it costs nothing. Token and code are one ticket.
:scan :'bob', :'festival_door', 'entry', admit.uuid7());
SELECT ticket_id AS pass, code AS pass_code FROM pg_temp.buy(:'ann', :'three_days', 'wallet') \gset
:scan :'ann', :'festival_door', 'entry', admit.uuid7());
:scan :'ann', :'festival_door', 'entry', admit.uuid7());
:scan :'pass_code', :'festival_door', 'entry', admit.uuid7());
:scan :'pass_code', :'festival_door', 'exit', admit.uuid7());
:scan :'ann', :'festival_door', 'exit', admit.uuid7());
-- No way back in on the same day.
:scan :'ann', :'festival_door', 'entry', admit.uuid7());
:scan :'pass_code', :'festival_door', 'entry', admit.uuid7());
:state :'pass');
-- The second day, and a forgotten exit; the third day begins all the same and counts one person once.
SELECT pg_temp.night() IS NULL AS night;
:scan :'pass_code', :'festival_door', 'entry', admit.uuid7());
SELECT pg_temp.night() IS NULL AS night;
:scan :'ann', :'festival_door', 'entry', admit.uuid7());
:state :'pass');
SELECT 100 - sum(available) AS inside FROM admit.place WHERE tenant_id = 245 AND pool_id = :'festival';
-- At the bar the wallet behind the pass pays, the ticket's code does not.
SELECT outcome, reason, charged_cents, balance_cents, entry_number, inside FROM admit.scan(245, :'ann', :'festival_bar', 'concession', admit.uuid7(), amount_cents => 200);
SELECT entries, inside FROM admit.wallet_get(245, session_token => :'ann');
SELECT outcome, reason, charged_cents, balance_cents FROM admit.scan(245, :'pass_code', :'festival_bar', 'concession', admit.uuid7(), amount_cents => 50);
:scan :'ann', :'festival_door', 'exit', admit.uuid7());
-- All days are used.
SELECT pg_temp.night() IS NULL AS night;
:scan :'ann', :'festival_door', 'entry', admit.uuid7());
:scan :'pass_code', :'festival_door', 'entry', admit.uuid7());
-- A second ticket of the wallet is another entry: the used one is passed over.
SELECT ticket_id AS second FROM pg_temp.buy(:'ann', :'day') \gset
:scan :'ann', :'festival_door', 'entry', admit.uuid7());
:state :'second');
:scan :'ann', :'festival_door', 'exit', admit.uuid7());
-- Re-entry where it is allowed: on the same day as often as one likes, not on another.
SELECT ticket_id AS pass, code AS pass_code FROM pg_temp.buy(:'bob', :'one_day') \gset
:scan :'bob', :'fair_door', 'entry', admit.uuid7());
:scan :'pass_code', :'fair_door', 'exit', admit.uuid7());
:scan :'pass_code', :'fair_door', 'entry', admit.uuid7());
:scan :'bob', :'fair_door', 'exit', admit.uuid7());
:state :'pass');
SELECT pg_temp.night() IS NULL AS night;
:scan :'bob', :'fair_door', 'entry', admit.uuid7());
:scan :'pass_code', :'fair_door', 'entry', admit.uuid7());
-- A fresh pass beside one whose days are used: the wallet comes in with the fresh one.
SELECT ticket_id AS fresh FROM pg_temp.buy(:'bob', :'one_day') \gset
:scan :'bob', :'fair_door', 'entry', admit.uuid7());
:state :'fresh');
-- A pass of another event is none here.
:scan :'bob', :'festival_door', 'entry', admit.uuid7());
:scan :'pass_code', :'festival_door', 'entry', admit.uuid7());
-- Validity: before and after. Whoever is inside may leave at any time.
SELECT ticket_type_id AS evening FROM admit.ticket_type_create(245, event_id => :'festival', name => 'Evening', price_cents => 0, valid_from => pg_temp.shifted(2)) \gset
SELECT code FROM pg_temp.buy(:'eve', :'evening') \gset
:scan :'code', :'festival_door', 'entry', admit.uuid7());
:scan :'eve', :'festival_door', 'entry', admit.uuid7());
-- Beside one that is not valid yet, one that is valid now lets in.
SELECT ticket_id AS valid FROM pg_temp.buy(:'eve', :'day') \gset
:scan :'eve', :'festival_door', 'entry', admit.uuid7());
:state :'valid');
-- A fresh one is kept while that is in use, lets in when it is used up, and the day after an exit was forgotten.
SELECT ticket_id AS spare FROM pg_temp.buy(:'eve', :'day') \gset
:scan :'eve', :'festival_door', 'entry', admit.uuid7());
:scan :'eve', :'festival_door', 'exit', admit.uuid7());
:scan :'eve', :'festival_door', 'entry', admit.uuid7());
SELECT pg_temp.night() IS NULL AS night;
SELECT ticket_id AS next FROM pg_temp.buy(:'eve', :'day') \gset
:scan :'eve', :'festival_door', 'entry', admit.uuid7());
:scan :'eve', :'festival_door', 'exit', admit.uuid7());
SELECT t.inside AS spare, n.inside AS next, n.entries FROM admit.ticket_get(245, ticket_id => :'spare') AS t, admit.ticket_get(245, ticket_id => :'next') AS n;
:scan :'eve', :'festival_door', 'exit', admit.uuid7());
SELECT valid_from < now() AS begun FROM admit.ticket_type_update(245, ticket_type_id => :'evening', valid_from => pg_temp.shifted(-2));
:scan :'code', :'festival_door', 'entry', admit.uuid7());
SELECT valid_until < now() AS over FROM admit.ticket_type_update(245, ticket_type_id => :'evening', valid_until => pg_temp.shifted(-1));
:scan :'code', :'festival_door', 'exit', admit.uuid7());
:scan :'code', :'festival_door', 'entry', admit.uuid7());
-- Taken back by staff, for a reason, once: void at the door, its place free, its money still to be refunded.
SELECT ticket_id AS ticket, code, order_id FROM pg_temp.buy(:'kim', :'three_days', 'wallet') \gset
SELECT sold, available FROM admit.ticket_type_get(245, ticket_type_id => :'three_days');
SELECT admit.ticket_cancel(245, ticket_id => :'ticket', reason => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_cancel(245, ticket_id => admit.uuid7(), reason => 'r');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(245, 'ticket.cancel', :'kim', jsonb_build_object('ticket_id', :'ticket', 'reason', 'r')::text, 'kim cancels');
\echo :LAST_ERROR_SQLSTATE
SELECT state, code FROM admit.ticket_cancel(245, ticket_id => :'ticket', reason => 'resold');
SELECT admit.ticket_cancel(245, ticket_id => :'ticket', reason => 'again');
\echo :LAST_ERROR_SQLSTATE
SELECT sold, available FROM admit.ticket_type_get(245, ticket_type_id => :'three_days');
:scan :'code', :'festival_door', 'entry', admit.uuid7());
:scan :'kim', :'festival_door', 'entry', admit.uuid7());
SELECT state, amount_cents FROM admit.order_refund(245, order_id => :'order_id', reason => 'resold');
SELECT sold, available FROM admit.ticket_type_get(245, ticket_type_id => :'three_days');
SELECT i ->> 'action' AS action, i #>> '{detail,reason}' AS reason FROM admit.order_timeline(245, order_id => :'order_id') AS t, jsonb_array_elements(t.items) AS i;
-- Paid back while its holder is inside: no way in any more, but the way out.
SELECT ticket_id AS ticket, code, order_id FROM pg_temp.buy(:'kim', :'three_days', 'wallet') \gset
:scan :'code', :'festival_door', 'entry', admit.uuid7());
SELECT state, amount_cents FROM admit.order_refund(245, order_id => :'order_id', reason => 'rain');
:scan :'code', :'festival_door', 'entry', admit.uuid7());
:scan :'code', :'festival_door', 'exit', admit.uuid7());
:state :'ticket');
SELECT ticket_id AS ticket, code, order_id FROM pg_temp.buy(:'kim', :'three_days', 'wallet') \gset
:scan :'kim', :'festival_door', 'entry', admit.uuid7());
SELECT state FROM admit.order_refund(245, order_id => :'order_id', reason => 'rain');
:scan :'kim', :'festival_door', 'entry', admit.uuid7());
:scan :'kim', :'festival_door', 'exit', admit.uuid7());
:state :'ticket');
:scan :'kim', :'festival_door', 'exit', admit.uuid7());
-- Staff lets in all the same: a wallet without a pass, and a void ticket. The ticket of another event is not used up by it.
SELECT :answer FROM admit.scan_override(245, event_id => :'festival', gate_id => :'door', token => :'bob', reason => 'guest of the house', nonce => admit.uuid7());
-- Whoever came in without a pass leaves so, whatever was bought inside.
SELECT ticket_id IS NOT NULL AS bought FROM pg_temp.buy(:'bob', :'day');
:scan :'bob', :'festival_door', 'exit', admit.uuid7());
SELECT ticket_id AS ticket, code FROM pg_temp.buy(:'kim', :'day') \gset
SELECT state FROM admit.ticket_cancel(245, ticket_id => :'ticket', reason => 'mistake');
SELECT :answer FROM admit.scan_override(245, event_id => :'festival', gate_id => :'door', token => :'code', reason => 'our mistake', nonce => admit.uuid7());
:state :'ticket');
:scan :'code', :'festival_door', 'exit', admit.uuid7());
SELECT ticket_id AS ticket, code FROM pg_temp.buy(:'kim', :'one_day') \gset
SELECT outcome, reason FROM admit.scan_override(245, event_id => :'festival', gate_id => :'door', token => :'code', reason => 'lost', nonce => admit.uuid7());
:state :'ticket');
SELECT pg_temp.seal(245) AS sealed;
SELECT invariant, violations FROM admit.verify(245) WHERE violations <> 0;
SELECT 100 - sum(available) AS inside FROM admit.place WHERE tenant_id = 245 AND pool_id = :'festival';
