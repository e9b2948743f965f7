-- Policies: templates, every rule with its denial, the rule's name and when it would pass.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(403, 'Policies');
SELECT venue_id FROM admit.venue_create(403, name => 'Arena', time_zone => 'Asia/Jakarta') \gset
SELECT gate_id FROM admit.gate_create(403, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(403, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '3 days') \gset
SELECT device_id AS door FROM admit.device_register(403, name => 'Door', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT ticket_type_id AS type FROM admit.ticket_type_create(403, event_id => :'event_id', name => 'Free', price_cents => 0, order_max => 100) \gset
SELECT ticket_type_id AS vip_type FROM admit.ticket_type_create(403, event_id => :'event_id', name => 'VIP', price_cents => 0, zones => '["vip"]') \gset
SELECT ticket_type_id AS crew_type FROM admit.ticket_type_create(403, event_id => :'event_id', name => 'Crew', price_cents => 0, zones => '["Backstage"]') \gset
SELECT session_token AS ann FROM admit.wallet_open(403, event_id => :'event_id', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.code(session_token text, ticket_type_id uuid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    bought admit.order_view := admit.order_create(403, order_id => admit.uuid7(), session_token => $1, pay_with => 'nothing',
        lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $2, 'quantity', 1)));
BEGIN
    RETURN (admit.ticket_get(403, ticket_id => (bought.tickets #>> '{0,ticket_id}')::uuid, session_token => $1)).code;
END
$$;
CREATE FUNCTION pg_temp.scan(token text, device uuid, kind text DEFAULT 'entry', event uuid DEFAULT NULL) RETURNS TABLE (outcome text, reason text, rule text, passes_in interval, entry_number integer) LANGUAGE sql AS $$
SELECT s.outcome, s.reason, s.rule, date_trunc('minute', s.passes_at - now() + interval '30 seconds'), s.entry_number FROM admit.scan(403, $1, $2, $3, admit.uuid7(), event_id => $4) AS s
$$;
CREATE FUNCTION pg_temp.set(policy jsonb, template text DEFAULT NULL) RETURNS jsonb LANGUAGE sql AS $$
SELECT p.policy FROM admit.event AS e, admit.policy_set(403, event_id => e.event_id, policy => $1, template => $2) AS p WHERE e.tenant_id = 403
$$;
-- Templates, and rules that differ from one.
SELECT template, summary, policy FROM admit.policy_template_list(403) AS l, jsonb_to_recordset(l.items) AS t (template text, summary text, policy jsonb);
SELECT policy FROM admit.policy_get(403, event_id => :'event_id');
SELECT pg_temp.set(NULL, 'concert');
SELECT reentry_allowed, entries_max, duplicate_window_ms FROM admit.event_get(403, event_id => :'event_id');
SELECT pg_temp.set('{"duplicate_window_ms": 1000, "reentry": {"allowed": true, "cooldown_seconds": 600}}', 'festival');
SELECT reentry_allowed, entries_max, duplicate_window_ms FROM admit.event_get(403, event_id => :'event_id');
-- What makes no sense is refused, and nothing changes.
SELECT pg_temp.set(NULL, NULL);
SELECT pg_temp.set('{}', 'party');
SELECT pg_temp.set('{"reentry": {"allowed": false, "cooldown_seconds": 60}}');
SELECT pg_temp.set('{"reentry": [true]}');
SELECT pg_temp.set('[]');
SELECT pg_temp.set('{"zones": {"includes": {"VIP": ["VIP"]}}}');
SELECT pg_temp.set('{"zones": {"check": "sometimes"}}');
SELECT pg_temp.set('{"hours": [{"from": "18:00", "until": "sunrise"}]}');
SELECT pg_temp.set('{"hours": [{"from": "18:00", "until": "20:00", "ticket_type_ids": ["00000000-0000-7000-8000-000000000001"]}]}');
SELECT pg_temp.set('{"entries_per_day_max": 0}');
SELECT pg_temp.set('{"check_in_closes_minutes": 10081}');
SELECT pg_temp.set('{"entry": "maybe"}');
SELECT policy FROM admit.policy_get(403, event_id => :'event_id');
-- The duplicate window names itself and when it is over; where nobody comes back, time makes no difference.
SELECT pg_temp.set('{"duplicate_window_ms": 3600000, "exit_scans": false, "reentry": {"allowed": true}}') IS NOT NULL AS set;
SELECT pg_temp.code(:'ann', :'type') AS code \gset
SELECT * FROM pg_temp.scan(:'code', :'door');
SELECT * FROM pg_temp.scan(:'code', :'door');
SELECT pg_temp.set('{"duplicate_window_ms": 3600000, "reentry": {"allowed": false}}') IS NOT NULL AS set;
SELECT * FROM pg_temp.scan(:'code', :'door');
-- Cool-down and the most entries, of a ticket and of a wallet.
SELECT pg_temp.set('{"duplicate_window_ms": 0, "exit_scans": true, "reentry": {"allowed": true, "entries_max": 2, "cooldown_seconds": 7200}}') IS NOT NULL AS set;
SELECT * FROM pg_temp.scan(:'code', :'door', 'exit');
SELECT * FROM pg_temp.scan(:'code', :'door');
SELECT * FROM pg_temp.scan(:'ann', :'door');
SELECT * FROM pg_temp.scan(:'ann', :'door');
SELECT * FROM pg_temp.scan(:'ann', :'door', 'exit');
SELECT * FROM pg_temp.scan(:'ann', :'door');
SELECT pg_temp.set('{"reentry": {"allowed": true, "entries_max": 2, "cooldown_seconds": 1}}') IS NOT NULL AS set;
SELECT pg_sleep(1.1);
SELECT * FROM pg_temp.scan(:'ann', :'door');
SELECT * FROM pg_temp.scan(:'code', :'door');
SELECT * FROM pg_temp.scan(:'code', :'door', 'exit');
SELECT * FROM pg_temp.scan(:'code', :'door');
-- Entries of a day: until midnight where the event is.
SELECT pg_temp.set('{"entries_per_day_max": 2, "reentry": {"allowed": true}}') IS NOT NULL AS set;
SELECT pg_temp.code(:'ann', :'type') AS code \gset
SELECT * FROM pg_temp.scan(:'code', :'door'), pg_temp.scan(:'code', :'door', 'exit') AS o;
SELECT * FROM pg_temp.scan(:'code', :'door'), pg_temp.scan(:'code', :'door', 'exit') AS o;
SELECT outcome, reason, rule, passes_at = (date_trunc('day', now() AT TIME ZONE 'Asia/Jakarta') + interval '1 day') AT TIME ZONE 'Asia/Jakarta' AS at_midnight FROM admit.scan(403, :'code', :'door', 'entry', admit.uuid7());
SELECT last_day = (now() AT TIME ZONE 'Asia/Jakarta')::date - DATE '2000-01-01' AS today, day_entries FROM admit.ticket WHERE tenant_id = 403 ORDER BY ticket_id DESC LIMIT 1;
-- Hours of entry, for all and for a type.
SELECT pg_temp.set(jsonb_build_object('hours', jsonb_build_array(jsonb_build_object('from', to_char(now() AT TIME ZONE 'Asia/Jakarta' + interval '2 hours', 'HH24:MI'), 'until', to_char(now() AT TIME ZONE 'Asia/Jakarta' + interval '3 hours', 'HH24:MI'))))) IS NOT NULL AS set;
SELECT pg_temp.code(:'ann', :'type') AS code \gset
SELECT outcome, reason, rule, passes_at = date_trunc('minute', now() + interval '2 hours') AS in_two_hours FROM admit.scan(403, :'code', :'door', 'entry', admit.uuid7());
SELECT pg_temp.set(jsonb_build_object('hours', jsonb_build_array(jsonb_build_object('ticket_type_ids', jsonb_build_array(:'vip_type'), 'from', to_char(now() AT TIME ZONE 'Asia/Jakarta' + interval '2 hours', 'HH24:MI'), 'until', to_char(now() AT TIME ZONE 'Asia/Jakarta' + interval '3 hours', 'HH24:MI'))))) IS NOT NULL AS set;
SELECT * FROM pg_temp.scan(:'code', :'door');
SELECT pg_temp.code(:'ann', :'vip_type') AS vip \gset
SELECT outcome, reason FROM pg_temp.scan(:'vip', :'door');
SELECT pg_temp.set(jsonb_build_object('hours', jsonb_build_array(jsonb_build_object('from', to_char(now() AT TIME ZONE 'Asia/Jakarta' - interval '1 hour', 'HH24:MI'), 'until', to_char(now() AT TIME ZONE 'Asia/Jakarta' + interval '1 hour', 'HH24:MI'))))) IS NOT NULL AS set;
SELECT * FROM pg_temp.scan(:'vip', :'door');
-- Zones: hierarchical by default, strict, with all-access zones, off. A ticket without a zone, and a wallet, are general admission.
SELECT device_id AS vip_door FROM admit.device_register(403, name => 'VIP', gate_id => :'gate_id', event_id => :'event_id', zones => '["VIP"]') \gset
SELECT device_id AS ga_door FROM admit.device_register(403, name => 'GA', gate_id => :'gate_id', event_id => :'event_id', zones => '["ga"]') \gset
SELECT device_id AS stage_door FROM admit.device_register(403, name => 'Stage', gate_id => :'gate_id', event_id => :'event_id', zones => '["BACKSTAGE"]') \gset
CREATE FUNCTION pg_temp.doors(policy jsonb) RETURNS TABLE (holder text, door text, outcome text, reason text, rule text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.set(policy || '{"duplicate_window_ms": 0, "exit_scans": false, "reentry": {"allowed": true}}');
    RETURN QUERY
    SELECT h.name, d.name, s.outcome, s.reason, s.rule
    FROM holder AS h CROSS JOIN admit.device AS d CROSS JOIN LATERAL admit.scan(403, h.token, d.device_id, 'entry', admit.uuid7()) AS s
    WHERE d.tenant_id = 403 AND d.name <> 'Door' ORDER BY h.name, d.name;
END
$$;
CREATE TEMPORARY TABLE holder AS
SELECT 'crew' AS name, pg_temp.code(:'ann', :'crew_type') AS token UNION ALL SELECT 'vip', :'vip' UNION ALL SELECT 'plain', :'code' UNION ALL SELECT 'wallet', :'ann';
SELECT * FROM pg_temp.doors('{}');
SELECT * FROM pg_temp.doors('{"zones": {"check": "strict"}}');
SELECT * FROM pg_temp.doors('{"zones": {"check": "strict", "all_access": ["vip"]}}') WHERE holder = 'vip';
SELECT * FROM pg_temp.doors('{"zones": {"includes": {"GA": ["BACKSTAGE"]}}}') WHERE holder IN ('plain', 'vip');
SELECT * FROM pg_temp.doors('{"zones": {"check": "off"}}') WHERE reason IS NOT NULL;
-- Leaving is free everywhere.
SELECT outcome FROM pg_temp.scan(:'code', :'stage_door', 'exit');
-- The check-in window opens before the start and closes for those who were not in yet.
SELECT event_id AS later FROM admit.event_create(403, venue_id => :'venue_id', name => 'Later', starts_at => now() + interval '3 hours', ends_at => now() + interval '1 day', reentry_allowed => true, exit_scans => false, duplicate_window_ms => 0) \gset
SELECT ticket_type_id AS later_type FROM admit.ticket_type_create(403, event_id => :'later', name => 'Free', price_cents => 0) \gset
SELECT device_id AS later_door FROM admit.device_register(403, name => 'Later', gate_id => :'gate_id', event_id => :'later') \gset
SELECT pg_temp.code(:'ann', :'later_type') AS early \gset
SELECT pg_temp.code(:'ann', :'later_type') AS late \gset
SELECT * FROM pg_temp.scan(:'early', :'later_door');
SELECT policy ->> 'check_in_opens_minutes' AS opens FROM admit.policy_set(403, event_id => :'later', policy => '{"check_in_opens_minutes": 120}');
SELECT * FROM pg_temp.scan(:'early', :'later_door');
SELECT policy ->> 'check_in_opens_minutes' AS opens FROM admit.policy_set(403, event_id => :'later', policy => '{"check_in_opens_minutes": 240}');
SELECT * FROM pg_temp.scan(:'early', :'later_door');
SELECT name FROM admit.event_update(403, event_id => :'later', starts_at => now() - interval '3 hours');
SELECT policy ->> 'check_in_closes_minutes' AS closes FROM admit.policy_set(403, event_id => :'later', policy => '{"check_in_opens_minutes": 240, "check_in_closes_minutes": 120}');
SELECT * FROM pg_temp.scan(:'late', :'later_door');
SELECT * FROM pg_temp.scan(:'early', :'later_door');
-- What was denied, and by which rule, stays in the journal.
SELECT body ->> 'rule' AS rule, count(*), bool_and(body ? 'passes_at') AS always_a_time FROM (SELECT body::jsonb AS body FROM admit.journal WHERE tenant_id = 403 AND action = 'scan.denied') AS j GROUP BY 1 ORDER BY 1;
SELECT * FROM admit.verify(403) WHERE violations <> 0;
