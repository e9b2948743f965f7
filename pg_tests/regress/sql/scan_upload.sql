-- Scans made without a network: verdicts, the first one wins, nothing is booked twice and nothing is dropped.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(405, 'Uploads');
SELECT webhook_secrets FROM admit.provider_configure(405, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(405, name => 'Arena') \gset
SELECT gate_id AS north FROM admit.gate_create(405, venue_id => :'venue_id', name => 'North', gate_type => 'door') \gset
SELECT gate_id AS south FROM admit.gate_create(405, venue_id => :'venue_id', name => 'South', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(405, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id FROM admit.event_create(405, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '10 hours', ends_at => now() + interval '10 hours', exit_scans => false) \gset
SELECT event_id AS paid FROM admit.event_create(405, venue_id => :'venue_id', name => 'Paid', starts_at => now() - interval '10 hours', ends_at => now() + interval '10 hours', exit_scans => false, entry_fee_cents => 1000) \gset
SELECT device_id AS a FROM admit.device_register(405, name => 'A', gate_id => :'north', event_id => :'event_id') \gset
SELECT device_id AS b FROM admit.device_register(405, name => 'B', gate_id => :'south', event_id => :'event_id') \gset
SELECT device_id AS till FROM admit.device_register(405, name => 'Till', gate_id => :'bar', event_id => :'paid') \gset
SELECT device_id AS paid_door FROM admit.device_register(405, name => 'Paid', gate_id => :'north', event_id => :'paid') \gset
SELECT ticket_type_id AS type FROM admit.ticket_type_create(405, event_id => :'event_id', name => 'Free', price_cents => 0, order_max => 100) \gset
SELECT session_token AS ann, wallet_id FROM admit.wallet_open(405, event_id => :'paid', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(405, :'ann', 2500) IS NOT NULL AS funded;
CREATE TEMPORARY TABLE ticket AS
SELECT row_number() OVER () AS number, (ticket ->> 'ticket_id')::uuid AS ticket_id, NULL::text AS token, NULL::text AS code
FROM admit.order_create(405, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'type', 'quantity', 30))) AS o, jsonb_array_elements(o.tickets) AS ticket;
UPDATE ticket SET token = (admit.ticket_token(405, ticket_id => ticket_id, session_token => :'ann')).token,
    code = (admit.ticket_get(405, ticket_id => ticket_id, session_token => :'ann')).code;
CREATE FUNCTION pg_temp.scan(number bigint, nonce bigint, ago interval, extra jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('nonce', lpad(nonce::text, 32, '0')::uuid, 'token', (SELECT token FROM ticket AS t WHERE t.number = $1), 'kind', 'entry', 'outcome', 'admitted', 'scanned_at', now() - ago) || extra
$$;
CREATE FUNCTION pg_temp.upload(device uuid, scans jsonb, clock interval DEFAULT '0') RETURNS TABLE (nonce integer, verdict text, repeated boolean, reason text, rule text, prior_gate text, entry_number integer, booked boolean, error text) LANGUAGE sql AS $$
SELECT ltrim(replace(v.nonce::text, '-', ''), '0')::integer, v.verdict, v.repeated, v.reason, v.rule,
    (SELECT g.name FROM admit.gate AS g WHERE g.tenant_id = 405 AND g.gate_id = (v.prior ->> 'gate_id')::uuid), v.entry_number, v.scan_id IS NOT NULL, v.error
FROM admit.scan_upload(405, device_id => device, sent_at => now() + clock, scans => $2) AS u,
    jsonb_to_recordset(u.verdicts) AS v (nonce uuid, verdict text, repeated boolean, reason text, rule text, prior jsonb, entry_number integer, scan_id uuid, error text)
$$;
CREATE VIEW pg_temp.conflicts AS
SELECT c.verdict, c.reason, t.number AS ticket, d.name AS device, other.name AS other_device
FROM admit.scan_conflict AS c LEFT JOIN ticket AS t USING (ticket_id) LEFT JOIN admit.device AS d ON d.tenant_id = 405 AND d.device_id = c.device_id
LEFT JOIN admit.scan AS s ON false LEFT JOIN admit.journal AS j ON j.tenant_id = 405 AND j.entry_id = c.other_scan_id
LEFT JOIN admit.device AS other ON other.tenant_id = 405 AND other.device_id = coalesce((j.body ->> 'device_id')::uuid, j.actor_id)
WHERE c.tenant_id = 405;
-- In any order and in every form; the same upload again books nothing.
SELECT jsonb_agg(pg_temp.scan(n, n, (10 - n) * interval '1 minute', CASE n WHEN 2 THEN jsonb_build_object('token', (SELECT code FROM ticket WHERE number = 2)) ELSE '{}' END) ORDER BY n DESC) AS batch FROM generate_series(1, 4) AS n \gset
SELECT * FROM pg_temp.upload(:'a', :'batch');
SELECT * FROM pg_temp.upload(:'a', :'batch');
SELECT count(*) AS entries, count(DISTINCT body ->> 'ticket_id') AS tickets FROM admit.journal WHERE tenant_id = 405 AND action = 'scan.admitted';
SELECT j.body ->> 'scanned_at' IS NOT NULL AS has_its_time, j.body ->> 'offline' AS offline FROM admit.journal AS j WHERE tenant_id = 405 AND action = 'scan.admitted' AND j.body -> 'offline' ->> 'device_scanned_at' IS NULL;
-- The scan and its answer were booked with a network, and only the answer was lost.
SELECT token AS online FROM ticket WHERE number = 5 \gset
SELECT outcome FROM admit.scan(405, :'online', :'a', 'entry', lpad('5', 32, '0')::uuid);
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(5, 5, '1 minute')));
-- Another scan with a known nonce is none of them; one that comes twice is one.
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(6, 5, '1 minute'), pg_temp.scan(6, 6, '1 minute'), pg_temp.scan(6, 6, '1 minute'), pg_temp.scan(7, 6, '1 minute')));
-- Another device's nonces are its own.
SELECT * FROM pg_temp.upload(:'b', jsonb_build_array(pg_temp.scan(7, 1, '1 minute')));
-- One ticket at two doors: the earlier scan wins, whichever comes first, and both are kept.
SELECT * FROM pg_temp.upload(:'b', jsonb_build_array(pg_temp.scan(8, 8, '5 minutes')));
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(8, 8, '4 minutes')));
SELECT * FROM pg_temp.upload(:'b', jsonb_build_array(pg_temp.scan(9, 9, '4 minutes')));
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(9, 9, '5 minutes')));
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(9, 109, '3 minutes')));
SELECT * FROM pg_temp.conflicts ORDER BY ticket, device;
SELECT t.number, s.entries, s.annulled, s.state, g.name AS first_gate FROM ticket AS t JOIN admit.ticket AS s USING (ticket_id) JOIN admit.gate AS g ON g.tenant_id = 405 AND g.gate_id = s.gate_id WHERE t.number IN (8, 9) ORDER BY 1;
-- And when both come in one upload, of a device that let it pass twice.
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(10, 11, '3 minutes'), pg_temp.scan(10, 10, '4 minutes')));
-- A clock that is wrong by five minutes is corrected; by an hour it wins no race, but a steady clock does.
SELECT * FROM pg_temp.upload(:'b', jsonb_build_array(pg_temp.scan(11, 12, '10 minutes')));
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(11, 12, '17 minutes')), '-5 minutes');
SELECT date_trunc('minute', now() - (body ->> 'scanned_at')::timestamptz + interval '30 seconds') AS ago, body -> 'offline' ->> 'clock_suspect' AS suspect FROM admit.journal WHERE tenant_id = 405 AND action = 'scan.admitted' ORDER BY entry_id DESC LIMIT 1;
SELECT * FROM pg_temp.upload(:'b', jsonb_build_array(pg_temp.scan(12, 13, '10 minutes')));
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(12, 13, '80 minutes')), '-1 hour');
SELECT * FROM pg_temp.upload(:'b', jsonb_build_array(pg_temp.scan(13, 14, '10 minutes')));
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(13, 14, '80 minutes', '{"elapsed_ms": 1200000}')), '-1 hour');
-- Times from the future are now; those of another month come too late.
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(14, 15, '-3 hours'), pg_temp.scan(15, 16, '40 days')));
-- What was denied stays denied; what the rules deny is for staff; what names nothing is an error.
SELECT state FROM ticket AS t, admit.ticket_cancel(405, ticket_id => t.ticket_id, reason => 'stolen') WHERE t.number = 16;
SELECT r IS NOT NULL AS reissued FROM ticket AS t, admit.ticket_reissue(405, ticket_id => t.ticket_id, reason => 'lost') AS r WHERE t.number = 17;
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(
    pg_temp.scan(15, 17, '1 minute', '{"outcome": "denied", "reason": "ticket_used"}'), pg_temp.scan(16, 18, '1 minute'), pg_temp.scan(17, 19, '1 minute'),
    pg_temp.scan(18, 20, '11 hours'), pg_temp.scan(18, 21, '1 minute', '{"token": "rubbish"}'), pg_temp.scan(18, 22, '1 minute', '{"token": "00000000000000000000000000"}'),
    pg_temp.scan(18, 23, '1 minute', '{"kind": "concession"}'), pg_temp.scan(18, 24, '1 minute', jsonb_build_object('event_id', admit.uuid7())),
    pg_temp.scan(18, 25, '1 minute', jsonb_build_object('event_id', :'paid')), pg_temp.scan(18, 26, '1 minute', jsonb_build_object('gate_id', :'south')),
    pg_temp.scan(17, 27, '1 minute', jsonb_build_object('token', (SELECT code FROM ticket WHERE number = 17)))));
-- Fees and sales are charged as far as the balance goes; the rest is for staff.
SELECT v.verdict, v.reason, v.charged_cents FROM admit.scan_upload(405, device_id => :'paid_door', sent_at => now(), scans => jsonb_build_array(pg_temp.scan(1, 1, '9 minutes', jsonb_build_object('token', :'ann')))) AS u, jsonb_to_recordset(u.verdicts) AS v (verdict text, reason text, charged_cents bigint);
SELECT v.verdict, v.reason, v.charged_cents FROM admit.scan_upload(405, device_id => :'till', sent_at => now(), scans => jsonb_build_array(
    pg_temp.scan(1, 1, '8 minutes', jsonb_build_object('token', :'ann', 'kind', 'concession', 'amount_cents', 900)),
    pg_temp.scan(1, 2, '7 minutes', jsonb_build_object('token', :'ann', 'kind', 'concession', 'items', '[{"name": "Beer", "quantity": 1, "unit_price_cents": 800}]'::jsonb)))) AS u, jsonb_to_recordset(u.verdicts) AS v (verdict text, reason text, charged_cents bigint);
SELECT balance_cents FROM admit.wallet WHERE tenant_id = 405;
-- A full house: whoever is in is in, and the use counts.
SELECT event_id AS small FROM admit.event_create(405, venue_id => :'venue_id', name => 'Small', starts_at => now() - interval '10 hours', ends_at => now() + interval '10 hours', capacity => 1) \gset
SELECT device_id AS small_door FROM admit.device_register(405, name => 'Small', gate_id => :'north', event_id => :'small') \gset
SELECT session_token AS bob FROM admit.wallet_open(405, event_id => :'small', venue_id => :'venue_id') \gset
SELECT session_token AS cat FROM admit.wallet_open(405, event_id => :'small', venue_id => :'venue_id') \gset
SELECT * FROM pg_temp.upload(:'small_door', jsonb_build_array(pg_temp.scan(1, 28, '2 minutes', jsonb_build_object('token', :'bob')), pg_temp.scan(1, 29, '1 minute', jsonb_build_object('token', :'cat'))));
SELECT p.entries, p.inside FROM admit.presence AS p WHERE p.tenant_id = 405 AND p.event_id = :'small' ORDER BY p.inside DESC;
SELECT outcome, reason FROM admit.scan(405, :'cat', :'small_door', 'entry', admit.uuid7());
SELECT * FROM pg_temp.upload(:'small_door', jsonb_build_array(pg_temp.scan(1, 30, '1 second', jsonb_build_object('token', :'bob', 'kind', 'exit'))));
SELECT sum(available) AS places_left FROM admit.place WHERE tenant_id = 405 AND pool_id = :'small';
-- Whoever was let in without a place holds none when that is taken back.
SELECT items #>> '{0,scan_id}' AS crowded FROM admit.scan_conflict_list(405, event_id => :'small') \gset
SELECT inside FROM admit.scan_annul(405, scan_id => :'crowded', reason => 'went home');
SELECT sum(available) AS places_left FROM admit.place WHERE tenant_id = 405 AND pool_id = :'small';
-- One use is paid for once, whichever scan of it counts in the end.
SELECT session_token AS dan, wallet_id AS dan_wallet FROM admit.wallet_open(405, event_id => :'paid', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(405, :'dan', 1000) IS NOT NULL AS funded;
SELECT device_id AS paid_back FROM admit.device_register(405, name => 'Paid back', gate_id => :'south', event_id => :'paid') \gset
SELECT outcome, charged_cents, balance_cents FROM admit.scan(405, :'dan', :'paid_door', 'entry', admit.uuid7());
SELECT * FROM pg_temp.upload(:'paid_back', jsonb_build_array(pg_temp.scan(1, 40, '5 minutes', jsonb_build_object('token', :'dan'))));
SELECT balance_cents FROM admit.wallet WHERE tenant_id = 405 AND wallet_id = :'dan_wallet';
SELECT c.verdict, d.name AS device FROM admit.scan_conflict AS c JOIN admit.device AS d USING (tenant_id, device_id) WHERE c.tenant_id = 405 AND c.wallet_id = :'dan_wallet';
-- A session that ended since was good when its token was read.
SELECT session_token AS eve FROM admit.wallet_open(405, event_id => :'paid', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(405, :'eve', 1000) IS NOT NULL AS funded;
SELECT admit.wallet_logout(405, session_token => :'eve') IS NOT NULL AS ended;
SELECT * FROM pg_temp.upload(:'paid_back', jsonb_build_array(pg_temp.scan(1, 41, '1 minute', jsonb_build_object('token', :'eve')), pg_temp.scan(1, 42, '0', jsonb_build_object('token', :'eve', 'elapsed_ms', 0))));
-- Times without sense, gates and events that do not exist, denied or not: all of it is kept, and stops nothing.
SELECT device_id AS roaming FROM admit.device_register(405, name => 'Roaming', gate_id => :'north', event_ids => jsonb_build_array(:'event_id', :'paid')) \gset
SELECT * FROM pg_temp.upload(:'roaming', jsonb_build_array(
    pg_temp.scan(23, 50, '1 minute', '{"outcome": "denied"}'), pg_temp.scan(23, 51, '1 minute', jsonb_build_object('event_id', :'event_id', 'gate_id', admit.uuid7(), 'outcome', 'denied')),
    pg_temp.scan(23, 52, '1 minute', jsonb_build_object('event_id', :'event_id', 'elapsed_ms', 9223372036854775807)),
    pg_temp.scan(23, 53, '1 minute', jsonb_build_object('event_id', :'event_id', 'scanned_at', '0001-01-01T00:00:00Z')),
    pg_temp.scan(23, 54, '1 minute', jsonb_build_object('event_id', :'event_id', 'scanned_at', '9999-01-01T00:00:00Z'))));
SELECT count(*) > 0 AS ticked FROM admit.tick(405);
-- A device that must ask may not decide, and one that was taken back neither.
SELECT profile FROM admit.device_update(405, device_id => :'a', profile => 'online_only');
SELECT * FROM pg_temp.upload(:'a', jsonb_build_array(pg_temp.scan(21, 30, '1 minute')));
SELECT revoked_at IS NOT NULL AS revoked FROM admit.device_revoke(405, device_id => :'b');
SELECT * FROM pg_temp.upload(:'b', jsonb_build_array(pg_temp.scan(22, 31, '1 minute')));
-- A person's key for one event books that event's scans; the others stay for the device to send, and are not touched.
SELECT device_id AS wide FROM admit.device_register(405, name => 'Wide', gate_id => :'north', event_id => :'event_id') \gset
SELECT api_key AS narrow FROM admit.api_key_create(405, name => 'Narrow', role => 'manager', event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT v.verdict, v.repeated, v.scan_id IS NOT NULL AS booked, v.error FROM jsonb_to_recordset(admit.dispatch(405, 'scan.upload', :'narrow', jsonb_build_object('device_id', :'wide', 'sent_at', now(), 'scans', jsonb_build_array(
    pg_temp.scan(24, 60, '1 minute'), pg_temp.scan(24, 61, '1 minute', jsonb_build_object('event_id', :'paid', 'token', :'ann')),
    pg_temp.scan(24, 62, '1 minute', jsonb_build_object('event_id', admit.uuid7(), 'token', :'ann'))))::text)::jsonb -> 'verdicts') AS v (verdict text, repeated boolean, scan_id uuid, error text);
SELECT * FROM pg_temp.upload(:'wide', jsonb_build_array(pg_temp.scan(24, 60, '1 minute'), pg_temp.scan(24, 61, '1 minute', jsonb_build_object('event_id', :'paid', 'token', :'ann'))));
-- Nonsense is refused as a whole.
SELECT * FROM pg_temp.upload(:'a', '[]');
SELECT * FROM pg_temp.upload(:'a', '{}');
SELECT * FROM pg_temp.upload(:'a', '[{"nonce": "x"}]');
SELECT * FROM pg_temp.upload(admit.uuid7(), jsonb_build_array(pg_temp.scan(22, 31, '1 minute')));
SELECT * FROM pg_temp.upload(:'a', (SELECT jsonb_agg(pg_temp.scan(22, n, '1 minute')) FROM generate_series(1, 5001) AS n));
-- Staff looks at what is open, and says what it was.
SELECT verdict, reason, count(*) FROM admit.scan_conflict WHERE tenant_id = 405 GROUP BY 1, 2 ORDER BY 1, 2;
SELECT jsonb_array_length(items) AS listed, next_cursor IS NOT NULL AS more FROM admit.scan_conflict_list(405, event_id => :'event_id', resolved => false, "limit" => 5);
SELECT items #>> '{0,scan_id}' AS open FROM admit.scan_conflict_list(405, event_id => :'event_id') \gset
SELECT note, resolved_at IS NOT NULL AS resolved FROM admit.scan_conflict_resolve(405, scan_id => :'open', note => 'two friends, one ticket: one of them paid');
SELECT note FROM admit.scan_conflict_resolve(405, scan_id => :'open', note => 'again');
SELECT note FROM admit.scan_conflict_resolve(405, scan_id => admit.uuid7(), note => 'unknown');
SELECT count(*) AS resolved FROM admit.scan_conflict_list(405, resolved => true) AS l, jsonb_array_elements(l.items);
-- Whoever sees a conflict may resolve it, and nobody else: it belongs to the venue of its event, or else of its gate.
SELECT venue_id AS annex FROM admit.venue_create(405, name => 'Annex') \gset
SELECT event_id AS annex_night FROM admit.event_create(405, venue_id => :'annex', name => 'Annex night', starts_at => now() - interval '10 hours', ends_at => now() + interval '10 hours') \gset
SELECT api_key AS arena_key FROM admit.api_key_create(405, name => 'Arena', role => 'manager', venue_id => :'venue_id') \gset
SELECT api_key AS annex_key FROM admit.api_key_create(405, name => 'Annex', role => 'manager', venue_id => :'annex') \gset
SELECT v.scan_id AS at_annex FROM admit.scan_upload(405, device_id => :'wide', sent_at => now(), scans => jsonb_build_array(pg_temp.scan(25, 70, '1 minute', jsonb_build_object('event_id', :'annex_night')))) AS u, jsonb_to_recordset(u.verdicts) AS v (scan_id uuid) \gset
SELECT v.scan_id AS nowhere FROM admit.scan_upload(405, device_id => :'wide', sent_at => now(), scans => jsonb_build_array(pg_temp.scan(25, 71, '1 minute', jsonb_build_object('event_id', admit.uuid7())))) AS u, jsonb_to_recordset(u.verdicts) AS v (scan_id uuid) \gset
SELECT who, (admit.dispatch(405, 'scan_conflict.list', key, '{"limit": 200}')::jsonb -> 'items') @> jsonb_build_array(jsonb_build_object('scan_id', :'at_annex')) AS at_annex,
    (admit.dispatch(405, 'scan_conflict.list', key, '{"limit": 200}')::jsonb -> 'items') @> jsonb_build_array(jsonb_build_object('scan_id', :'nowhere')) AS nowhere
FROM (VALUES ('arena', :'arena_key'), ('annex', :'annex_key')) AS credential (who, key);
SELECT admit.dispatch(405, 'scan_conflict.resolve', :'arena_key', jsonb_build_object('scan_id', :'at_annex', 'note', 'ours?')::text, admit.uuid7()::text);
SELECT admit.dispatch(405, 'scan_conflict.resolve', :'annex_key', jsonb_build_object('scan_id', :'nowhere', 'note', 'ours?')::text, admit.uuid7()::text);
SELECT admit.dispatch(405, 'scan_conflict.resolve', :'annex_key', jsonb_build_object('scan_id', :'at_annex', 'note', 'ours')::text, admit.uuid7()::text)::jsonb ->> 'note' AS note;
SELECT admit.dispatch(405, 'scan_conflict.resolve', :'arena_key', jsonb_build_object('scan_id', :'nowhere', 'note', 'ours')::text, admit.uuid7()::text)::jsonb ->> 'note' AS note;
-- Each scan that was sent is in the journal, once.
SELECT action, count(*), count(DISTINCT s.nonce::text || s.device_id) AS nonces FROM admit.journal AS j JOIN admit.scan AS s USING (tenant_id, lineage, xid, ord) WHERE j.tenant_id = 405 GROUP BY 1 ORDER BY 1;
SELECT * FROM admit.verify(405) WHERE violations <> 0;
