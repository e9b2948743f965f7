-- Scans of days before a ticket's last one, however late they arrive: a pass counts each day once.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(408, 'Days');
SELECT venue_id FROM admit.venue_create(408, name => 'Meadow', time_zone => 'UTC') \gset
SELECT gate_id AS north FROM admit.gate_create(408, venue_id => :'venue_id', name => 'North', gate_type => 'door') \gset
SELECT event_id AS festival FROM admit.event_create(408, venue_id => :'venue_id', name => 'Festival', starts_at => now() - interval '6 days', ends_at => now() + interval '2 days', exit_scans => false, duplicate_window_ms => 5000) \gset
SELECT event_id AS fair FROM admit.event_create(408, venue_id => :'venue_id', name => 'Fair', starts_at => now() - interval '6 days', ends_at => now() + interval '2 days', exit_scans => false, duplicate_window_ms => 5000, reentry_allowed => true) \gset
SELECT policy ->> 'entries_per_day_max' AS a_day FROM admit.policy_set(408, event_id => :'fair', policy => '{"duplicate_window_ms": 5000, "exit_scans": false, "reentry": {"allowed": true}, "entries_per_day_max": 2}');
SELECT device_id AS a FROM admit.device_register(408, name => 'A', gate_id => :'north', event_id => :'festival') \gset
SELECT device_id AS b FROM admit.device_register(408, name => 'B', gate_id => :'north', event_id => :'festival') \gset
SELECT device_id AS c FROM admit.device_register(408, name => 'C', gate_id => :'north', event_id => :'fair') \gset
SELECT ticket_type_id AS pass FROM admit.ticket_type_create(408, event_id => :'festival', name => 'Three days', price_cents => 0, pass_days => 3) \gset
SELECT session_token AS ann FROM admit.wallet_open(408, event_id => :'festival', venue_id => :'venue_id') \gset
SELECT session_token AS bob FROM admit.wallet_open(408, event_id => :'fair', venue_id => :'venue_id') \gset
CREATE TEMPORARY TABLE ticket AS
SELECT row_number() OVER () AS number, (ticket ->> 'ticket_id')::uuid AS ticket_id
FROM admit.order_create(408, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'pass', 'quantity', 2))) AS o, jsonb_array_elements(o.tickets) AS ticket;
SELECT code AS first FROM admit.ticket_get(408, ticket_id => (SELECT ticket_id FROM ticket WHERE number = 1), session_token => :'ann') \gset
SELECT code AS second FROM admit.ticket_get(408, ticket_id => (SELECT ticket_id FROM ticket WHERE number = 2), session_token => :'ann') \gset
CREATE TEMPORARY TABLE today AS SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AS midnight;
-- Scans of noon, so many days ago, and what became of them: which day and hour they collide with.
CREATE FUNCTION pg_temp.scan(token text, days_ago integer, hour numeric) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('nonce', admit.uuid7(), 'token', token, 'kind', 'entry', 'outcome', 'admitted',
    'scanned_at', to_char((SELECT midnight FROM today) + make_interval(days => -days_ago, secs => hour::double precision * 3600), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
$$;
CREATE FUNCTION pg_temp.upload(device uuid, VARIADIC scans jsonb[]) RETURNS TABLE (verdict text, reason text, days_before integer, hour integer, entry_number integer) LANGUAGE sql AS $$
SELECT v.verdict, v.reason, v.scanned_at::date - (coalesce((j.body ->> 'scanned_at')::timestamptz, j.recorded_at) AT TIME ZONE 'UTC')::date,
    extract(hour FROM (j.body ->> 'scanned_at')::timestamptz AT TIME ZONE 'UTC')::integer, v.entry_number
FROM admit.scan_upload(408, device_id => device, sent_at => now(), scans => to_jsonb(scans)) AS u,
    jsonb_to_recordset(u.verdicts) AS v (verdict text, reason text, other_scan_id uuid, scanned_at timestamp, entry_number integer)
    LEFT JOIN admit.journal AS j ON j.tenant_id = 408 AND j.entry_id = v.other_scan_id
$$;
\set state 'SELECT number, state, days_used, entries, annulled, day_entries, (SELECT midnight::date FROM today) - (date $$2000-01-01$$ + last_day) AS last_used_days_ago FROM ticket JOIN admit.ticket AS t USING (ticket_id) WHERE t.tenant_id = 408 ORDER BY 1'
SET timezone = 'UTC';
-- Yesterday first, then the day before: two days.
SELECT * FROM pg_temp.upload(:'a', pg_temp.scan(:'first', 1, 12));
SELECT * FROM pg_temp.upload(:'b', pg_temp.scan(:'first', 2, 12));
-- The same day again is a duplicate of that day's scan; an earlier one of that day takes its place. No day more.
SELECT * FROM pg_temp.upload(:'a', pg_temp.scan(:'first', 2, 15));
SELECT * FROM pg_temp.upload(:'a', pg_temp.scan(:'first', 2, 10));
SELECT * FROM pg_temp.upload(:'b', pg_temp.scan(:'first', 2, 11));
:state;
-- The third day is left; a fourth one is none, but the first scan of a day still wins.
SELECT * FROM pg_temp.upload(:'b', pg_temp.scan(:'first', 3, 12));
SELECT * FROM pg_temp.upload(:'b', pg_temp.scan(:'first', 4, 12));
SELECT * FROM pg_temp.upload(:'a', pg_temp.scan(:'first', 3, 11));
:state;
-- In one upload, in any order, on top of a later day.
SELECT * FROM pg_temp.upload(:'a', pg_temp.scan(:'second', 1, 12));
SELECT * FROM pg_temp.upload(:'b', pg_temp.scan(:'second', 3, 14), pg_temp.scan(:'second', 2, 13), pg_temp.scan(:'second', 3, 13), pg_temp.scan(:'second', 2, 14));
:state;
SELECT outcome, reason FROM admit.scan(408, :'second', :'a', 'entry', admit.uuid7());
-- A wallet where people come and go, twice a day: each day has its own count and its own duplicates.
SELECT * FROM pg_temp.upload(:'c', pg_temp.scan(:'bob', 1, 12));
SELECT * FROM pg_temp.upload(:'c', pg_temp.scan(:'bob', 2, 12));
SELECT * FROM pg_temp.upload(:'c', pg_temp.scan(:'bob', 2, 12.001));
SELECT * FROM pg_temp.upload(:'c', pg_temp.scan(:'bob', 2, 13), pg_temp.scan(:'bob', 2, 14));
SELECT entries, annulled, day_entries, inside FROM admit.presence WHERE tenant_id = 408;
-- An admission that was taken back is none of its day.
SELECT session_token AS cat FROM admit.wallet_open(408, event_id => :'fair', venue_id => :'venue_id') \gset
SELECT u.verdicts #>> '{0,scan_id}' AS mistake FROM admit.scan_upload(408, device_id => :'c', sent_at => now(), scans => jsonb_build_array(pg_temp.scan(:'cat', 2, 12))) AS u \gset
SELECT inside FROM admit.scan_annul(408, scan_id => :'mistake', reason => 'wrong person');
SELECT * FROM pg_temp.upload(:'c', pg_temp.scan(:'cat', 1, 12));
SELECT * FROM pg_temp.upload(:'c', pg_temp.scan(:'cat', 2, 12.001), pg_temp.scan(:'cat', 2, 13), pg_temp.scan(:'cat', 2, 14));
-- Where exits are scanned: an exit of an earlier day gives no day back, and an entry before an exit that is stored is that of somebody inside.
SELECT event_id AS gated FROM admit.event_create(408, venue_id => :'venue_id', name => 'Gated', starts_at => now() - interval '6 days', ends_at => now() + interval '2 days', exit_scans => true, duplicate_window_ms => 5000, reentry_allowed => true, entry_fee_cents => 0) \gset
SELECT device_id AS d FROM admit.device_register(408, name => 'D', gate_id => :'north', event_id => :'gated') \gset
SELECT ticket_type_id AS two_days FROM admit.ticket_type_create(408, event_id => :'gated', name => 'Two days', price_cents => 0, pass_days => 2) \gset
SELECT tickets #>> '{0,ticket_id}' AS third FROM admit.order_create(408, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'nothing', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'two_days', 'quantity', 1))) \gset
SELECT code AS third_code FROM admit.ticket_get(408, ticket_id => :'third', session_token => :'ann') \gset
\set third 'SELECT state, days_used, entries, annulled, inside FROM admit.ticket WHERE tenant_id = 408 AND ticket_id = ' :'third'
SELECT * FROM pg_temp.upload(:'d', pg_temp.scan(:'third_code', 2, 12), pg_temp.scan(:'third_code', 1, 12));
SELECT * FROM pg_temp.upload(:'d', pg_temp.scan(:'third_code', 2, 18) || '{"kind": "exit"}');
:third;
SELECT * FROM pg_temp.upload(:'d', pg_temp.scan(:'third_code', 1, 14) || '{"kind": "exit"}');
SELECT * FROM pg_temp.upload(:'d', pg_temp.scan(:'third_code', 1, 13));
SELECT * FROM pg_temp.upload(:'d', pg_temp.scan(:'third_code', 1, 15));
:third;
-- Taken back: what is left is what else counts, however late it came.
SELECT session_token AS fay, wallet_id AS fay_wallet FROM admit.wallet_open(408, event_id => :'fair', venue_id => :'venue_id') \gset
SELECT u.verdicts #>> '{0,scan_id}' AS four FROM admit.scan_upload(408, device_id => :'c', sent_at => now(), scans => jsonb_build_array(pg_temp.scan(:'fay', 1, 16))) AS u \gset
SELECT * FROM pg_temp.upload(:'c', pg_temp.scan(:'fay', 1, 15));
SELECT inside FROM admit.scan_annul(408, scan_id => :'four', reason => 'wrong person');
SELECT entries, annulled, day_entries, extract(hour FROM admitted_at)::integer AS hour FROM admit.presence WHERE tenant_id = 408 AND wallet_id = :'fay_wallet';
-- Let in without a place, then displaced: it counts no longer, and displaces nobody's scan a second time.
SELECT event_id AS full_house FROM admit.event_create(408, venue_id => :'venue_id', name => 'Full', starts_at => now() - interval '6 days', ends_at => now() + interval '2 days', exit_scans => false, capacity => 1, entry_fee_cents => 0) \gset
SELECT policy #> '{reentry}' AS reentry FROM admit.policy_set(408, event_id => :'full_house', policy => '{"duplicate_window_ms": 5000, "exit_scans": false, "reentry": {"allowed": true, "entries_max": 2, "cooldown_seconds": 1800}}');
SELECT device_id AS f FROM admit.device_register(408, name => 'F', gate_id => :'north', event_id => :'full_house') \gset
SELECT session_token AS gus FROM admit.wallet_open(408, event_id => :'full_house', venue_id => :'venue_id') \gset
SELECT session_token AS hal, wallet_id AS hal_wallet FROM admit.wallet_open(408, event_id => :'full_house', venue_id => :'venue_id') \gset
SELECT * FROM pg_temp.upload(:'f', pg_temp.scan(:'gus', 1, 10));
SELECT * FROM pg_temp.upload(:'f', pg_temp.scan(:'hal', 1, 12));
SELECT * FROM pg_temp.upload(:'f', pg_temp.scan(:'hal', 1, 11.75));
SELECT * FROM pg_temp.upload(:'f', pg_temp.scan(:'hal', 1, 11));
SELECT entries, annulled FROM admit.presence WHERE tenant_id = 408 AND wallet_id = :'hal_wallet';
SELECT outcome, reason FROM admit.scan(408, :'hal', :'f', 'entry', admit.uuid7());
-- An exit of one event is none of another.
SELECT device_id AS g FROM admit.device_register(408, name => 'G', gate_id => :'north', event_ids => jsonb_build_array(:'gated', :'fair')) \gset
SELECT session_token AS ida, wallet_id AS ida_wallet FROM admit.wallet_open(408, event_id => :'gated', venue_id => :'venue_id') \gset
SELECT * FROM pg_temp.upload(:'g', pg_temp.scan(:'ida', 1, 14) || jsonb_build_object('event_id', :'gated'));
SELECT * FROM pg_temp.upload(:'g', pg_temp.scan(:'ida', 1, 12) || jsonb_build_object('event_id', :'gated'), pg_temp.scan(:'ida', 1, 13) || jsonb_build_object('event_id', :'fair', 'kind', 'exit'));
SELECT entries, annulled FROM admit.presence WHERE tenant_id = 408 AND wallet_id = :'ida_wallet' AND event_id = :'gated';
-- Who comes and goes pays for the first entry once, whichever of two arrives first; a sale that cannot be charged stops nothing.
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT webhook_secrets FROM admit.provider_configure(408, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT event_id AS paid FROM admit.event_create(408, venue_id => :'venue_id', name => 'Paid', starts_at => now() - interval '6 days', ends_at => now() + interval '2 days', exit_scans => false, duplicate_window_ms => 5000, reentry_allowed => true, entry_fee_cents => 1000) \gset
SELECT gate_id AS bar FROM admit.gate_create(408, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT device_id AS e FROM admit.device_register(408, name => 'E', gate_id => :'north', event_id => :'paid') \gset
SELECT device_id AS till FROM admit.device_register(408, name => 'Till', gate_id => :'bar', event_id => :'paid') \gset
SELECT session_token AS dan, wallet_id AS dan_wallet FROM admit.wallet_open(408, event_id => :'paid', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(408, :'dan', 5000) IS NOT NULL AS funded;
SELECT * FROM pg_temp.upload(:'e', pg_temp.scan(:'dan', 1, 12));
SELECT * FROM pg_temp.upload(:'e', pg_temp.scan(:'dan', 1, 11));
SELECT body ->> 'action' AS action, body ->> 'charges' AS charges FROM admit.journal WHERE tenant_id = 408 AND wallet_id = :'dan_wallet' AND action = 'scan.admitted' ORDER BY entry_id;
SELECT fee_version IS NOT NULL AS set FROM admit.fee_set(408, scope => 'event', scope_id => :'paid', rules => '[{"action": "concession", "component": "platform_fee", "percentage": "2.5", "shares": [{"payee": "platform", "percentage": "100"}]}]');
SELECT * FROM pg_temp.upload(:'till', pg_temp.scan(:'dan', 1, 12) || '{"kind": "concession", "amount_cents": 1000000000000}', pg_temp.scan(:'dan', 1, 12) || '{"kind": "concession", "amount_cents": 100}');
SELECT * FROM admit.verify(408) WHERE violations <> 0;
