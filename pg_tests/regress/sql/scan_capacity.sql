-- Capacity: an event or venue takes exactly as many as it has places, a place that is left is free again.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(203, 'Capacity');
SELECT live, webhook_secrets FROM admit.provider_configure(203, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id AS field FROM admit.venue_create(203, name => 'Field') \gset
SELECT gate_id AS door FROM admit.gate_create(203, venue_id => :'field', name => 'Door', gate_type => 'door') \gset
SELECT device_id AS scanner FROM admit.device_register(203, name => 'Scanner', gate_id => :'door') \gset
-- New guests arrive one after the other; what became of them.
CREATE TABLE pg_temp.guest (event_id uuid, number serial, token text);
CREATE FUNCTION pg_temp.arrive(event_id uuid, venue_id uuid, device_id uuid, guests integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    new_token text;
    outcomes text[];
BEGIN
    FOR number IN 1 .. guests LOOP
        SELECT session_token INTO new_token FROM admit.wallet_open(203, event_id, venue_id);
        INSERT INTO pg_temp.guest (event_id, token) VALUES (arrive.event_id, new_token);
        SELECT outcomes || coalesce(s.reason, s.outcome) INTO outcomes
        FROM admit.scan(203, new_token, device_id, 'entry', admit.uuid7(), event_id => event_id) AS s;
    END LOOP;
    RETURN (SELECT string_agg(format('%s %s', c.count, c.outcome), ', ' ORDER BY c.outcome)
            FROM (SELECT count(*), o.outcome FROM unnest(outcomes) AS o (outcome) GROUP BY o.outcome) AS c);
END
$$;
\set times 'starts_at => now() - interval ''1 hour'', ends_at => now() + interval ''1 day'', duplicate_window_ms => 0, reentry_allowed => true'
SELECT event_id AS one FROM admit.event_create(203, venue_id => :'field', name => 'One', :times, capacity => 1) \gset
SELECT event_id AS two FROM admit.event_create(203, venue_id => :'field', name => 'Two', :times, capacity => 2) \gset
SELECT event_id AS seventeen FROM admit.event_create(203, venue_id => :'field', name => 'Seventeen', :times, capacity => 17) \gset
SELECT event_id AS boundless FROM admit.event_create(203, venue_id => :'field', name => 'Boundless', :times) \gset
SELECT pg_temp.arrive(:'one', :'field', :'scanner', 3);
SELECT pg_temp.arrive(:'two', :'field', :'scanner', 4);
SELECT pg_temp.arrive(:'seventeen', :'field', :'scanner', 20);
SELECT pg_temp.arrive(:'boundless', :'field', :'scanner', 20);
SELECT inside, capacity FROM admit.report_live(203, event_id => :'one');
SELECT inside, capacity FROM admit.report_live(203, event_id => :'two');
SELECT inside, capacity FROM admit.report_live(203, event_id => :'seventeen');
SELECT inside, capacity FROM admit.report_live(203, event_id => :'boundless');
-- One leaves, one comes in, the next does not; each place is given back once.
SELECT token AS first_token FROM pg_temp.guest WHERE event_id = :'one' ORDER BY number LIMIT 1 \gset
SELECT token AS second_token FROM pg_temp.guest WHERE event_id = :'one' ORDER BY number OFFSET 1 LIMIT 1 \gset
\set answer 'outcome, reason, action, entry_number, inside, charged_cents'
\set scan 'SELECT ' :answer ' FROM admit.scan(203, event_id => '
:scan :'one', token => :'first_token', device_id => :'scanner', kind => 'exit', nonce => admit.uuid7());
:scan :'one', token => :'first_token', device_id => :'scanner', kind => 'exit', nonce => admit.uuid7());
:scan :'one', token => :'second_token', device_id => :'scanner', kind => 'entry', nonce => admit.uuid7());
:scan :'one', token => :'first_token', device_id => :'scanner', kind => 'entry', nonce => admit.uuid7());
-- Whoever was scanned in is still counted once after a replay of the same number.
SELECT admit.uuid7() AS nonce \gset
:scan :'one', token => :'second_token', device_id => :'scanner', kind => 'exit', nonce => :'nonce');
:scan :'one', token => :'second_token', device_id => :'scanner', kind => 'exit', nonce => :'nonce');
SELECT pg_temp.arrive(:'one', :'field', :'scanner', 2);
-- At a full house nobody gets in by override, and nobody pays for being refused.
SELECT outcome, reason FROM admit.scan_override(203, event_id => :'one', gate_id => :'door', token => :'first_token', reason => 'Sponsor', nonce => admit.uuid7());
SELECT fee_version FROM admit.fee_set(203, scope => 'event', scope_id => :'one', rules => '[{"action": "reentry", "component": "venue_fee", "fixed_cents": 100, "shares": [{"payee": "venue", "percentage": "100"}]}]');
SELECT pg_temp.fund(203, :'first_token', 250) IS NOT NULL AS funded;
:scan :'one', token => :'first_token', device_id => :'scanner', kind => 'entry', nonce => admit.uuid7());
SELECT balance_cents, entries, inside FROM admit.wallet_get(203, :'first_token');
SELECT capacity FROM admit.event_update(203, event_id => :'one', capacity => 2);
:scan :'one', token => :'first_token', device_id => :'scanner', kind => 'entry', nonce => admit.uuid7());
SELECT balance_cents, entries, inside FROM admit.wallet_get(203, :'first_token');
-- No fewer places than people inside, none at all, or a negative number; as many as people is allowed.
SELECT admit.event_update(203, event_id => :'seventeen', capacity => 16);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(203, event_id => :'seventeen', capacity => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(203, event_id => :'seventeen', capacity => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.event_update(203, event_id => :'boundless', capacity => 20);
SELECT pg_temp.arrive(:'boundless', :'field', :'scanner', 1);
SELECT admit.event_create(203, venue_id => :'field', name => 'None', starts_at => now(), ends_at => now() + interval '1 hour', capacity => 0);
\echo :LAST_ERROR_SQLSTATE
-- A venue that counted nobody so far starts to count only while nothing is on.
SELECT admit.venue_update(203, venue_id => :'field', capacity => 100);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(203, name => 'None', capacity => 0);
\echo :LAST_ERROR_SQLSTATE
-- The 41 who stayed inside are counted: a capacity of 40 is too low, one of 42 leaves one place.
SELECT count(*) AS inside FROM admit.presence AS p JOIN admit.event AS e USING (tenant_id, event_id)
WHERE tenant_id = 203 AND e.venue_id = :'field' AND p.inside;
SELECT count(*) AS inactive FROM admit.event AS e, admit.event_update(203, event_id => e.event_id, status => 'inactive')
WHERE e.tenant_id = 203 AND e.venue_id = :'field';
SELECT admit.venue_update(203, venue_id => :'field', capacity => 40);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.venue_update(203, venue_id => :'field', capacity => 42);
SELECT status, capacity FROM admit.event_update(203, event_id => :'seventeen', status => 'active', capacity => 20);
SELECT pg_temp.arrive(:'seventeen', :'field', :'scanner', 3);
SELECT * FROM admit.verify(203) WHERE violations <> 0;
-- A venue of two places with two events: its limit holds over both, and so does each event's own.
SELECT venue_id AS cellar FROM admit.venue_create(203, name => 'Cellar', capacity => 2) \gset
SELECT gate_id AS stairs FROM admit.gate_create(203, venue_id => :'cellar', name => 'Stairs', gate_type => 'door') \gset
SELECT device_id AS cellar_scanner FROM admit.device_register(203, name => 'Cellar', gate_id => :'stairs') \gset
SELECT event_id AS early FROM admit.event_create(203, venue_id => :'cellar', name => 'Early', :times, capacity => 1) \gset
SELECT event_id AS late FROM admit.event_create(203, venue_id => :'cellar', name => 'Late', :times, capacity => 5) \gset
SELECT pg_temp.arrive(:'early', :'cellar', :'cellar_scanner', 2);
SELECT pg_temp.arrive(:'late', :'cellar', :'cellar_scanner', 3);
SELECT inside FROM admit.report_live(203, event_id => :'late');
SELECT token AS early_token FROM pg_temp.guest WHERE event_id = :'early' ORDER BY number LIMIT 1 \gset
SELECT token AS late_token FROM pg_temp.guest WHERE event_id = :'late' ORDER BY number OFFSET 2 LIMIT 1 \gset
SELECT outcome, reason FROM admit.scan_override(203, event_id => :'late', gate_id => :'stairs', token => :'late_token', reason => 'Sponsor', nonce => admit.uuid7());
:scan :'early', token => :'early_token', device_id => :'cellar_scanner', kind => 'exit', nonce => admit.uuid7());
SELECT outcome, reason FROM admit.scan_override(203, event_id => :'late', gate_id => :'stairs', token => :'late_token', reason => 'Sponsor', nonce => admit.uuid7());
SELECT pg_temp.arrive(:'early', :'cellar', :'cellar_scanner', 1);
SELECT admit.venue_update(203, venue_id => :'cellar', capacity => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.venue_update(203, venue_id => :'cellar', capacity => 3);
SELECT pg_temp.arrive(:'early', :'cellar', :'cellar_scanner', 2);
SELECT pg_temp.arrive(:'late', :'cellar', :'cellar_scanner', 1);
-- A venue of seventeen places under an event without a limit.
SELECT venue_id AS barn FROM admit.venue_create(203, name => 'Barn', capacity => 17) \gset
SELECT gate_id AS barn_door FROM admit.gate_create(203, venue_id => :'barn', name => 'Barn door', gate_type => 'door') \gset
SELECT device_id AS barn_scanner FROM admit.device_register(203, name => 'Barn', gate_id => :'barn_door') \gset
SELECT event_id AS dance FROM admit.event_create(203, venue_id => :'barn', name => 'Dance', :times) \gset
SELECT pg_temp.arrive(:'dance', :'barn', :'barn_scanner', 19);
-- Another connection finds the same places: none, then the one that it gave back itself.
SELECT token AS dance_token FROM pg_temp.guest WHERE event_id = :'dance' ORDER BY number LIMIT 1 \gset
SELECT session_token AS waiting FROM admit.wallet_open(203, :'dance', :'barn') \gset
\c -
\set VERBOSITY terse
:scan :'dance', token => :'waiting', device_id => :'barn_scanner', kind => 'entry', nonce => admit.uuid7());
:scan :'dance', token => :'dance_token', device_id => :'barn_scanner', kind => 'exit', nonce => admit.uuid7());
:scan :'dance', token => :'waiting', device_id => :'barn_scanner', kind => 'entry', nonce => admit.uuid7());
:scan :'dance', token => :'dance_token', device_id => :'barn_scanner', kind => 'entry', nonce => admit.uuid7());
SELECT * FROM admit.verify(203) WHERE violations <> 0;
