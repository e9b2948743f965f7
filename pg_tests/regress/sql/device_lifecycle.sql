-- Devices: registering, renewing, assigning, revoking, listing, and the tokens that are refused.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(641, 'Devices') \gset
SELECT api_key AS other_key FROM admit.tenant_create(642, 'Other') \gset
SELECT venue_id AS hall FROM admit.venue_create(641, name => 'Hall') \gset
SELECT venue_id AS annex FROM admit.venue_create(641, name => 'Annex') \gset
SELECT gate_id AS door FROM admit.gate_create(641, venue_id => :'hall', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS side FROM admit.gate_create(641, venue_id => :'hall', name => 'Side', gate_type => 'door') \gset
SELECT gate_id AS shut FROM admit.gate_create(641, venue_id => :'hall', name => 'Shut', gate_type => 'door') \gset
SELECT status FROM admit.gate_update(641, gate_id => :'shut', status => 'inactive');
SELECT gate_id AS annex_door FROM admit.gate_create(641, venue_id => :'annex', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS friday FROM admit.event_create(641, venue_id => :'hall', name => 'Friday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0, exit_scans => false) \gset
SELECT event_id AS saturday FROM admit.event_create(641, venue_id => :'hall', name => 'Saturday', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0, exit_scans => false) \gset
SELECT event_id AS annex_event FROM admit.event_create(641, venue_id => :'annex', name => 'Annex', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day') \gset
SELECT session_token AS guest FROM admit.wallet_open(641, event_id => :'friday', venue_id => :'hall') \gset
-- What a credential gets for a command: the answer's outcome or the error, in one line.
CREATE FUNCTION pg_temp.try(tenant integer, command text, credential text, request jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := admit.dispatch(tenant, command, credential, request::text, admit.uuid7()::text);
    RETURN 'ok ' || coalesce(answer ->> 'outcome' || coalesce(' ' || (answer ->> 'reason'), ''), answer ->> 'name', '');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- A token lives 24 hours, or fewer; only its hash is stored.
SELECT device_id, device_token, expires_at BETWEEN now() + interval '23 hours' AND now() + interval '25 hours' AS a_day
FROM admit.device_register(641, name => ' Scanner ', gate_id => :'door', event_id => :'friday') \gset
\echo :a_day
SELECT device_id AS brief_id, device_token AS brief, expires_at BETWEEN now() + interval '59 minutes' AND now() + interval '61 minutes' AS an_hour
FROM admit.device_register(641, name => 'Brief', gate_id => :'door', token_hours => 1) \gset
\echo :an_hour
SELECT name, length(secret_hash) AS hash_bytes, to_jsonb(d)::text LIKE '%' || :'device_token' || '%' AS token_stored
FROM admit.device AS d WHERE tenant_id = 641 AND device_id = :'device_id';
SELECT admit.device_register(641, name => '', gate_id => :'door');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(641, name => 'D', gate_id => :'door', token_hours => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(641, name => 'D', gate_id => :'door', token_hours => 25);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(641, name => 'D', gate_id => NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(641, name => 'D', gate_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(641, name => 'D', gate_id => :'shut');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(641, name => 'D', gate_id => :'door', event_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(641, name => 'D', gate_id => :'door', event_id => :'annex_event');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(642, name => 'D', gate_id => :'door');
\echo :LAST_ERROR_SQLSTATE

-- What a device may do with its token, and what it may not.
SELECT jsonb_build_object('token', :'guest', 'kind', 'entry', 'nonce', admit.uuid7()) AS scan \gset
SELECT pg_temp.try(641, 'scan.record', :'device_token', :'scan');
SELECT pg_temp.try(641, 'event.get', :'device_token', jsonb_build_object('event_id', :'friday'));
SELECT pg_temp.try(641, 'event.get', :'device_token', jsonb_build_object('event_id', :'saturday'));
SELECT pg_temp.try(641, 'event.get', :'device_token', jsonb_build_object('event_id', admit.uuid7()));
SELECT pg_temp.try(641, 'report.live', :'device_token', jsonb_build_object('event_id', :'friday'));
SELECT pg_temp.try(641, 'report.live', :'device_token', jsonb_build_object('event_id', :'annex_event'));
SELECT pg_temp.try(641, 'device.list', :'device_token');
SELECT pg_temp.try(641, 'device.register', :'device_token', jsonb_build_object('name', 'D', 'gate_id', :'door'));
SELECT pg_temp.try(641, 'scan.override', :'device_token', :'scan');
-- It is itself alone: naming another device is as naming none that exists.
SELECT pg_temp.try(641, 'scan.record', :'device_token', :'scan'::jsonb || jsonb_build_object('device_id', :'brief_id', 'nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'scan.record', :'device_token', :'scan'::jsonb || jsonb_build_object('device_id', admit.uuid7(), 'nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'device.renew', :'device_token', jsonb_build_object('device_id', :'brief_id'));
SELECT pg_temp.try(641, 'device.renew', :'device_token', jsonb_build_object('device_id', admit.uuid7()));
-- At another gate, event or venue it is denied with the reason.
SELECT pg_temp.try(641, 'scan.record', :'device_token', :'scan'::jsonb || jsonb_build_object('gate_id', :'side', 'nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'scan.record', :'device_token', :'scan'::jsonb || jsonb_build_object('event_id', :'saturday', 'nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'scan.record', :'brief', :'scan'::jsonb || jsonb_build_object('event_id', :'annex_event', 'nonce', admit.uuid7()));
-- A device of no one event must name it.
SELECT pg_temp.try(641, 'scan.record', :'brief', :'scan'::jsonb || jsonb_build_object('nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'scan.record', :'brief', :'scan'::jsonb || jsonb_build_object('event_id', :'saturday', 'nonce', admit.uuid7()));

-- Renewing: the new token works, the old one is over; by the device itself or by the owner.
SELECT admit.dispatch(641, 'device.renew', :'device_token', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(641, 'device.renew', :'device_token', '{"token_hours": 2}', 'renewal')::jsonb AS renewed \gset
SELECT :'renewed'::jsonb ->> 'device_token' AS fresh, :'renewed'::jsonb ->> 'device_id' = :'device_id' AS same_device \gset
\echo :same_device
SELECT pg_temp.try(641, 'scan.record', :'fresh', :'scan'::jsonb || jsonb_build_object('nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'scan.record', :'device_token', :'scan'::jsonb || jsonb_build_object('nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'device.renew', :'device_token');
-- Whoever lost the answer to a renewal gets it once more, with the old token and the same key and request; nothing else.
SELECT admit.dispatch(641, 'device.renew', :'device_token', '{"token_hours": 2}', 'renewal')::jsonb ->> 'device_token' = :'fresh' AS the_lost_answer;
SELECT admit.dispatch(641, 'device.renew', :'device_token', '{"token_hours": 3}', 'renewal');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(641, 'device.renew', :'device_token', '{"token_hours": 2}', 'another');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.try(641, 'event.get', :'device_token', jsonb_build_object('event_id', :'friday'));
SELECT device_token AS newest FROM admit.device_renew(641, device_id => :'device_id') \gset
SELECT pg_temp.try(641, 'event.get', :'newest', jsonb_build_object('event_id', :'friday'));
SELECT pg_temp.try(641, 'event.get', :'fresh', jsonb_build_object('event_id', :'friday'));
SELECT admit.dispatch(641, 'device.renew', :'device_token', '{"token_hours": 2}', 'renewal');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_renew(641);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_renew(641, device_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_renew(641, device_id => :'device_id', token_hours => 25);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_renew(642, device_id => :'device_id');
\echo :LAST_ERROR_SQLSTATE
-- The refused renewals took nothing away.
SELECT pg_temp.try(641, 'event.get', :'newest', jsonb_build_object('event_id', :'friday'));

-- Tokens that are none: another tenant's, forged, cut, of another kind, nothing; all in the same words.
SELECT pg_temp.try(642, 'event.get', :'newest', jsonb_build_object('event_id', :'friday')) AS refused \gset
\echo :refused
SELECT bool_and(pg_temp.try(641, 'event.get', token, jsonb_build_object('event_id', :'friday')) = :'refused') AS same_words
FROM (VALUES (left(:'newest', -1) || CASE right(:'newest', 1) WHEN '0' THEN '1' ELSE '0' END), (left(:'newest', -3)), (left(:'newest', 50) ||
    CASE substr(:'newest', 51, 1) WHEN '0' THEN '1' ELSE '0' END || substr(:'newest', 52)), ('AK1' || substr(:'newest', 4)), (''), ('AD1'), ('nonsense'),
    (repeat('A', 100000)), ('ÄD1' || substr(:'newest', 4))) AS tokens (token);
-- An expired token is refused in these words, too, and lives again when the owner renews it.
UPDATE admit.device SET token_expires_at = now() - interval '1 second' WHERE tenant_id = 641 AND device_id = :'device_id';
SELECT pg_temp.try(641, 'event.get', :'newest', jsonb_build_object('event_id', :'friday')) = :'refused' AS same_words;
SELECT pg_temp.try(641, 'device.renew', :'newest') = :'refused' AS same_words;
SELECT device_token AS newest FROM admit.device_renew(641, device_id => :'device_id') \gset
SELECT pg_temp.try(641, 'scan.record', :'newest', :'scan'::jsonb || jsonb_build_object('nonce', admit.uuid7()));

-- Assigning: to another gate or event of a venue; the token stays.
SELECT gate_id = :'side' AS at_side, event_id = :'saturday' AS for_saturday, name FROM admit.device_assign(641, device_id => :'device_id', gate_id => :'side', event_id => :'saturday');
SELECT pg_temp.try(641, 'scan.record', :'newest', :'scan'::jsonb || jsonb_build_object('nonce', admit.uuid7()));
SELECT pg_temp.try(641, 'scan.record', :'newest', :'scan'::jsonb || jsonb_build_object('gate_id', :'door', 'nonce', admit.uuid7()));
SELECT event_id, gate_id = :'annex_door' AS at_annex FROM admit.device_assign(641, device_id => :'device_id', gate_id => :'annex_door');
SELECT pg_temp.try(641, 'event.get', :'newest', jsonb_build_object('event_id', :'annex_event'));
SELECT pg_temp.try(641, 'event.get', :'newest', jsonb_build_object('event_id', :'friday'));
SELECT admit.device_assign(641, device_id => :'device_id', gate_id => :'annex_door', event_id => :'friday');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_assign(641, device_id => :'device_id', gate_id => :'shut');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_assign(641, device_id => :'device_id', gate_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_assign(641, device_id => admit.uuid7(), gate_id => :'door');
\echo :LAST_ERROR_SQLSTATE
SELECT body -> 'from_event_id' IS NOT NULL AS from_an_event, (body ->> 'from_gate_id')::uuid = :'side' AS from_side
FROM admit.journal WHERE tenant_id = 641 AND action = 'device.assigned' AND gate_id = :'annex_door';

-- Listing: pages together show each device once; a venue's alone; no token or hash among them.
SELECT count(device_id) AS devices FROM generate_series(1, 3) AS i, LATERAL admit.device_register(641, name => 'Spare ' || i, gate_id => :'door');
SELECT items AS page_1, next_cursor AS cursor_1 FROM admit.device_list(641, "limit" => 2) \gset
SELECT items AS page_2, next_cursor AS cursor_2 FROM admit.device_list(641, "limit" => 2, cursor => :'cursor_1') \gset
SELECT items AS page_3, next_cursor IS NULL AS last FROM admit.device_list(641, "limit" => 2, cursor => :'cursor_2') \gset
\echo :last
SELECT count(*) AS shown, count(DISTINCT item ->> 'device_id') AS different, count(d.device_id) AS stored, bool_or(item::text ~ 'secret|hash|AD1') AS secrets
FROM jsonb_array_elements(:'page_1'::jsonb || :'page_2'::jsonb || :'page_3'::jsonb) AS item
LEFT JOIN admit.device AS d ON d.tenant_id = 641 AND d.device_id = (item ->> 'device_id')::uuid;
SELECT item ->> 'name' AS at_annex FROM admit.device_list(641, venue_id => :'annex'), jsonb_array_elements(items) AS item;
SELECT items FROM admit.device_list(641, venue_id => admit.uuid7());
SELECT items FROM admit.device_list(642, venue_id => :'annex');
SELECT admit.device_list(641, "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_list(641, "limit" => 201);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_list(641, cursor => 'next');
\echo :LAST_ERROR_SQLSTATE

-- Revoking is at once and for good; doing it again changes nothing.
SELECT revoked_at FROM admit.device_revoke(641, device_id => :'brief_id') \gset
SELECT revoked_at = :'revoked_at' AS same_time FROM admit.device_revoke(641, device_id => :'brief_id');
SELECT count(*) AS recorded FROM admit.journal WHERE tenant_id = 641 AND action = 'device.revoked';
SELECT pg_temp.try(641, 'event.get', :'brief', jsonb_build_object('event_id', :'friday')) = :'refused' AS same_words;
SELECT outcome, reason FROM admit.scan(641, :'guest', :'brief_id', 'entry', admit.uuid7(), event_id => :'friday');
SELECT admit.device_renew(641, device_id => :'brief_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_assign(641, device_id => :'brief_id', gate_id => :'door');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_revoke(641, device_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_revoke(642, device_id => :'device_id');
\echo :LAST_ERROR_SQLSTATE
SELECT item ->> 'name' AS name, item -> 'revoked_at' <> 'null' AS revoked FROM admit.device_list(641), jsonb_array_elements(items) AS item
WHERE item ->> 'name' IN ('Brief', 'Scanner') ORDER BY 1;
SELECT sealed_entries > 0 AS sealed FROM admit.tick(641);
SELECT * FROM admit.verify(641) WHERE violations <> 0;
