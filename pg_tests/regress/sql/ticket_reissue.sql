-- Reissues: new codes for a lost ticket, every older one denied; what holders ask for and staff decides.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(672, 'Reissues') \gset
SELECT venue_id FROM admit.venue_create(672, name => 'Arena', default_entry_fee_cents => 0) \gset
SELECT gate_id FROM admit.gate_create(672, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(672, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 hour', duplicate_window_ms => 0, reentry_allowed => true, exit_scans => false) \gset
SELECT event_id AS once FROM admit.event_create(672, venue_id => :'venue_id', name => 'Once', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 hour', duplicate_window_ms => 0, reentry_allowed => false, exit_scans => false) \gset
SELECT layout_id FROM admit.seat_layout_create(672, venue_id => :'venue_id', name => 'L', layout => '{"sections": [{"name": "A", "area": "a", "rows": [{"name": "1", "numbered": {"count": 9}}]}]}') \gset
SELECT event_id = :'event_id' AS seated FROM admit.seating_set(672, event_id => :'event_id', layout_id => :'layout_id');
SELECT device_id AS door FROM admit.device_register(672, name => 'Door', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT device_id AS once_door FROM admit.device_register(672, name => 'Once', gate_id => :'gate_id', event_id => :'once') \gset
SELECT ticket_type_id AS type FROM admit.ticket_type_create(672, event_id => :'event_id', name => 'Seat', price_cents => 0, seat_areas => '["a"]') \gset
SELECT ticket_type_id AS once_type FROM admit.ticket_type_create(672, event_id => :'once', name => 'Free', price_cents => 0) \gset
SELECT session_token AS ann FROM admit.wallet_open(672, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(672, event_id => :'event_id', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.buy(session_token text, ticket_type_id uuid) RETURNS uuid LANGUAGE sql AS $$
SELECT (o.tickets #>> '{0,ticket_id}')::uuid FROM admit.order_create(672, order_id => admit.uuid7(), session_token => $1, pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $2, 'quantity', 1))) AS o
$$;
SELECT pg_temp.buy(:'ann', :'type') AS ticket_id, pg_temp.buy(:'ann', :'type') AS other, pg_temp.buy(:'ann', :'type') AS third, pg_temp.buy(:'bob', :'type') AS bobs, pg_temp.buy(:'ann', :'once_type') AS used \gset
CREATE TEMP TABLE shown (turn text, form text, token text, generation integer);
CREATE FUNCTION pg_temp.shown(ticket_id uuid, session_token text, turn text) RETURNS void LANGUAGE sql AS $$
INSERT INTO shown SELECT $3, asked, t.token, t.generation FROM unnest(ARRAY['code', 'short', 'signed', 'rotating']) AS asked, admit.ticket_token(672, ticket_id => $1, session_token => $2, form => asked) AS t
$$;
\set scan_shown 'SELECT turn, form, generation, outcome, reason FROM shown AS s, admit.scan(672, s.token, :''door'', ''entry'', admit.uuid7()) ORDER BY 1, 2'
CREATE TEMP TABLE before AS SELECT * FROM admit.ticket WHERE tenant_id = 672 AND ticket_id = :'ticket_id';
SELECT pg_temp.shown(:'ticket_id', :'ann', '0');
SELECT outcome, reason FROM admit.scan(672, (SELECT token FROM shown WHERE form = 'rotating'), :'door', 'entry', admit.uuid7());
SELECT state, code, seat IS NOT NULL AS seated FROM admit.ticket_reissue(672, ticket_id => :'ticket_id', reason => 'lost', note => 'on the bus');
SELECT pg_temp.shown(:'ticket_id', :'ann', '1');
:scan_shown;
SELECT t.order_id = b.order_id AND t.unit = b.unit AND t.seat = b.seat AND t.ticket_type_id = b.ticket_type_id AND t.wallet_id = b.wallet_id AS the_same_place,
    t.code_hash <> b.code_hash AS another_code, t.generation FROM admit.ticket AS t JOIN before AS b USING (tenant_id, ticket_id);
SELECT state FROM admit.ticket_reissue(672, ticket_id => :'ticket_id', reason => 'stolen');
SELECT pg_temp.shown(:'ticket_id', :'ann', '2');
:scan_shown;
-- Leaving with an old code is denied, too; another event's gate says so.
SELECT outcome, reason FROM shown AS s, admit.scan(672, s.token, :'door', 'exit', admit.uuid7()) WHERE turn = '1' AND form = 'code';
SELECT outcome, reason FROM shown AS s, admit.scan(672, s.token, :'once_door', 'entry', admit.uuid7()) WHERE turn = '1' AND form = 'code';
SELECT body ->> 'token_form' AS form, count(*) FROM admit.journal WHERE tenant_id = 672 AND action = 'scan.denied' AND body ->> 'reason' = 'ticket_superseded' AND (body ->> 'ticket_id')::uuid = :'ticket_id' GROUP BY 1 ORDER BY 1;
SELECT action, event_id = :'event_id' AS event, wallet_id IS NOT NULL AS wallet, body - 'ticket_id' - 'order_id' AS body, body ->> 'ticket_id' = :'ticket_id' AS ticket
FROM (SELECT action, event_id, wallet_id, body::jsonb AS body, entry_id FROM admit.journal WHERE tenant_id = 672 AND action = 'ticket.reissued') AS j ORDER BY entry_id;
SELECT generation, jsonb_array_length(requests) AS requests, r ->> 'replaced_generation' AS replaced, r ->> 'reason' AS reason, r ->> 'note' AS note, r ->> 'actor_kind' AS actor FROM admit.ticket_history(672, ticket_id => :'ticket_id') AS h, jsonb_array_elements(h.reissues) AS r;
-- Only active tickets, only known reasons, only readable notes.
SELECT state FROM admit.ticket_cancel(672, ticket_id => :'third', reason => 'r');
SELECT admit.ticket_reissue(672, ticket_id => :'third', reason => 'lost');
\echo :LAST_ERROR_SQLSTATE
SELECT outcome FROM admit.scan(672, (SELECT code FROM admit.ticket_get(672, ticket_id => :'used', session_token => :'ann')), :'once_door', 'entry', admit.uuid7());
SELECT admit.ticket_reissue(672, ticket_id => :'used', reason => 'lost');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_reissue(672, ticket_id => :'other', reason => 'boredom');
SELECT admit.ticket_reissue(672, ticket_id => :'other', reason => 'other', note => ' ');
SELECT admit.ticket_reissue(672, ticket_id => :'other', reason => 'other', note => repeat('x', 501));
SELECT admit.ticket_reissue(672, ticket_id => admit.uuid7(), reason => 'lost');
\echo :LAST_ERROR_SQLSTATE
-- A token names no more generations than this.
UPDATE admit.ticket SET generation = 32767 WHERE tenant_id = 672 AND ticket_id = :'other';
SELECT admit.ticket_reissue(672, ticket_id => :'other', reason => 'lost');
\echo :LAST_ERROR_SQLSTATE
SELECT violations FROM admit.verify(672) WHERE invariant = 'generations_equal_reissues';
UPDATE admit.ticket SET generation = 0 WHERE tenant_id = 672 AND ticket_id = :'other';
-- Holders ask for new codes of their own active tickets, once at a time.
SELECT reissue_request_id AS asked, ticket_id = :'other' AS ticket, reason, note, state, generation FROM admit.ticket_reissue_request(672, session_token => :'ann', ticket_id => :'other', reason => 'damaged', note => 'wet') \gset
SELECT :'reason' AS reason, :'note' AS note, :'state' AS state, :'ticket' AS ticket;
SELECT admit.ticket_reissue_request(672, session_token => :'ann', ticket_id => :'other', reason => 'lost');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_reissue_request(672, session_token => :'ann', ticket_id => :'bobs', reason => 'lost');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.ticket_reissue_request(672, session_token => :'ann', ticket_id => :'third', reason => 'lost');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(672, 'ticket.reissue_request', :'owner_key', jsonb_build_object('ticket_id', :'other', 'reason', 'lost')::text, 'k');
\echo :LAST_ERROR_SQLSTATE
SELECT reissue_request_id AS bob_asked FROM admit.ticket_reissue_request(672, session_token => :'bob', ticket_id => :'bobs', reason => 'lost') \gset
\set listed 'SELECT string_agg(concat_ws('' '', i ->> ''reason'', i ->> ''state'', i ->> ''generation'', i ->> ''rejection''), '', '') AS items FROM admit.reissue_request_list(672, '
:listed session_token => :'ann') AS l, jsonb_array_elements(l.items) AS i;
:listed session_token => :'bob') AS l, jsonb_array_elements(l.items) AS i;
:listed event_id => :'event_id') AS l, jsonb_array_elements(l.items) AS i;
:listed event_id => :'once') AS l, jsonb_array_elements(l.items) AS i;
:listed ticket_id => :'bobs') AS l, jsonb_array_elements(l.items) AS i;
SELECT admit.reissue_request_withdraw(672, session_token => :'ann', reissue_request_id => :'bob_asked');
\echo :LAST_ERROR_SQLSTATE
-- Granted: the ticket has new codes.
SELECT state, generation, decided_at IS NOT NULL AS decided FROM admit.reissue_request_grant(672, reissue_request_id => :'asked');
SELECT generation, h.reissues #>> '{0,reissue_request_id}' = :'asked' AS by_request, h.reissues #>> '{0,note}' AS note, h.requests #>> '{0,state}' AS state FROM admit.ticket_history(672, ticket_id => :'other') AS h;
SELECT admit.reissue_request_grant(672, reissue_request_id => :'asked');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.reissue_request_reject(672, reissue_request_id => :'asked', note => 'n');
SELECT admit.reissue_request_withdraw(672, session_token => :'ann', reissue_request_id => :'asked');
-- Rejected, with a note.
SELECT admit.reissue_request_reject(672, reissue_request_id => :'bob_asked', note => '');
SELECT state, rejection, generation FROM admit.reissue_request_reject(672, reissue_request_id => :'bob_asked', note => 'come to the box office');
SELECT generation FROM admit.ticket_history(672, ticket_id => :'bobs');
-- Withdrawn, then asked for again; a reissue by staff grants it.
SELECT reissue_request_id AS asked FROM admit.ticket_reissue_request(672, session_token => :'bob', ticket_id => :'bobs', reason => 'lost') \gset
SELECT state, decided_by FROM admit.reissue_request_withdraw(672, session_token => :'bob', reissue_request_id => :'asked');
SELECT state FROM admit.reissue_request_withdraw(672, session_token => :'bob', reissue_request_id => :'asked');
SELECT reissue_request_id AS asked FROM admit.ticket_reissue_request(672, session_token => :'bob', ticket_id => :'bobs', reason => 'duplicated') \gset
SELECT state FROM admit.dispatch(672, 'ticket.reissue', :'owner_key', jsonb_build_object('ticket_id', :'bobs', 'reason', 'stolen')::text, 'once') AS a, jsonb_to_record(a::jsonb) AS t (state text);
SELECT state FROM admit.dispatch(672, 'ticket.reissue', :'owner_key', jsonb_build_object('ticket_id', :'bobs', 'reason', 'stolen')::text, 'once') AS a, jsonb_to_record(a::jsonb) AS t (state text);
SELECT generation, h.reissues #>> '{0,actor_kind}' AS actor, h.reissues #>> '{0,reissue_request_id}' = :'asked' AS by_request FROM admit.ticket_history(672, ticket_id => :'bobs') AS h;
:listed session_token => :'bob') AS l, jsonb_array_elements(l.items) AS i;
:listed state => 'granted') AS l, jsonb_array_elements(l.items) AS i;
-- A ticket that is cancelled in between is not reissued.
SELECT reissue_request_id AS asked FROM admit.ticket_reissue_request(672, session_token => :'bob', ticket_id => :'bobs', reason => 'lost') \gset
SELECT state FROM admit.ticket_cancel(672, ticket_id => :'bobs', reason => 'r');
SELECT admit.reissue_request_grant(672, reissue_request_id => :'asked');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.reissue_request_reject(672, reissue_request_id => :'asked', note => 'cancelled');
SELECT action, count(*) FROM admit.journal WHERE tenant_id = 672 AND action LIKE '%reissue%' GROUP BY 1 ORDER BY 1;
SELECT invariant, violations FROM admit.verify(672) WHERE violations > 0;
