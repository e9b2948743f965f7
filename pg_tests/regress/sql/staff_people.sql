-- People who work at doors: adding, changing, ending, their codes, and who may do that for whom.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(363, 'People') \gset
SELECT api_key AS other_key FROM admit.tenant_create(364, 'Other') \gset
SELECT venue_id AS hall FROM admit.venue_create(363, name => 'Hall') \gset
SELECT venue_id AS annex FROM admit.venue_create(363, name => 'Annex') \gset
SELECT event_id AS friday FROM admit.event_create(363, venue_id => :'hall', name => 'Friday', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT event_id AS saturday FROM admit.event_create(363, venue_id => :'hall', name => 'Saturday', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT event_id AS elsewhere FROM admit.event_create(363, venue_id => :'annex', name => 'Annex', starts_at => now(), ends_at => now() + interval '1 day') \gset
CREATE FUNCTION pg_temp.try(command text, credential text, request jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := admit.dispatch(363, command, credential, request::text, admit.uuid7()::text);
    RETURN 'ok ' || coalesce(answer ->> 'name', '');
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

-- A code of 128 bits for a badge; only its hash is stored.
SELECT staff_id AS jo, staff_code AS jo_code, length(staff_code) AS symbols, left(staff_code, 3) AS prefix FROM admit.staff_create(363, name => ' Jo ', role => 'staff') \gset
\echo :symbols :prefix
SELECT length(code_hash) AS hash_bytes, to_jsonb(s)::text LIKE '%' || :'jo_code' || '%' AS code_stored FROM admit.staff AS s WHERE tenant_id = 363 AND staff_id = :'jo';
SELECT name, role, venue_ids, event_ids, totp_enrolled, totp_required, recovery_codes_left, locked_until, deactivated_at FROM admit.staff_get(363, staff_id => :'jo');
-- It is no credential.
SELECT pg_temp.try('event.list', :'jo_code') AS as_a_credential;
SELECT staff_id AS sam FROM admit.staff_create(363, name => 'Sam', role => 'manager', venue_ids => jsonb_build_array(:'hall')) \gset
SELECT staff_id AS kim FROM admit.staff_create(363, name => 'Kim', role => 'staff', event_ids => jsonb_build_array(:'saturday', :'elsewhere', :'saturday')) \gset
SELECT staff_id AS lee FROM admit.staff_create(363, name => 'Lee', role => 'admin') \gset
SELECT staff_id AS max FROM admit.staff_create(363, name => 'Max', role => 'staff', event_ids => jsonb_build_array(:'friday')) \gset
-- The venues of the events are added.
SELECT name, role, totp_required, (SELECT string_agg(v.name, ' ' ORDER BY v.name) FROM admit.venue AS v WHERE v.tenant_id = 363 AND v.venue_id = ANY (s.venue_ids)) AS venues,
    (SELECT string_agg(e.name, ' ' ORDER BY e.name) FROM admit.event AS e WHERE e.tenant_id = 363 AND e.event_id = ANY (s.event_ids)) AS events
FROM admit.staff_list(363), jsonb_to_recordset(items) AS s (name text, role text, totp_required boolean, venue_ids uuid[], event_ids uuid[]);
SELECT admit.staff_create(363, name => ' ', role => 'staff');
\echo :LAST_ERROR_SQLSTATE
SELECT role, pg_temp.try('staff.create', :'owner_key', jsonb_build_object('name', 'N', 'role', role)) AS answer FROM unnest(ARRAY['owner', 'device', 'wallet', 'unheard_of']) AS role;
SELECT admit.staff_create(363, name => 'N', role => 'staff', venue_ids => jsonb_build_array(admit.uuid7()));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.staff_create(363, name => 'N', role => 'staff', event_ids => jsonb_build_array(admit.uuid7()));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.staff_create(364, name => 'N', role => 'staff', venue_ids => jsonb_build_array(:'hall'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.staff_create(363, name => 'N', role => 'staff', venue_ids => (SELECT jsonb_agg(:'hall'::text) FROM generate_series(1, 51)));
\echo :LAST_ERROR_SQLSTATE

-- Changing: a name, a role, the places.
SELECT name, role FROM admit.staff_update(363, staff_id => :'jo', name => 'Joanna');
SELECT name, role, jsonb_array_length(venue_ids) AS venues FROM admit.staff_update(363, staff_id => :'jo', role => 'manager', venue_ids => jsonb_build_array(:'annex'));
SELECT jsonb_array_length(venue_ids) AS venues, jsonb_array_length(event_ids) AS events FROM admit.staff_update(363, staff_id => :'jo', venue_ids => '[]', event_ids => '[]');
SELECT pg_temp.try('staff.update', :'owner_key', jsonb_build_object('staff_id', :'jo', 'role', 'owner')) AS to_owner,
    pg_temp.try('staff.update', :'owner_key', jsonb_build_object('staff_id', :'jo', 'name', ' ')) AS no_name;
SELECT admit.staff_update(364, staff_id => :'jo', name => 'Theirs');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.staff_get(364, staff_id => :'jo');
\echo :LAST_ERROR_SQLSTATE
SELECT body - 'staff_id' AS changed FROM (SELECT body::jsonb, entry_id FROM admit.journal WHERE tenant_id = 363 AND action = 'staff.updated') AS j ORDER BY entry_id LIMIT 1;

-- A new code voids the old one.
SELECT staff_code <> :'jo_code' AS another FROM admit.staff_code(363, staff_id => :'jo');
-- Lists: by page, role, venue and whether they still work; the pages together show each once.
SELECT items AS page_1, next_cursor AS cursor_1 FROM admit.staff_list(363, "limit" => 3) \gset
SELECT items AS page_2, next_cursor IS NULL AS last FROM admit.staff_list(363, "limit" => 3, cursor => :'cursor_1') \gset
SELECT count(*) AS shown, count(DISTINCT item ->> 'staff_id') AS different, bool_or(item::text ~ 'AC1|hash|secret') AS secrets, :'last' AS last
FROM jsonb_array_elements(:'page_1'::jsonb || :'page_2'::jsonb) AS item;
SELECT string_agg(item ->> 'name', ' ' ORDER BY item ->> 'name') AS managers FROM admit.staff_list(363, role => 'manager'), jsonb_array_elements(items) AS item;
SELECT string_agg(item ->> 'name', ' ' ORDER BY item ->> 'name') AS at_annex FROM admit.staff_list(363, venue_id => :'annex'), jsonb_array_elements(items) AS item;
SELECT admit.staff_list(363, "limit" => 0);
\echo :LAST_ERROR_SQLSTATE

-- Deactivating is for good.
SELECT deactivated_at AS ended FROM admit.staff_deactivate(363, staff_id => :'kim') \gset
SELECT deactivated_at = :'ended' AS same_time FROM admit.staff_deactivate(363, staff_id => :'kim');
SELECT string_agg(item ->> 'name', ' ') AS inactive FROM admit.staff_list(363, active => false), jsonb_array_elements(items) AS item;
SELECT pg_temp.try('staff.update', :'owner_key', jsonb_build_object('staff_id', :'kim', 'name', 'K')) AS updated,
    pg_temp.try('staff.code', :'owner_key', jsonb_build_object('staff_id', :'kim')) AS code,
    pg_temp.try('staff.totp_begin', :'owner_key', jsonb_build_object('staff_id', :'kim')) AS totp;

-- Who may do less gets nowhere near the code or the second factor of who may do more.
SELECT api_key AS manager_key FROM admit.api_key_create(363, name => 'M', role => 'manager') \gset
SELECT command, pg_temp.try(command, :'manager_key', jsonb_build_object('staff_id', :'lee')) AS answer
FROM unnest(ARRAY['staff.code', 'staff.deactivate', 'staff.totp_begin', 'staff.totp_invite', 'staff.totp_reset', 'staff.update']) AS command;
SELECT pg_temp.try('staff.create', :'manager_key', '{"name": "N", "role": "admin"}') AS makes_an_admin,
    pg_temp.try('staff.create', :'manager_key', '{"name": "N", "role": "staff"}') AS makes_staff,
    pg_temp.try('staff.update', :'manager_key', jsonb_build_object('staff_id', :'jo', 'role', 'admin')) AS promotes,
    pg_temp.try('staff.get', :'manager_key', jsonb_build_object('staff_id', :'lee')) AS reads,
    pg_temp.try('staff.configure', :'manager_key', '{"totp_roles": []}') AS configures;
SELECT api_key AS staff_key FROM admit.api_key_create(363, name => 'S', role => 'staff') \gset
SELECT pg_temp.try('staff.totp_begin', :'staff_key', jsonb_build_object('staff_id', :'max')) AS for_another,
    pg_temp.try('staff.totp_begin', :'staff_key') AS for_no_person, pg_temp.try('staff.logout', :'staff_key') AS no_session,
    pg_temp.try('staff.list', :'staff_key') AS lists;
SELECT pg_temp.try('staff.login', :'owner_key', '{"staff_code": "x"}') AS without_a_device;

-- A key of a venue or event sees and makes only people who work there and nowhere else.
SELECT api_key AS hall_key FROM admit.api_key_create(363, name => 'H', role => 'manager', venue_id => :'hall') \gset
SELECT api_key AS friday_key FROM admit.api_key_create(363, name => 'F', role => 'manager', event_id => :'friday') \gset
SELECT name, pg_temp.try('staff.get', :'hall_key', jsonb_build_object('staff_id', staff_id)) AS hall, pg_temp.try('staff.get', :'friday_key', jsonb_build_object('staff_id', staff_id)) AS friday,
    pg_temp.try('staff.code', :'hall_key', jsonb_build_object('staff_id', staff_id)) AS hall_code
FROM (VALUES (1, 'Jo', :'jo'), (2, 'Sam', :'sam'), (3, 'Max', :'max'), (4, 'nobody', admit.uuid7()::text)) AS people (rank, name, staff_id) ORDER BY rank;
SELECT admit.dispatch(363, 'staff.create', :'hall_key', '{"name": "Own", "role": "staff"}', 'own')::jsonb ->> 'staff_id' AS own \gset
SELECT venue_ids = jsonb_build_array(:'hall') AS of_the_hall FROM admit.staff_get(363, staff_id => :'own');
SELECT pg_temp.try('staff.create', :'hall_key', jsonb_build_object('name', 'N', 'role', 'staff', 'venue_ids', jsonb_build_array(:'annex'))) AS annex,
    pg_temp.try('staff.create', :'hall_key', jsonb_build_object('name', 'N', 'role', 'staff', 'event_ids', jsonb_build_array(:'elsewhere'))) AS elsewhere,
    pg_temp.try('staff.create', :'friday_key', jsonb_build_object('name', 'N', 'role', 'staff', 'event_ids', jsonb_build_array(:'friday', :'saturday'))) AS saturday,
    pg_temp.try('staff.update', :'hall_key', jsonb_build_object('staff_id', :'own', 'venue_ids', jsonb_build_array(:'annex'))) AS moves;
SELECT pg_temp.try('staff.activity', :'hall_key', jsonb_build_object('staff_id', :'jo')) AS activity, pg_temp.try('staff.activity', :'hall_key', jsonb_build_object('staff_id', :'own')) AS own_activity;
-- Which roles need a second factor.
SELECT totp_roles FROM admit.staff_configure(363, totp_roles => '["manager", "admin", "manager"]');
SELECT totp_required FROM admit.staff_get(363, staff_id => :'sam');
SELECT admit.staff_configure(363, totp_roles => '["unheard_of"]');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.try('staff.configure', :'hall_key', '{"totp_roles": []}') AS by_the_hall;
SELECT totp_roles FROM admit.staff_configure(363, totp_roles => '[]');
SELECT sealed_entries > 0 AS sealed FROM admit.tick(363);
SELECT * FROM admit.verify(363) WHERE violations <> 0;
