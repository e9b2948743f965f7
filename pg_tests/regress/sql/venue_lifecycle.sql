-- Venues, gates, events and devices: made, changed, listed in pages, archived; and what is refused.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(49, 'Lifecycle');
-- Venues.
SELECT venue_id, name, time_zone, status, capacity FROM admit.venue_create(49, name => 'Hall', time_zone => 'Asia/Jakarta', capacity => 100, venue_type => 'club') \gset
\echo :name :time_zone :status :capacity
SELECT admit.venue_create(49, name => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(49, name => 'Hall', time_zone => 'Mars/Olympus');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(49, name => 'Hall', capacity => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(49, name => repeat('x', 201));
\echo :LAST_ERROR_SQLSTATE
SELECT name, address, capacity FROM admit.venue_update(49, venue_id => :'venue_id', name => 'Great hall', address => '1 Street');
SELECT count(*) AS more FROM (SELECT admit.venue_create(49, name => 'Venue ' || number) FROM generate_series(1, 6) AS number OFFSET 0) AS made;
WITH RECURSIVE page AS (
    SELECT 1 AS number, l.* FROM admit.venue_list(49, "limit" => 3) AS l
    UNION ALL
    SELECT page.number + 1, l.* FROM page, LATERAL admit.venue_list(49, cursor => page.next_cursor, "limit" => 3) AS l WHERE page.next_cursor IS NOT NULL
)
SELECT number, (SELECT string_agg(i ->> 'name', ', ') FROM jsonb_array_elements(items) AS i) AS venues FROM page ORDER BY number;
SELECT admit.venue_list(49, "limit" => 201);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_list(49, status => 'gone');
\echo :LAST_ERROR_SQLSTATE
-- Gates.
SELECT gate_id FROM admit.gate_create(49, venue_id => :'venue_id', name => 'Door', gate_type => 'door', nfc_tag_id => '04:AB') \gset
SELECT admit.gate_create(49, venue_id => :'venue_id', name => 'Window', gate_type => 'window');
\echo :LAST_ERROR_SQLSTATE
SELECT name, status FROM admit.gate_update(49, gate_id => :'gate_id', name => 'Main door', status => 'inactive');
SELECT status FROM admit.gate_update(49, gate_id => :'gate_id', status => 'active');
SELECT jsonb_array_length(items) AS gates, items -> 0 ->> 'nfc_tag_id' AS tag FROM admit.gate_list(49, venue_id => :'venue_id');
-- Events.
SELECT event_id, currency, time_zone, status, requires_pass, reentry_allowed FROM admit.event_create(49, venue_id => :'venue_id', name => 'Night',
    starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day', capacity => 50) \gset
\echo :currency :time_zone :status :requires_pass :reentry_allowed
SELECT admit.event_create(49, venue_id => :'venue_id', name => 'Backwards', starts_at => now(), ends_at => now() - interval '1 hour');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(49, venue_id => :'venue_id', name => 'No money', starts_at => now(), ends_at => now() + interval '1 hour', currency => 'ZZZ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(49, venue_id => :'venue_id', name => 'Negative', starts_at => now(), ends_at => now() + interval '1 hour', entry_fee_cents => -1);
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY sqlstate
SELECT admit.event_create(49, venue_id => :'venue_id', name => 'Endless', starts_at => now(), ends_at => 'infinity');
\set VERBOSITY terse
SELECT admit.event_create(49, venue_id => :'venue_id', name => 'Never', starts_at => now(), ends_at => now() + interval '1 hour', entries_max => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(49, event_id => :'event_id', ends_at => now() - interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT name, entries_max FROM admit.event_update(49, event_id => :'event_id', name => 'Long night', entries_max => 3);
SELECT jsonb_array_length(items) AS events FROM admit.event_list(49, venue_id => :'venue_id', status => 'active');
-- Devices.
SELECT device_id, device_token FROM admit.device_register(49, name => 'Scanner', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT admit.device_register(49, name => 'Scanner', gate_id => :'gate_id', token_hours => 25);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_register(49, name => 'Scanner', gate_id => :'gate_id', token_hours => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT (admit.dispatch(49, 'event.get', :'device_token', format('{"event_id": "%s"}', :'event_id'))::jsonb) ->> 'name' AS event;
SELECT device_token AS renewed FROM admit.device_renew(49, device_id => :'device_id') \gset
SELECT admit.dispatch(49, 'event.get', :'device_token', format('{"event_id": "%s"}', :'event_id'));
\echo :LAST_ERROR_SQLSTATE
SELECT (admit.dispatch(49, 'event.get', :'renewed', format('{"event_id": "%s"}', :'event_id'))::jsonb) ->> 'name' AS event;
SELECT venue_id AS other_venue FROM admit.venue_create(49, name => 'Other') \gset
SELECT gate_id AS other_gate FROM admit.gate_create(49, venue_id => :'other_venue', name => 'Door', gate_type => 'door') \gset
SELECT admit.device_assign(49, device_id => :'device_id', gate_id => :'other_gate', event_id => :'event_id');
\echo :LAST_ERROR_SQLSTATE
SELECT gate_id = :'other_gate' AS moved, event_id IS NULL AS unbound FROM admit.device_assign(49, device_id => :'device_id', gate_id => :'other_gate');
SELECT gate_id = :'gate_id' AS back FROM admit.device_assign(49, device_id => :'device_id', gate_id => :'gate_id', event_id => :'event_id');
SELECT jsonb_array_length(items) AS devices FROM admit.device_list(49, venue_id => :'venue_id');
-- Archived: a gate, an event, a venue each stop the scan with a reason, and nothing new is made of them.
SELECT session_token FROM admit.wallet_open(49, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT status FROM admit.gate_update(49, gate_id => :'gate_id', status => 'inactive');
SELECT outcome, reason FROM admit.scan(49, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT status FROM admit.gate_update(49, gate_id => :'gate_id', status => 'active');
SELECT status FROM admit.venue_update(49, venue_id => :'venue_id', status => 'inactive');
SELECT outcome, reason FROM admit.scan(49, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT status FROM admit.venue_update(49, venue_id => :'venue_id', status => 'active');
SELECT status FROM admit.event_update(49, event_id => :'event_id', status => 'archived');
SELECT outcome, reason FROM admit.scan(49, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT admit.event_update(49, event_id => :'event_id', name => 'Again');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_open(49, event_id => :'event_id', venue_id => :'venue_id');
\echo :LAST_ERROR_SQLSTATE
SELECT revoked_at IS NOT NULL AS revoked FROM admit.device_revoke(49, device_id => :'device_id');
SELECT admit.device_renew(49, device_id => :'device_id');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.device_assign(49, device_id => :'device_id', gate_id => :'gate_id');
\echo :LAST_ERROR_SQLSTATE
-- Who did what is in the journal.
SELECT i ->> 'action' AS action, count(*) FROM admit.journal_list(49, "limit" => 200) AS l, jsonb_array_elements(l.items) AS i GROUP BY 1 ORDER BY 1;
SELECT * FROM admit.verify(49) WHERE violations <> 0;
