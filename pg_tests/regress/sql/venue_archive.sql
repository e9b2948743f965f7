-- Listing venues and events in pages, and what archived or paused ones still do.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(633, 'Archive') \gset
SELECT count(venue_id) AS venues FROM generate_series(1, 5) AS i, LATERAL admit.venue_create(633, name => 'Venue ' || i);
SELECT venue_id AS many FROM admit.venue WHERE tenant_id = 633 AND name = 'Venue 1' \gset
SELECT count(event_id) AS events FROM generate_series(1, 7) AS i, LATERAL admit.event_create(633, venue_id => :'many', name => 'Event ' || i,
    starts_at => now(), ends_at => now() + interval '1 day');
SELECT count(*) AS archived FROM admit.venue AS v, LATERAL admit.venue_update(633, venue_id => v.venue_id, status => 'archived')
WHERE v.tenant_id = 633 AND v.name IN ('Venue 4', 'Venue 5');

-- Pages of any size show each once, newest first.
CREATE FUNCTION pg_temp.walk(command text, filter jsonb, page_size integer, OUT page integer, OUT place bigint, OUT item jsonb)
RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    page := 0;
    LOOP
        answer := admit.call(633, command, filter || jsonb_build_object('limit', page_size, 'cursor', answer ->> 'next_cursor'));
        page := page + 1;
        RETURN QUERY SELECT page, items.ordinality, items.value FROM jsonb_array_elements(answer -> 'items') WITH ORDINALITY AS items;
        EXIT WHEN answer ->> 'next_cursor' IS NULL;
    END LOOP;
END
$$;
SELECT asked.command, asked.filter - 'venue_id' AS filter, asked.size, max(page) AS pages, count(*) AS items, count(DISTINCT item -> 'name') AS different,
    array_agg(item ORDER BY page, place) = array_agg(item ORDER BY coalesce(item ->> 'event_id', item ->> 'venue_id') DESC) AS newest_first
FROM (VALUES ('venue.list', '{}'::jsonb, 1), ('venue.list', '{}', 2), ('venue.list', '{}', 5), ('venue.list', '{"status": "active"}', 2),
             ('venue.list', '{"status": "archived"}', 1), ('event.list', '{}', 3), ('event.list', '{"status": "active"}', 7),
             ('event.list', jsonb_build_object('venue_id', :'many'), 4)) AS asked (command, filter, size),
    LATERAL pg_temp.walk(asked.command, asked.filter, asked.size)
GROUP BY 1, asked.filter, 3 ORDER BY 1, asked.filter::text COLLATE "C", 3;
SELECT items, next_cursor FROM admit.event_list(633, status => 'archived');
SELECT items, next_cursor FROM admit.event_list(633, venue_id => admit.uuid7());
SELECT admit.venue_list(633, "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_list(633, "limit" => 201);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_list(633, cursor => 'second page');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_list(633, status => 'closed');
\echo :LAST_ERROR_SQLSTATE

-- One guest at one door.
SELECT venue_id FROM admit.venue_create(633, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(633, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(633, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0, capacity => 10) \gset
SELECT device_id FROM admit.device_register(633, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token FROM admit.wallet_open(633, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT session_token AS second FROM admit.wallet_open(633, event_id => :'event_id', venue_id => :'venue_id') \gset
\set enter 'SELECT outcome, reason, inside FROM admit.scan(633, ' :'session_token' ', ' :'device_id' ', ''entry'', admit.uuid7());'
\set leave 'SELECT outcome, reason, inside FROM admit.scan(633, ' :'session_token' ', ' :'device_id' ', ''exit'', admit.uuid7());'
:enter
-- Fewer places than people inside is refused; as many as people inside is full.
SELECT outcome FROM admit.scan(633, :'second', :'device_id', 'entry', admit.uuid7());
SELECT admit.event_update(633, event_id => :'event_id', capacity => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.event_update(633, event_id => :'event_id', capacity => 2);
SELECT session_token AS third FROM admit.wallet_open(633, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT outcome, reason FROM admit.scan(633, :'third', :'device_id', 'entry', admit.uuid7());
-- A venue that counted nobody cannot begin to count while its events run.
SELECT admit.venue_update(633, venue_id => :'venue_id', capacity => 50);
\echo :LAST_ERROR_SQLSTATE
-- Paused gate, venue and event close the door, also for leaving; made active again they open it.
SELECT status FROM admit.gate_update(633, gate_id => :'gate_id', status => 'inactive');
:leave
SELECT status FROM admit.gate_update(633, gate_id => :'gate_id', status => 'active');
:leave
SELECT status FROM admit.venue_update(633, venue_id => :'venue_id', status => 'inactive');
-- No new wallet at a venue that is closed.
SELECT admit.wallet_open(633, event_id => :'event_id', venue_id => :'venue_id');
\echo :LAST_ERROR_SQLSTATE
:enter
SELECT admit.event_create(633, venue_id => :'venue_id', name => 'E', starts_at => now(), ends_at => now() + interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT status FROM admit.venue_update(633, venue_id => :'venue_id', status => 'active');
SELECT status FROM admit.event_update(633, event_id => :'event_id', status => 'inactive');
:enter
SELECT status FROM admit.event_update(633, event_id => :'event_id', status => 'active');
:enter
-- Before it starts and after it ends nobody comes in; leaving is possible after the end.
SELECT ends_at < now() AS over FROM admit.event_update(633, event_id => :'event_id', ends_at => now() - interval '1 second');
SELECT outcome, reason FROM admit.scan(633, :'third', :'device_id', 'entry', admit.uuid7());
:leave
SELECT starts_at > now() AS later FROM admit.event_update(633, event_id => :'event_id', starts_at => now() + interval '1 hour', ends_at => now() + interval '1 day');
:enter
SELECT starts_at < now() AS now FROM admit.event_update(633, event_id => :'event_id', starts_at => now() - interval '1 hour');

-- An archived gate stays archived, admits nobody and takes no device.
SELECT gate_id AS side FROM admit.gate_create(633, venue_id => :'venue_id', name => 'Side', gate_type => 'door') \gset
SELECT status FROM admit.gate_update(633, gate_id => :'gate_id', status => 'archived');
:enter
SELECT admit.gate_update(633, gate_id => :'gate_id', status => 'active');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_update(633, gate_id => :'gate_id', name => 'Door again');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(633, name => 'E', gate_id => :'gate_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.fee_set(633, scope => 'gate', scope_id => :'gate_id', rules => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT gate_id = :'side' AS moved FROM admit.device_assign(633, device_id => :'device_id', gate_id => :'side', event_id => :'event_id');
:enter
-- An archived event stays archived, admits nobody, opens no wallet, takes no fee.
SELECT status FROM admit.event_update(633, event_id => :'event_id', status => 'archived');
:leave
SELECT outcome, reason FROM admit.scan(633, :'third', :'device_id', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan_override(633, event_id => :'event_id', gate_id => :'side', reason => 'let him in', token => :'third', nonce => admit.uuid7());
SELECT admit.wallet_open(633, event_id => :'event_id', venue_id => :'venue_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(633, event_id => :'event_id', status => 'active');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.fee_set(633, scope => 'event', scope_id => :'event_id', rules => '[]');
\echo :LAST_ERROR_SQLSTATE
SELECT status FROM admit.event_get(633, event_id => :'event_id');
-- An archived venue stays archived, takes no gate and no event, and closes the doors of its events.
SELECT event_id AS last_event FROM admit.event_create(633, venue_id => :'venue_id', name => 'Last', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT event_id = :'last_event' AS moved FROM admit.device_assign(633, device_id => :'device_id', gate_id => :'side', event_id => :'last_event');
SELECT status FROM admit.venue_update(633, venue_id => :'venue_id', status => 'archived');
:enter
SELECT admit.venue_update(633, venue_id => :'venue_id', status => 'active');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_create(633, venue_id => :'venue_id', name => 'G', gate_type => 'door');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(633, venue_id => :'venue_id', name => 'E', starts_at => now(), ends_at => now() + interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.fee_set(633, scope => 'venue', scope_id => :'venue_id', rules => '[]');
\echo :LAST_ERROR_SQLSTATE
-- All of it is kept for the records.
SELECT jsonb_array_length(items) AS gates FROM admit.gate_list(633, venue_id => :'venue_id');
SELECT action, count(*) FROM admit.journal WHERE tenant_id = 633 AND action ~ '^(venue|gate|event)\.updated' GROUP BY 1 ORDER BY 1;
SELECT sealed_entries > 0 AS sealed FROM admit.tick(633);
SELECT * FROM admit.verify(633) WHERE violations <> 0;
