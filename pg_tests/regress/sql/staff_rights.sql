-- What a badge, a device and a pairing code are worth: sessions end with what they rest on, a badge alone enrols nothing,
-- right codes forgive wrong ones within bounds, and a lost answer to a pairing is asked for again.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set totp :folder '/include/totp.psql'
\i :totp
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(367, 'Rights') \gset
SELECT venue_id AS hall FROM admit.venue_create(367, name => 'Hall') \gset
SELECT venue_id AS annex FROM admit.venue_create(367, name => 'Annex') \gset
SELECT gate_id AS door FROM admit.gate_create(367, venue_id => :'hall', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS side_door FROM admit.gate_create(367, venue_id => :'hall', name => 'Side door', gate_type => 'door') \gset
SELECT gate_id AS annex_door FROM admit.gate_create(367, venue_id => :'annex', name => 'Annex door', gate_type => 'door') \gset
SELECT event_id AS friday FROM admit.event_create(367, venue_id => :'hall', name => 'Friday', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT event_id AS saturday FROM admit.event_create(367, venue_id => :'hall', name => 'Saturday', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
CREATE FUNCTION pg_temp.try(command text, credential text, request jsonb DEFAULT '{}', client text DEFAULT 'one') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := admit.dispatch(367, command, credential, request::text, admit.uuid7()::text,
        jsonb_build_object('request_id', 'r', 'client', client)::text);
    RETURN 'ok ' || coalesce(answer ->> 'outcome' || coalesce(' ' || (answer ->> 'reason'), ''), answer ->> 'name', '');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION pg_temp.call(command text, credential text, request jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(367, command, credential, request::text, admit.uuid7()::text, '{"request_id": "r", "client": "one"}')::jsonb
$$;
CREATE FUNCTION pg_temp.login(device_token text, code text, more jsonb DEFAULT '{}') RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.call('staff.login', device_token, jsonb_build_object('staff_code', code) || more) ->> 'session_token'
$$;
SELECT staff_id AS jo, staff_code AS jo_code FROM admit.staff_create(367, name => 'Jo', role => 'staff') \gset
SELECT staff_id AS sam, staff_code AS sam_code FROM admit.staff_create(367, name => 'Sam', role => 'manager') \gset
SELECT staff_id AS lee, staff_code AS lee_code FROM admit.staff_create(367, name => 'Lee', role => 'admin') \gset
SELECT device_id, device_token FROM admit.device_register(367, name => 'Scanner', gate_id => :'door', event_id => :'friday') \gset
SELECT device_id AS other_id, device_token AS other_token FROM admit.device_register(367, name => 'Other', gate_id => :'door') \gset

-- A session ends with its device's token. A renewal in time keeps it, one that comes too late does not bring it back.
SELECT pg_temp.login(:'device_token', :'jo_code') AS session \gset
SELECT pg_temp.call('device.renew', :'device_token') ->> 'device_token' AS device_token \gset
SELECT pg_temp.try('event.get', :'session', jsonb_build_object('event_id', :'friday')) AS renewed;
UPDATE admit.device SET token_expires_at = now() WHERE tenant_id = 367 AND device_id = :'device_id';
SELECT pg_temp.try('event.get', :'session', jsonb_build_object('event_id', :'friday')) AS token_over;
SELECT jsonb_array_length(items) AS live FROM admit.staff_sessions(367, device_id => :'device_id', live => true);
SELECT admit.staff_login(367, device_id => :'device_id', staff_code => :'jo_code');
\echo :LAST_ERROR_SQLSTATE
SELECT device_token FROM admit.device_renew(367, device_id => :'device_id') \gset
SELECT pg_temp.try('event.get', :'session', jsonb_build_object('event_id', :'friday')) AS renewed_too_late;
SELECT ended_at IS NOT NULL AS ended FROM admit.staff_session WHERE tenant_id = 367 AND device_id = :'device_id';

-- A role that comes to need a second factor: sessions without one are over at once, those with one go on.
SELECT pg_temp.login(:'device_token', :'jo_code') AS jo_session, pg_temp.login(:'other_token', :'sam_code') AS sam_session \gset
SELECT totp_roles FROM admit.staff_configure(367, totp_roles => '["staff", "admin"]');
SELECT pg_temp.try('event.list', :'jo_session') AS staff, pg_temp.try('event.list', :'sam_session') AS manager;
SELECT staff_id = :'jo' AS jo, ended_at IS NOT NULL AS ended FROM admit.staff_session WHERE tenant_id = 367 AND created_at > now() - interval '1 hour' ORDER BY session_id;
-- Also one that was opened beside that change and not ended by it.
UPDATE admit.staff_session SET ended_at = NULL WHERE tenant_id = 367 AND session_id = (SELECT session_id FROM admit.staff_session WHERE tenant_id = 367 AND staff_id = :'jo' ORDER BY session_id DESC LIMIT 1);
SELECT pg_temp.try('event.list', :'jo_session') AS beside;
SELECT totp_secret FROM admit.staff_totp_begin(367, staff_id => :'jo') \gset
SELECT jsonb_array_length(recovery_codes) AS codes FROM admit.staff_totp_confirm(367, staff_id => :'jo', totp_code => pg_temp.totp(:'totp_secret'));
SELECT pg_temp.login(:'device_token', :'jo_code', jsonb_build_object('totp_code', pg_temp.totp(:'totp_secret', 1))) AS jo_session \gset
SELECT totp_roles FROM admit.staff_configure(367, totp_roles => '["staff"]');
SELECT pg_temp.try('event.list', :'jo_session') AS with_a_second_factor;
SELECT totp_roles FROM admit.staff_configure(367, totp_roles => '["admin"]');

-- Whoever finds a badge enrols no second factor with it: the first one needs a code that somebody else has asked for.
SELECT pg_temp.try('staff.totp_begin', :'sam_session') AS by_the_badge_alone,
    pg_temp.try('staff.totp_invite', :'sam_session', jsonb_build_object('staff_id', :'sam')) AS invites_itself,
    pg_temp.try('staff.totp_begin', :'sam_session', '{"enrolment_code": "0000-0000-0000-0000"}') AS guesses;
SELECT enrolment_code, enrolment_code ~ '^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$' AS typed_by_hand,
    expires_at BETWEEN now() + interval '14 minutes' AND now() + interval '16 minutes' AS a_quarter FROM admit.staff_totp_invite(367, staff_id => :'sam') \gset
\echo :typed_by_hand :a_quarter
SELECT to_jsonb(s)::text LIKE '%' || replace(:'enrolment_code', '-', '') || '%' OR to_jsonb(s)::text LIKE '%' || :'enrolment_code' || '%' AS code_stored FROM admit.staff AS s WHERE tenant_id = 367 AND staff_id = :'sam';
SELECT pg_temp.try('staff.totp_begin', :'sam_session', '{"enrolment_code": "0000-0000-0000-0000"}') AS another_code,
    pg_temp.try('staff.totp_begin', :'jo_session', jsonb_build_object('enrolment_code', :'enrolment_code')) AS another_person;
UPDATE admit.staff SET enrolment_expires_at = now() WHERE tenant_id = 367 AND staff_id = :'sam';
SELECT pg_temp.try('staff.totp_begin', :'sam_session', jsonb_build_object('enrolment_code', :'enrolment_code')) AS too_late;
SELECT enrolment_code AS new_code FROM admit.staff_totp_invite(367, staff_id => :'sam', code_minutes => 60) \gset
SELECT pg_temp.try('staff.totp_begin', :'sam_session', jsonb_build_object('enrolment_code', :'enrolment_code')) AS replaced;
SELECT pg_temp.call('staff.totp_begin', :'sam_session', jsonb_build_object('enrolment_code', lower(:'new_code'))) ->> 'totp_secret' AS sam_secret \gset
-- Confirming needs it, too: six digits could be guessed. A session elsewhere ends then, the caller's own goes on.
SELECT device_id AS third_id, device_token AS third_token FROM admit.device_register(367, name => 'Third', gate_id => :'door') \gset
SELECT pg_temp.login(:'third_token', :'sam_code') AS elsewhere \gset
SELECT pg_temp.try('staff.totp_confirm', :'elsewhere', jsonb_build_object('totp_code', pg_temp.totp(:'sam_secret'))) AS without_the_code;
SELECT pg_temp.try('staff.totp_confirm', :'sam_session', jsonb_build_object('totp_code', pg_temp.totp(:'sam_secret'), 'enrolment_code', :'new_code')) AS confirmed;
SELECT pg_temp.try('event.list', :'sam_session') AS own, pg_temp.try('event.list', :'elsewhere') AS elsewhere, pg_temp.try('staff.login', :'third_token', jsonb_build_object('staff_code', :'sam_code')) AS badge_alone;
SELECT action, actor_kind, body ->> 'staff_id' = :'sam' AS sam FROM admit.journal WHERE tenant_id = 367 AND action LIKE 'staff.totp_%' AND body ->> 'staff_id' = :'sam' ORDER BY entry_id;
SELECT admit.staff_totp_invite(367, staff_id => :'sam');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.staff_totp_invite(367, staff_id => :'lee', code_minutes => 61);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.try('staff.totp_invite', :'jo_session', jsonb_build_object('staff_id', :'lee')) AS by_staff, pg_temp.try('staff.totp_invite', :'sam_session', jsonb_build_object('staff_id', :'lee')) AS by_a_manager;
-- Once used, and once the second factor is removed again, a code is worth nothing.
SELECT pg_temp.try('staff.totp_reset', :'owner_key', jsonb_build_object('staff_id', :'sam')) AS reset;
SELECT pg_temp.login(:'other_token', :'sam_code') AS sam_session \gset
SELECT pg_temp.try('staff.totp_begin', :'sam_session', jsonb_build_object('enrolment_code', :'new_code')) AS used;
-- Somebody else may enrol a person as well, as for roles that cannot log in without; the person's sessions end.
SELECT totp_secret AS sam_secret FROM admit.staff_totp_begin(367, staff_id => :'sam') \gset
SELECT pg_temp.try('staff.totp_confirm', :'owner_key', jsonb_build_object('staff_id', :'sam', 'totp_code', pg_temp.totp(:'sam_secret'))) AS by_the_owner;
SELECT pg_temp.try('event.list', :'sam_session') AS session_before;

-- A device that goes elsewhere takes no session along; one that only changes doors, names or zones does.
SELECT pg_temp.login(:'third_token', :'jo_code', jsonb_build_object('recovery_code', 'none')) IS NULL AS wrong_recovery_code;
SELECT staff_code AS kim_code, staff_id AS kim FROM admit.staff_create(367, name => 'Kim', role => 'staff') \gset
CREATE FUNCTION pg_temp.after(how text, code text, gate uuid, event uuid, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    device admit.device_token := admit.device_register(367, name => 'After', gate_id => gate, event_id => event);
    session text := pg_temp.login(device.device_token, code);
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP EXECUTE replace(statement, '$device', device.device_id::text); END LOOP;
    RETURN how || ': ' || pg_temp.try('event.list', session);
END
$$;
SELECT pg_temp.after('another door', :'kim_code', :'door', :'friday', format('SELECT admit.device_assign(367, device_id => ''$device'', gate_id => %L, event_id => %L)', :'side_door', :'friday'));
SELECT pg_temp.after('another event', :'kim_code', :'door', :'friday', format('SELECT admit.device_assign(367, device_id => ''$device'', gate_id => %L, event_id => %L)', :'door', :'saturday'));
SELECT pg_temp.after('any event', :'kim_code', :'door', :'friday', format('SELECT admit.device_assign(367, device_id => ''$device'', gate_id => %L)', :'door'));
SELECT pg_temp.after('another venue', :'kim_code', :'door', NULL, format('SELECT admit.device_assign(367, device_id => ''$device'', gate_id => %L)', :'annex_door'));
SELECT pg_temp.after('another name', :'kim_code', :'door', :'friday', 'SELECT admit.device_update(367, device_id => ''$device'', name => ''B'', zones => ''["GA"]'', profile => ''online_only'')');

-- Wrong badges: a log-in forgets those before it, so that ten in a row lock, not ten an evening ...
CREATE FUNCTION pg_temp.guess(device_token text, times integer) RETURNS text LANGUAGE sql AS $$
SELECT string_agg(DISTINCT pg_temp.try('staff.login', device_token, '{"staff_code": "AC1"}'), ', ') FROM generate_series(1, times)
$$;
SELECT device_id AS fourth_id, device_token AS fourth_token FROM admit.device_register(367, name => 'Fourth', gate_id => :'door') \gset
SELECT pg_temp.guess(:'fourth_token', 9) AS nine, pg_temp.try('staff.login', :'fourth_token', jsonb_build_object('staff_code', :'kim_code')) AS right_one;
SELECT pg_temp.guess(:'fourth_token', 9) AS nine_more, pg_temp.try('staff.login', :'fourth_token', jsonb_build_object('staff_code', :'kim_code')) AS right_again;
-- ... but a badge whose second factor is not shown forgives nothing ...
SELECT pg_temp.guess(:'fourth_token', 9) AS nine_again, pg_temp.try('staff.login', :'fourth_token', jsonb_build_object('staff_code', :'jo_code')) AS half_right;
SELECT pg_temp.guess(:'fourth_token', 1) AS tenth, pg_temp.try('staff.login', :'fourth_token', jsonb_build_object('staff_code', :'kim_code')) AS locked;
UPDATE admit.code_guess SET window_ends_at = now() - interval '1 second' WHERE tenant_id = 367;
-- ... and whoever owns one badge gets fifty guesses a quarter of an hour with it, not more.
SELECT attempt, pg_temp.guess(:'fourth_token', 9) AS nine, pg_temp.try('staff.login', :'fourth_token', jsonb_build_object('staff_code', :'kim_code')) AS right_one FROM generate_series(1, 6) AS attempt;
SELECT failures, failures_in_window FROM admit.code_guess WHERE tenant_id = 367 AND purpose = 'staff_login' AND failures_in_window > 40;
SELECT count(*) AS told FROM admit.journal WHERE tenant_id = 367 AND action = 'staff.login_locked';
UPDATE admit.code_guess SET window_ends_at = now() - interval '1 second' WHERE tenant_id = 367;
SELECT pg_temp.try('staff.login', :'fourth_token', jsonb_build_object('staff_code', :'kim_code')) AS later;
-- Wrong codes of a second factor are counted by person all the same, whatever the device forgives.
SELECT failures AS of_jo FROM admit.staff WHERE tenant_id = 367 AND staff_id = :'jo';

-- The answer to a pairing is lost: the same code with the same nonce gives a new token, and the first one ends.
SELECT pairing_code, device_id AS paired_id FROM admit.device_invite(367, name => 'Paired', gate_id => :'door') \gset
\set nonce 6f1e5b52-1111-4222-8333-0123456789ab
SELECT pg_temp.call('device.pair', NULL, jsonb_build_object('pairing_code', :'pairing_code', 'pairing_nonce', :'nonce', 'model', 'TC58')) ->> 'device_token' AS lost_token \gset
SELECT pg_temp.login(:'lost_token', :'kim_code') AS session \gset
SELECT pg_temp.try('device.pair', NULL, jsonb_build_object('pairing_code', :'pairing_code'), 'thief') AS code_alone,
    pg_temp.try('device.pair', NULL, jsonb_build_object('pairing_code', :'pairing_code', 'pairing_nonce', admit.uuid7()), 'thief') AS another_nonce,
    pg_temp.try('device.pair', NULL, jsonb_build_object('pairing_code', '1111-1111-1111', 'pairing_nonce', :'nonce'), 'thief') AS another_code;
SELECT pg_temp.call('device.pair', NULL, jsonb_build_object('pairing_code', lower(:'pairing_code'), 'pairing_nonce', :'nonce', 'model', 'TC58')) AS again \gset
SELECT :'again'::jsonb ->> 'outcome' AS outcome, (:'again'::jsonb ->> 'device_id')::uuid = :'paired_id' AS same_device, :'again'::jsonb ->> 'device_token' AS device_token \gset
\echo :outcome :same_device
SELECT pg_temp.try('device.heartbeat', :'lost_token') AS first_token, pg_temp.try('device.heartbeat', :'device_token') AS second_token, pg_temp.try('event.list', :'session') AS session_before;
SELECT count(*) AS told, count(*) FILTER (WHERE (body ->> 'again')::boolean) AS again FROM admit.journal WHERE tenant_id = 367 AND action = 'device.paired' AND body ->> 'device_id' = :'paired_id';
-- Two minutes from the first exchange on, and not after a renewal, an invitation or a revocation.
UPDATE admit.device SET paired_at = now() - interval '121 seconds' WHERE tenant_id = 367 AND device_id = :'paired_id';
SELECT pg_temp.try('device.pair', NULL, jsonb_build_object('pairing_code', :'pairing_code', 'pairing_nonce', :'nonce')) AS too_late;
UPDATE admit.device SET paired_at = now() WHERE tenant_id = 367 AND device_id = :'paired_id';
SELECT pg_temp.try('device.renew', :'device_token') AS renew, pg_temp.try('device.pair', NULL, jsonb_build_object('pairing_code', :'pairing_code', 'pairing_nonce', :'nonce')) AS after_a_renewal;
CREATE FUNCTION pg_temp.retry_after(VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    invited admit.device_invitation := admit.device_invite(367, name => 'Retry', gate_id => (SELECT gate_id FROM admit.gate WHERE tenant_id = 367 AND name = 'Door'));
    pairing jsonb := jsonb_build_object('pairing_code', invited.pairing_code, 'pairing_nonce', admit.uuid7());
    first text := pg_temp.try('device.pair', NULL, pairing, 'retry');
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP EXECUTE replace(statement, '$device', invited.device_id::text); END LOOP;
    RETURN first || ', then ' || pg_temp.try('device.pair', NULL, pairing, 'retry');
END
$$;
SELECT pg_temp.retry_after('SELECT 1') AS at_once, pg_temp.retry_after('SELECT admit.device_invite(367, device_id => ''$device'')') AS invited_again, pg_temp.retry_after('SELECT admit.device_revoke(367, device_id => ''$device'')') AS revoked;
SELECT sealed_entries > 0 AS sealed FROM admit.tick(367);
SELECT * FROM admit.verify(367) WHERE violations <> 0;
