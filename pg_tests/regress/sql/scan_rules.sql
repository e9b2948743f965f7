-- Entries, re-entries and exits with their fees and limits; overrides; figures.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(37, 'Passages');
SELECT webhook_secrets FROM admit.provider_configure(37, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id, account_id AS venue_account FROM admit.venue_create(37, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(37, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS back FROM admit.gate_create(37, venue_id => :'venue_id', name => 'Back door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(37, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, entries_max => 3, exit_scans => true, duplicate_window_ms => 0,
    entry_fee_cents => 1000, venue_reentry_fee_cents => 300, platform_entry_fee_cents => 100, platform_reentry_fee_cents => 50) \gset
SELECT device_id FROM admit.device_register(37, name => 'D', gate_id => :'door', event_id => :'event_id') \gset
SELECT device_id AS roaming FROM admit.device_register(37, name => 'Roaming', gate_id => :'back') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(37, event_id => :'event_id', venue_id => :'venue_id') \gset
\set answer 'outcome, reason, action, entry_number, inside, charged_cents, balance_cents'
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT pg_temp.fund(37, :'session_token', 2000) IS NOT NULL AS funded;
-- In, again while inside, out, out again, in again with both re-entry fees.
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'exit', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'exit', admit.uuid7());
SELECT :answer, charges FROM admit.scan(37, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'exit', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'exit', admit.uuid7());
-- The fourth entry is one too many, unless staff lets the wallet in.
SELECT :answer, prior ->> 'entry_number' AS prior_entry FROM admit.scan(37, :'session_token', :'device_id', 'entry', admit.uuid7());
SELECT outcome, reason, override_reason, entry_number, charged_cents, balance_cents FROM admit.scan_override(37, event_id => :'event_id',
    gate_id => :'door', reason => 'lost their group', token => :'session_token', nonce => admit.uuid7());
SELECT body ->> 'override_reason' AS recorded FROM admit.journal WHERE tenant_id = 37 AND body ->> 'override_reason' IS NOT NULL;
SELECT admit.scan_override(37, event_id => :'event_id', gate_id => :'door', reason => '', token => :'session_token', nonce => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan_override(37, event_id => :'event_id', gate_id => :'door', reason => 'no nonce', token => :'session_token');
\echo :LAST_ERROR_SQLSTATE
-- A device without an event must be told one; one that is moved answers from its new place at once.
SELECT :answer FROM admit.scan(37, :'session_token', :'roaming', 'exit', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT :answer FROM admit.scan(37, :'session_token', :'roaming', 'exit', admit.uuid7(), event_id => :'event_id');
SELECT items -> 0 ->> 'gate_id' = :'back' AS at_the_back FROM admit.scan_list(37, "limit" => 1);
SELECT event_id = :'event_id' AS bound, gate_id = :'door' AS at_the_door FROM admit.device_assign(37, device_id => :'roaming', gate_id => :'door', event_id => :'event_id');
SELECT outcome, reason FROM admit.scan(37, :'session_token', :'roaming', 'exit', admit.uuid7());
SELECT revoked_at IS NOT NULL AS revoked FROM admit.device_revoke(37, device_id => :'roaming');
SELECT outcome, reason FROM admit.scan(37, :'session_token', :'roaming', 'exit', admit.uuid7());
-- No re-entry where the event allows none; an exit that nobody asked for is noted all the same.
SELECT event_id AS strict FROM admit.event_create(37, venue_id => :'venue_id', name => 'Strict', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => false, exit_scans => false, duplicate_window_ms => 0) \gset
SELECT :answer FROM admit.scan(37, :'session_token', :'device_id', 'entry', admit.uuid7(), event_id => :'strict');
SELECT device_id AS strict_device FROM admit.device_register(37, name => 'S', gate_id => :'door', event_id => :'strict') \gset
SELECT :answer FROM admit.scan(37, :'session_token', :'strict_device', 'entry', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'strict_device', 'exit', admit.uuid7());
SELECT :answer FROM admit.scan(37, :'session_token', :'strict_device', 'entry', admit.uuid7());
-- Before it opens and after it closes.
SELECT event_id AS later FROM admit.event_create(37, venue_id => :'venue_id', name => 'Later', starts_at => now() + interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id AS later_device FROM admit.device_register(37, name => 'L', gate_id => :'door', event_id => :'later') \gset
SELECT outcome, reason FROM admit.scan(37, :'session_token', :'later_device', 'entry', admit.uuid7());
SELECT ends_at < now() AS over FROM admit.event_update(37, event_id => :'later', starts_at => now() - interval '2 days', ends_at => now() - interval '1 day');
SELECT outcome, reason FROM admit.scan(37, :'session_token', :'later_device', 'entry', admit.uuid7());
-- A duplicate within the window tells when and where the first one was.
SELECT duplicate_window_ms FROM admit.event_update(37, event_id => :'strict', duplicate_window_ms => 3600000, reentry_allowed => true);
SELECT session_token AS other FROM admit.wallet_open(37, event_id => :'strict', venue_id => :'venue_id') \gset
SELECT :answer FROM admit.scan(37, :'other', :'strict_device', 'entry', admit.uuid7());
SELECT outcome, reason, prior ->> 'gate_id' = :'door' AS where_before, (prior ->> 'admitted_at')::timestamptz < now() AS when_before
FROM admit.scan(37, :'other', :'strict_device', 'entry', admit.uuid7());
-- Where exits are not scanned, who comes in again is still one person.
SELECT duplicate_window_ms FROM admit.event_update(37, event_id => :'strict', duplicate_window_ms => 0);
SELECT :answer FROM admit.scan(37, :'other', :'strict_device', 'entry', admit.uuid7());
SELECT pg_temp.seal(37) AS sealed;
SELECT entries, exits, inside FROM admit.report_live(37, :'strict');
SELECT entries, reentries, exits, denied, inside, charged_cents FROM admit.report_live(37, :'event_id');
SELECT items -> 0 ->> 'outcome' AS newest, jsonb_array_length(items) AS listed, next_cursor IS NOT NULL AS more FROM admit.scan_list(37, event_id => :'event_id', outcome => 'denied', "limit" => 2);
SELECT a ->> 'kind' AS kind, a ->> 'balance_cents' AS balance FROM admit.account_list(37) AS l, jsonb_array_elements(l.items) AS a
WHERE (a ->> 'balance_cents')::bigint <> 0 ORDER BY 1;
SELECT * FROM admit.verify(37) WHERE violations <> 0;
