-- Logging in on a device: badge and second factor, sessions and what they may do, scans that name the person.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set totp :folder '/include/totp.psql'
\i :totp
-- The codes of RFC 6238, appendix B, last six digits.
SELECT unix_seconds, pg_temp.totp_at('12345678901234567890', unix_seconds) AS code FROM unnest(ARRAY[59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000]) AS unix_seconds;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(365, 'Halle & Co') \gset
SELECT venue_id AS hall FROM admit.venue_create(365, name => 'Hall') \gset
SELECT venue_id AS annex FROM admit.venue_create(365, name => 'Annex') \gset
SELECT gate_id AS door FROM admit.gate_create(365, venue_id => :'hall', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS annex_door FROM admit.gate_create(365, venue_id => :'annex', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS friday FROM admit.event_create(365, venue_id => :'hall', name => 'Friday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0, exit_scans => false) \gset
SELECT event_id AS saturday FROM admit.event_create(365, venue_id => :'hall', name => 'Saturday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0, exit_scans => false) \gset
SELECT event_id AS elsewhere FROM admit.event_create(365, venue_id => :'annex', name => 'Annex', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT session_token AS guest, wallet_id AS guest_id FROM admit.wallet_open(365, event_id => :'friday', venue_id => :'hall') \gset
SELECT device_token, device_id FROM admit.device_register(365, name => 'Scanner', gate_id => :'door', event_id => :'friday') \gset
SELECT device_token AS open_token, device_id AS open_id FROM admit.device_register(365, name => 'Any event', gate_id => :'door') \gset
SELECT device_token AS annex_token, device_id AS annex_id FROM admit.device_register(365, name => 'Annex', gate_id => :'annex_door') \gset
SELECT staff_id AS jo, staff_code AS jo_code FROM admit.staff_create(365, name => 'Jo', role => 'staff', event_ids => jsonb_build_array(:'friday', :'saturday')) \gset
SELECT staff_id AS sam, staff_code AS sam_code FROM admit.staff_create(365, name => 'Sam', role => 'manager', venue_ids => jsonb_build_array(:'hall')) \gset
SELECT staff_id AS lee, staff_code AS lee_code FROM admit.staff_create(365, name => 'Lee', role => 'admin') \gset
-- What a credential gets for a command: outcome, reason or name, or the error, in one line.
CREATE FUNCTION pg_temp.try(command text, credential text, request jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := admit.dispatch(365, command, credential, request::text, admit.uuid7()::text);
    RETURN 'ok ' || coalesce(answer ->> 'outcome' || coalesce(' ' || (answer ->> 'reason'), ''), answer ->> 'name', '');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION pg_temp.login(device_token text, code text, more jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(365, 'staff.login', device_token, (jsonb_build_object('staff_code', code) || more)::text, NULL)::jsonb
$$;

-- Jo logs in with the badge alone: the session is for the event that badge and device have in common.
SELECT pg_temp.login(:'device_token', :'jo_code') AS jo_in \gset
SELECT :'jo_in'::jsonb ->> 'outcome' AS outcome, :'jo_in'::jsonb ->> 'name' AS name, :'jo_in'::jsonb ->> 'role' AS role, (:'jo_in'::jsonb ->> 'venue_id')::uuid = :'hall' AS for_the_hall,
    (:'jo_in'::jsonb ->> 'event_id')::uuid = :'friday' AS for_friday, (:'jo_in'::jsonb ->> 'expires_at')::timestamptz BETWEEN now() + interval '11 hours' AND now() + interval '13 hours' AS half_a_day,
    left(:'jo_in'::jsonb ->> 'session_token', 3) AS prefix;
SELECT :'jo_in'::jsonb ->> 'session_token' AS jo_session \gset
SELECT bool_or(s::text ~ right(:'jo_session', 26)) AS session_stored FROM admit.staff_session AS s WHERE tenant_id = 365;
-- Elsewhere, and where the choice is open.
SELECT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'jo_code')) AS annex,
    pg_temp.try('staff.login', :'open_token', jsonb_build_object('staff_code', :'jo_code')) AS which_event,
    pg_temp.try('staff.login', :'open_token', jsonb_build_object('staff_code', :'jo_code', 'event_id', :'elsewhere')) AS other_venue,
    pg_temp.try('staff.login', :'open_token', jsonb_build_object('staff_code', :'jo_code', 'event_id', :'saturday', 'session_hours', 1)) AS saturday;
SELECT pg_temp.try('staff.login', :'device_token', jsonb_build_object('staff_code', :'jo_code', 'session_hours', 13)) AS too_long,
    pg_temp.try('staff.login', :'device_token', jsonb_build_object('staff_code', :'jo_code', 'totp_code', '000000', 'recovery_code', '0')) AS both_factors,
    pg_temp.try('staff.login', :'device_token', jsonb_build_object('staff_code', :'jo_code', 'device_id', :'open_id')) AS another_device,
    pg_temp.try('staff.login', :'owner_key', jsonb_build_object('staff_code', :'jo_code', 'device_id', :'device_id')) AS no_device,
    pg_temp.try('staff.login', :'jo_session', jsonb_build_object('staff_code', :'sam_code')) AS by_a_session;
SELECT outcome, event_id = :'friday' AS for_friday FROM admit.staff_login(365, device_id => :'device_id', staff_code => :'jo_code');
SELECT admit.staff_login(365, staff_code => :'jo_code');
\echo :LAST_ERROR_SQLSTATE
-- One person at a device: that log-in has ended the session before.
SELECT pg_temp.try('scan.list', :'jo_session') AS session_before;
SELECT pg_temp.login(:'device_token', :'jo_code') ->> 'session_token' AS jo_session \gset
SELECT admit.dispatch(365, 'staff.login', :'device_token', jsonb_build_object('staff_code', :'jo_code')::text, 'login') AS once \gset
SELECT admit.dispatch(365, 'staff.login', :'device_token', jsonb_build_object('staff_code', :'jo_code')::text, 'login') = :'once' AS same_answer_again;
SELECT :'once'::jsonb ->> 'session_token' AS jo_session \gset

-- A session may do what the role may, and what the device may, within venue and event; it does not renew the device.
SELECT pg_temp.try('scan.list', :'jo_session') AS scan_list, pg_temp.try('order.refund', :'jo_session') AS refund, pg_temp.try('device.renew', :'jo_session') AS renew,
    pg_temp.try('event.get', :'jo_session', jsonb_build_object('event_id', :'friday')) AS friday, pg_temp.try('event.get', :'jo_session', jsonb_build_object('event_id', :'saturday')) AS saturday,
    pg_temp.try('device.get', :'jo_session', jsonb_build_object('device_id', :'device_id')) AS device, pg_temp.try('device.get', :'jo_session', jsonb_build_object('device_id', :'open_id')) AS another_device;
SELECT pg_temp.try('scan.record', :'jo_session', jsonb_build_object('token', :'guest', 'kind', 'entry', 'nonce', admit.uuid7())) AS scan,
    pg_temp.try('scan.record', :'jo_session', jsonb_build_object('token', 'nonsense', 'kind', 'entry', 'nonce', admit.uuid7())) AS denied,
    pg_temp.try('scan.record', :'jo_session', jsonb_build_object('token', :'guest', 'kind', 'entry', 'nonce', admit.uuid7(), 'device_id', :'open_id')) AS with_another_device,
    pg_temp.try('scan.override', :'jo_session', jsonb_build_object('token', :'guest', 'reason', 'Lost', 'gate_id', :'door', 'event_id', :'friday', 'nonce', admit.uuid7())) AS override;
SELECT pg_temp.try('scan.record', :'device_token', jsonb_build_object('token', :'guest', 'kind', 'exit', 'nonce', admit.uuid7())) AS by_the_device;
SELECT outcome FROM admit.scan(365, :'guest', :'device_id', 'entry', admit.uuid7());
-- On a device of no one event the session's own is meant.
SELECT pg_temp.login(:'open_token', :'jo_code', jsonb_build_object('event_id', :'saturday')) ->> 'session_token' AS saturday_session \gset
SELECT pg_temp.try('scan.record', :'saturday_session', jsonb_build_object('token', :'guest', 'kind', 'entry', 'nonce', admit.uuid7())) AS saturday,
    pg_temp.try('scan.record', :'saturday_session', jsonb_build_object('token', :'guest', 'kind', 'entry', 'nonce', admit.uuid7(), 'event_id', :'friday')) AS friday;
-- Each attempt says which ticket or wallet, event, gate, device and operator, the result and the time.
SELECT item ->> 'action' AS action, item ->> 'outcome' AS outcome, item ->> 'reason' AS reason, item ->> 'actor_kind' AS actor, CASE item ->> 'actor_id' WHEN :'jo' THEN 'Jo' WHEN :'device_id' THEN 'the device' END AS who,
    (item ->> 'device_id')::uuid = :'device_id' AS device, (item ->> 'event_id')::uuid = :'friday' AS event, (item ->> 'gate_id')::uuid = :'door' AS gate,
    (item ->> 'wallet_id')::uuid = :'guest_id' AS guest, item ->> 'recorded_at' IS NOT NULL AS at
FROM admit.scan_list(365), jsonb_array_elements(items) AS item ORDER BY item ->> 'scan_id';
SELECT action, actor_kind, actor_id = :'jo' AS jo, body ->> 'device_id' = :'device_id' AS on_the_device FROM admit.journal WHERE tenant_id = 365 AND actor_kind = 'staff' AND body ->> 'device_id' = :'device_id' ORDER BY entry_id;

-- Wrong badges are counted by device; after ten even a right one waits, on another device it does not.
SELECT staff_code AS old_code FROM admit.staff_code(365, staff_id => :'sam') \gset
SELECT name, pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', code)) AS answer
FROM (VALUES ('void', :'sam_code'), ('another tenant''s', 'AC1' || substr(:'owner_key', 4)), ('a session', :'jo_session'), ('nothing', ''), ('long', repeat('A', 10000))) AS codes (name, code);
\set sam_code :old_code
SELECT DISTINCT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', 'AC1' || repeat('0', 58))) AS five_more FROM generate_series(1, 5);
SELECT pg_temp.login(:'annex_token', :'lee_code') AS locked \gset
SELECT :'locked'::jsonb ->> 'reason' AS reason, :'locked'::jsonb ->> 'name' AS name, (:'locked'::jsonb ->> 'retry_at')::timestamptz > now() + interval '10 minutes' AS later;
SELECT pg_temp.try('staff.login', :'open_token', jsonb_build_object('staff_code', :'sam_code')) AS another_device;
SELECT count(*) AS told FROM admit.journal WHERE tenant_id = 365 AND action = 'staff.login_locked';
UPDATE admit.code_guess SET window_ends_at = now() - interval '1 second' WHERE tenant_id = 365;

-- The second factor. An admin needs one; it begins with a secret that is shown once and stored sealed.
SELECT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code')) AS not_enrolled;
SELECT totp_secret AS first_secret FROM admit.staff_totp_begin(365, staff_id => :'lee') \gset
SELECT totp_secret, length(totp_secret) AS symbols, replace(otpauth_uri, totp_secret, '...') AS otpauth_uri FROM admit.staff_totp_begin(365, staff_id => :'lee') \gset
\echo :symbols :otpauth_uri
SELECT totp_sealed IS NULL AS not_in_use, position(pg_temp.base32(:'totp_secret') IN totp_pending_sealed) AS secret_stored FROM admit.staff WHERE tenant_id = 365 AND staff_id = :'lee';
SELECT pg_temp.try('staff.totp_confirm', :'owner_key', jsonb_build_object('staff_id', :'lee', 'totp_code', pg_temp.wrong_totp(:'totp_secret'))) AS wrong,
    pg_temp.try('staff.totp_confirm', :'owner_key', jsonb_build_object('staff_id', :'lee', 'totp_code', pg_temp.totp(:'first_secret'))) AS of_the_first_secret,
    pg_temp.try('staff.totp_confirm', :'owner_key', jsonb_build_object('staff_id', :'jo', 'totp_code', '000000')) AS nothing_begun,
    pg_temp.try('staff.totp_confirm', :'owner_key', '{"totp_code": "000000"}') AS for_nobody;
SELECT pg_temp.totp(:'totp_secret') AS first_code \gset
SELECT recovery_codes, jsonb_array_length(recovery_codes) AS codes, recovery_codes ->> 0 AS recovery_1, recovery_codes ->> 1 AS recovery_2
FROM admit.staff_totp_confirm(365, staff_id => :'lee', totp_code => :'first_code') \gset
\echo :codes
SELECT totp_enrolled, recovery_codes_left FROM admit.staff_get(365, staff_id => :'lee');
SELECT bool_or(position(replace(:'recovery_1', '-', '') IN c::text) > 0) AS code_stored FROM admit.staff_recovery_code AS c WHERE tenant_id = 365;
SELECT pg_temp.try('staff.totp_begin', :'owner_key', jsonb_build_object('staff_id', :'lee')) AS enrolled_already;
-- The code of the confirmation is used up; the next one logs in, once.
SELECT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code')) AS none,
    pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'totp_code', :'first_code')) AS used;
SELECT pg_temp.totp(:'totp_secret', 1) AS next_code \gset
SELECT pg_temp.login(:'annex_token', :'lee_code', jsonb_build_object('totp_code', :'next_code')) AS lee_in \gset
SELECT :'lee_in'::jsonb ->> 'outcome' AS outcome, :'lee_in'::jsonb ->> 'session_token' AS lee_session \gset
\echo :outcome
SELECT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'totp_code', :'next_code')) AS again,
    pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'totp_code', pg_temp.totp(:'totp_secret', 3))) AS too_early;
SELECT second_factor, ended_at IS NULL AS live FROM admit.staff_sessions(365, staff_id => :'lee'), jsonb_to_recordset(items) AS s (second_factor boolean, ended_at timestamptz);
-- A recovery code logs in without the app, once.
SELECT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'recovery_code', lower(:'recovery_1'))) AS recovery,
    pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'recovery_code', :'recovery_1')) AS again,
    pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'recovery_code', 'not a code!')) AS none;
SELECT recovery_codes_left, locked_until FROM admit.staff_get(365, staff_id => :'lee');
-- Five wrong codes in a row lock the person for a minute, a right one does not help; the next wrong one for two. Never for good.
UPDATE admit.staff SET failures = 0, totp_last_step = totp_last_step - 10 WHERE tenant_id = 365 AND staff_id = :'lee';
SELECT attempt, pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'totp_code', pg_temp.wrong_totp(:'totp_secret'))) AS answer FROM generate_series(1, 6) AS attempt;
SELECT pg_temp.login(:'annex_token', :'lee_code', jsonb_build_object('totp_code', pg_temp.totp(:'totp_secret'))) AS locked \gset
SELECT :'locked'::jsonb ->> 'reason' AS reason, (:'locked'::jsonb ->> 'retry_at')::timestamptz BETWEEN now() + interval '50 seconds' AND now() + interval '60 seconds' AS in_a_minute;
SELECT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'recovery_code', :'recovery_2')) AS recovery_code_too;
SELECT failures, locked_until IS NOT NULL AS locked FROM admit.staff WHERE tenant_id = 365 AND staff_id = :'lee';
UPDATE admit.staff SET locked_until = now() - interval '1 second' WHERE tenant_id = 365 AND staff_id = :'lee';
SELECT pg_temp.try('staff.login', :'annex_token', jsonb_build_object('staff_code', :'lee_code', 'totp_code', pg_temp.wrong_totp(:'totp_secret'))) AS sixth;
SELECT locked_until BETWEEN now() + interval '110 seconds' AND now() + interval '120 seconds' AS two_minutes FROM admit.staff_get(365, staff_id => :'lee');
UPDATE admit.staff SET locked_until = now() - interval '1 second' WHERE tenant_id = 365 AND staff_id = :'lee';
SELECT pg_temp.login(:'annex_token', :'lee_code', jsonb_build_object('totp_code', pg_temp.totp(:'totp_secret'))) ->> 'session_token' AS lee_session \gset
SELECT failures, locked_until FROM admit.staff WHERE tenant_id = 365 AND staff_id = :'lee';
SELECT count(*) AS refusals_told FROM admit.journal WHERE tenant_id = 365 AND action = 'staff.login_refused';
-- A reset removes it all and ends the session; then a person enrols anew, here another by itself with a code.
SELECT pg_temp.try('event.list', :'lee_session') AS before;
SELECT totp_enrolled, recovery_codes_left FROM admit.staff_totp_reset(365, staff_id => :'lee');
SELECT pg_temp.try('event.list', :'lee_session') AS after;
SELECT pg_temp.login(:'open_token', :'sam_code') ->> 'session_token' AS sam_session \gset
SELECT enrolment_code FROM admit.staff_totp_invite(365, staff_id => :'sam') \gset
SELECT admit.dispatch(365, 'staff.totp_begin', :'sam_session', jsonb_build_object('enrolment_code', :'enrolment_code')::text, 'begin')::jsonb ->> 'totp_secret' AS sam_secret \gset
SELECT jsonb_array_length(admit.dispatch(365, 'staff.totp_confirm', :'sam_session', jsonb_build_object('totp_code', pg_temp.totp(:'sam_secret'), 'enrolment_code', :'enrolment_code')::text, 'confirm')::jsonb -> 'recovery_codes') AS own_codes;
SELECT pg_temp.try('staff.totp_begin', :'sam_session', jsonb_build_object('staff_id', :'lee')) AS for_an_admin;
SELECT pg_temp.try('staff.login', :'open_token', jsonb_build_object('staff_code', :'sam_code')) AS enrolled_is_asked;

-- A session hands out no more than its role has, and nothing beyond its venue.
SELECT pg_temp.try('api_key.create', :'sam_session', '{"name": "K", "role": "staff"}') AS api_key, pg_temp.try('staff.create', :'sam_session', '{"name": "N", "role": "admin"}') AS an_admin,
    pg_temp.try('staff.create', :'sam_session', '{"name": "New", "role": "staff"}') AS staff, pg_temp.try('staff.deactivate', :'sam_session', jsonb_build_object('staff_id', :'lee')) AS ends_an_admin,
    pg_temp.try('event.get', :'sam_session', jsonb_build_object('event_id', :'elsewhere')) AS other_venue, pg_temp.try('device.revoke', :'sam_session', jsonb_build_object('device_id', :'annex_id')) AS other_device;

-- Sessions end by log-out, revocation, pairing again, a new badge, a changed role or place, deactivation, and time.
SELECT pg_temp.try('staff.logout', :'sam_session') AS logout, pg_temp.try('staff.logout', :'sam_session') AS again;
SELECT staff_id = :'jo' AS jo, device_id = :'device_id' AS device, second_factor FROM admit.staff_sessions(365, device_id => :'device_id', live => true), jsonb_to_recordset(items) AS s (staff_id uuid, device_id uuid, second_factor boolean);
SELECT ended_at IS NOT NULL AS by_a_backend FROM admit.staff_logout(365, session_token => :'jo_session');
SELECT admit.staff_logout(365, session_token => :'device_token');
\echo :LAST_ERROR_SQLSTATE
CREATE FUNCTION pg_temp.ends(how text, VARIADIC statements text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    device admit.device_token := admit.device_register(365, name => 'Ends', gate_id => (SELECT gate_id FROM admit.gate WHERE tenant_id = 365 AND name = 'Door' ORDER BY gate_id LIMIT 1));
    person admit.staff_code_issued := admit.staff_create(365, name => 'Ends', role => 'staff');
    session text := pg_temp.login(device.device_token, person.staff_code) ->> 'session_token';
    before text := pg_temp.try('event.list', session);
    statement text;
BEGIN
    FOREACH statement IN ARRAY statements LOOP EXECUTE replace(replace(statement, '$device', device.device_id::text), '$staff', person.staff_id::text); END LOOP;
    RETURN how || ': ' || before || ', then ' || pg_temp.try('event.list', session);
END
$$;
SELECT pg_temp.ends('revoked', 'SELECT admit.device_revoke(365, device_id => ''$device'')');
SELECT pg_temp.ends('paired again', 'SELECT admit.device_pair(365, pairing_code => (admit.device_invite(365, device_id => ''$device'')).pairing_code)');
SELECT pg_temp.ends('a new badge', 'SELECT admit.staff_code(365, staff_id => ''$staff'')');
SELECT pg_temp.ends('another role', 'SELECT admit.staff_update(365, staff_id => ''$staff'', role => ''auditor'')');
SELECT pg_temp.ends('another place', format('SELECT admit.staff_update(365, staff_id => ''$staff'', venue_ids => %L)', jsonb_build_array(:'hall')));
SELECT pg_temp.ends('another name, which ends nothing', 'SELECT admit.staff_update(365, staff_id => ''$staff'', name => ''Begins'')');
SELECT pg_temp.ends('deactivated', 'SELECT admit.staff_deactivate(365, staff_id => ''$staff'')');
SELECT pg_temp.ends('over', 'UPDATE admit.staff_session SET created_at = created_at - interval ''13 hours'', expires_at = expires_at - interval ''13 hours'' WHERE tenant_id = 365 AND staff_id = ''$staff''');
SELECT pg_temp.ends('the role may nothing', 'SELECT admit.role_set(365, role => ''staff'', commands => ''["staff.logout"]'')');
-- Invitations alone do not log in: a device that was never paired has no credential, nor does a backend act for it.
SELECT device_id AS invited FROM admit.device_invite(365, name => 'Invited', gate_id => :'door') \gset
SELECT admit.staff_login(365, device_id => :'invited', staff_code => :'jo_code');
\echo :LAST_ERROR_SQLSTATE

-- What a person did: by page and filter, newest first.
SELECT item ->> 'action' AS action, item -> 'body' ->> 'device_id' = :'device_id' AS on_the_device FROM admit.staff_activity(365, staff_id => :'jo'), jsonb_array_elements(items) AS item;
SELECT items AS page_1, next_cursor AS cursor_1 FROM admit.staff_activity(365, staff_id => :'jo', "limit" => 4) \gset
SELECT items AS page_2 FROM admit.staff_activity(365, staff_id => :'jo', "limit" => 4, cursor => :'cursor_1') \gset
SELECT count(*) AS shown, count(DISTINCT item ->> 'entry_id') AS different FROM jsonb_array_elements(:'page_1'::jsonb || :'page_2'::jsonb) AS item;
SELECT 'scans' AS filter, jsonb_array_length(items) AS found FROM admit.staff_activity(365, staff_id => :'jo', action => 'scan.')
UNION ALL SELECT 'denied', jsonb_array_length(items) FROM admit.staff_activity(365, staff_id => :'jo', action => 'scan.denied')
UNION ALL SELECT 'friday', jsonb_array_length(items) FROM admit.staff_activity(365, staff_id => :'jo', event_id => :'friday', action => 'scan.')
UNION ALL SELECT 'saturday', jsonb_array_length(items) FROM admit.staff_activity(365, staff_id => :'jo', event_id => :'saturday')
UNION ALL SELECT 'another gate', jsonb_array_length(items) FROM admit.staff_activity(365, staff_id => :'jo', gate_id => :'annex_door')
UNION ALL SELECT 'on the other device', jsonb_array_length(items) FROM admit.staff_activity(365, staff_id => :'jo', device_id => :'open_id')
UNION ALL SELECT 'later', jsonb_array_length(items) FROM admit.staff_activity(365, staff_id => :'jo', "from" => now() + interval '1 hour');
SELECT admit.staff_activity(365, staff_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.staff_activity(365, staff_id => :'jo', "from" => now(), until => now() - interval '1 hour');
\echo :LAST_ERROR_SQLSTATE
SELECT sealed_entries > 0 AS sealed FROM admit.tick(365);
SELECT * FROM admit.verify(365) WHERE violations <> 0;
-- verify() sees a session that has outlived its device.
UPDATE admit.device SET revoked_at = now() WHERE tenant_id = 365 AND device_id = (SELECT device_id FROM admit.staff_session WHERE tenant_id = 365 AND ended_at IS NULL ORDER BY session_id LIMIT 1);
SELECT * FROM admit.verify(365) WHERE violations <> 0;
UPDATE admit.staff_session SET ended_at = now() WHERE tenant_id = 365;
SELECT * FROM admit.verify(365) WHERE violations <> 0;
