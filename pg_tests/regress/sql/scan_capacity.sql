-- Places: of the event, of the venue, of both; an exit frees one; nobody overrides the limit.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(39, 'Capacity');
SELECT venue_id FROM admit.venue_create(39, name => 'Hall', capacity => 20) \gset
SELECT gate_id FROM admit.gate_create(39, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
CREATE FUNCTION pg_temp.event(capacity integer) RETURNS uuid LANGUAGE sql AS $$
    SELECT e.event_id FROM admit.venue AS v, LATERAL admit.event_create(39, venue_id => v.venue_id, name => 'Night', starts_at => now() - interval '1 hour',
        ends_at => now() + interval '1 day', capacity => $1, reentry_allowed => true, exit_scans => true, duplicate_window_ms => 0) AS e WHERE v.tenant_id = 39 $$;
CREATE TABLE capacity_guest (event_id uuid, number integer, token text, device_id uuid);
-- Opens guests of an event; each gets the event's device.
CREATE FUNCTION pg_temp.guests(event uuid, guests integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO capacity_guest
    SELECT event, number, (admit.wallet_open(39, event_id => event, venue_id => g.venue_id)).session_token, d.device_id
    FROM admit.gate AS g, LATERAL admit.device_register(39, name => 'D', gate_id => g.gate_id, event_id => event) AS d,
    generate_series(1, guests) AS number WHERE g.tenant_id = 39 $$;
CREATE FUNCTION pg_temp.scans(event uuid, kind text) RETURNS TABLE (outcome text, reason text, guests bigint) LANGUAGE sql AS $$
    SELECT s.outcome, s.reason, count(*) FROM (SELECT * FROM capacity_guest WHERE event_id = event ORDER BY number) AS g,
    LATERAL admit.scan(39, g.token, g.device_id, kind, admit.uuid7()) AS s GROUP BY 1, 2 ORDER BY 1, 2 $$;
SELECT admit.event_create(39, venue_id => :'venue_id', name => 'None', starts_at => now(), ends_at => now() + interval '1 day', capacity => 0);
\echo :LAST_ERROR_SQLSTATE
-- One place, two guests.
SELECT pg_temp.event(1) AS small \gset
SELECT pg_temp.guests(:'small', 2);
SELECT * FROM pg_temp.scans(:'small', 'entry');
SELECT * FROM pg_temp.scans(:'small', 'exit');
SELECT * FROM pg_temp.scans(:'small', 'entry');
-- Staff cannot override the fire department.
SELECT outcome, reason FROM capacity_guest AS g, LATERAL admit.scan_override(39, event_id => :'small', gate_id => :'gate_id', reason => 'a friend',
    token => g.token, nonce => admit.uuid7()) WHERE g.event_id = :'small' AND g.number = 2;
-- Seventeen places, more than there are buckets; one is inside already, so the venue has 19 left.
SELECT pg_temp.event(17) AS middle \gset
SELECT pg_temp.guests(:'middle', 25);
SELECT * FROM pg_temp.scans(:'middle', 'entry');
-- The venue's last two places, for an event without a limit of its own.
SELECT pg_temp.event(NULL) AS open \gset
SELECT pg_temp.guests(:'open', 5);
SELECT * FROM pg_temp.scans(:'open', 'entry');
SELECT inside FROM admit.report_live(39, :'open');
-- A refused guest of a full venue took no place of the event either.
SELECT * FROM pg_temp.scans(:'open', 'exit');
SELECT * FROM pg_temp.scans(:'open', 'entry');
-- Fewer places than people inside, and more again.
SELECT capacity FROM admit.event_update(39, event_id => :'middle', capacity => 5);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.event_update(39, event_id => :'middle', capacity => 18);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.venue_update(39, venue_id => :'venue_id', capacity => 40);
SELECT * FROM pg_temp.scans(:'middle', 'entry');
SELECT sealed_entries > 0 AS sealed FROM admit.tick(39);
SELECT inside, capacity FROM admit.report_live(39, :'middle');
SELECT i ->> 'kind' AS kind, i ->> 'message' AS message FROM admit.alert_list(39, event_id => :'middle') AS l, jsonb_array_elements(l.items) AS i ORDER BY 1;
SELECT * FROM admit.verify(39) WHERE violations <> 0;
DROP TABLE capacity_guest;
