-- Passages: re-entry and its fees, exits, limits, duplicates, overrides, and what the live report counts of them.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(201, 'Passages');
SELECT live, webhook_secrets FROM admit.provider_configure(201, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(201, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(201, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(201, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
-- The first entry costs 1000 + 50, each later one 300 + 25.
SELECT event_id AS night FROM admit.event_create(201, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, entries_max => 3, duplicate_window_ms => 3600000,
    entry_fee_cents => 1000, platform_entry_fee_cents => 50, venue_reentry_fee_cents => 300, platform_reentry_fee_cents => 25) \gset
SELECT device_id AS scanner, device_token FROM admit.device_register(201, name => 'Scanner', gate_id => :'door', event_id => :'night') \gset
SELECT session_token AS guest, wallet_id AS guest_id FROM admit.wallet_open(201, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(201, :'guest', 2000) IS NOT NULL AS funded;
\set answer 'outcome, reason, action, entry_number, inside, charged_cents, balance_cents'
\set scan 'SELECT ' :answer ' FROM admit.scan(201, '
-- Leaving before coming in, coming in, the same wallet a moment later (the prior use is shown).
:scan :'guest', :'scanner', 'exit', admit.uuid7());
:scan :'guest', :'scanner', 'entry', admit.uuid7());
SELECT :answer, prior ->> 'entry_number' AS prior_entry, (prior ->> 'gate_id')::uuid = :'door' AS prior_gate, receipt IS NULL AS no_receipt
FROM admit.scan(201, :'guest', :'scanner', 'entry', admit.uuid7());
-- Outside the window the wallet is still inside; a window of 0 finds no duplicates.
SELECT duplicate_window_ms FROM admit.event_update(201, event_id => :'night', duplicate_window_ms => 0);
:scan :'guest', :'scanner', 'entry', admit.uuid7());
-- Somebody who left is no duplicate, however short ago that was.
SELECT duplicate_window_ms FROM admit.event_update(201, event_id => :'night', duplicate_window_ms => 3600000);
:scan :'guest', :'scanner', 'exit', admit.uuid7());
:scan :'guest', :'scanner', 'exit', admit.uuid7());
SELECT :answer, charges FROM admit.scan(201, :'guest', :'scanner', 'entry', admit.uuid7());
:scan :'guest', :'scanner', 'exit', admit.uuid7());
:scan :'guest', :'scanner', 'entry', admit.uuid7());
:scan :'guest', :'scanner', 'exit', admit.uuid7());
-- Three entries are all; more are allowed by a change, not fewer than one.
:scan :'guest', :'scanner', 'entry', admit.uuid7());
SELECT entries_max FROM admit.event_update(201, event_id => :'night', entries_max => 4);
-- 300 are left of 2000: the fourth entry costs 325.
:scan :'guest', :'scanner', 'entry', admit.uuid7());
SELECT admit.event_update(201, event_id => :'night', entries_max => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(201, event_id => :'night', duplicate_window_ms => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(201, event_id => :'night', duplicate_window_ms => 86400001);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(201, venue_id => :'venue_id', name => 'Bad', starts_at => now(), ends_at => now() + interval '1 day', venue_reentry_fee_cents => -1);
\echo :LAST_ERROR_SQLSTATE
-- The fees of each passage went to their accounts to the cent.
SELECT a.kind, l.action, l.amount_cents FROM admit.ledger_entry AS l JOIN admit.account AS a USING (tenant_id, account_id)
WHERE l.tenant_id = 201 AND l.event_id = :'night' ORDER BY l.recorded_at, l.leg;
-- Events without re-entry, and without exit scans.
SELECT event_id AS once FROM admit.event_create(201, venue_id => :'venue_id', name => 'Once', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', duplicate_window_ms => 0) \gset
SELECT event_id AS open_air FROM admit.event_create(201, venue_id => :'venue_id', name => 'Open air', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', duplicate_window_ms => 0, exit_scans => false, reentry_allowed => true) \gset
SELECT device_id AS any_event FROM admit.device_register(201, name => 'Any event', gate_id => :'door') \gset
:scan :'guest', :'any_event', 'entry', admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
:scan :'guest', :'scanner', 'entry', admit.uuid7(), event_id => :'once');
:scan :'guest', :'any_event', 'entry', admit.uuid7(), event_id => :'once');
:scan :'guest', :'any_event', 'exit', admit.uuid7(), event_id => :'once');
:scan :'guest', :'any_event', 'entry', admit.uuid7(), event_id => :'once');
:scan :'guest', :'any_event', 'entry', admit.uuid7(), event_id => :'open_air');
:scan :'guest', :'any_event', 'entry', admit.uuid7(), event_id => :'open_air');
SELECT reentry_allowed, exit_scans FROM admit.event_update(201, event_id => :'open_air', reentry_allowed => false);
:scan :'guest', :'any_event', 'entry', admit.uuid7(), event_id => :'open_air');
-- One guest is inside the open air, who was scanned in twice.
SELECT pg_temp.seal(201) AS sealed;
SELECT entries, reentries, exits, inside, denied, sales, charged_cents FROM admit.report_live(201, event_id => :'open_air');
:scan :'guest', :'any_event', 'exit', admit.uuid7(), event_id => :'open_air');
SELECT pg_temp.seal(201) AS sealed;
SELECT entries, reentries, exits, inside, denied, sales, charged_cents FROM admit.report_live(201, event_id => :'open_air');
SELECT entries, reentries, exits, inside, denied, sales, charged_cents FROM admit.report_live(201, event_id => :'night');
SELECT gate ->> 'name' AS gate, gate -> 'entries' AS entries, gate -> 'exits' AS exits, gate -> 'denied' AS denied
FROM admit.report_live(201, event_id => :'night') AS l, jsonb_array_elements(l.gates) AS gate;
-- A reader may send a scan an hour late, but not a day, and its clock may be a little ahead, but not much.
SELECT outcome, reason, scan_id AS late_scan FROM admit.scan(201, :'guest', :'any_event', 'exit', admit.uuid7(), event_id => :'open_air', scanned_at => now() - interval '1 hour') \gset
SELECT :'reason' AS reason, (body ->> 'scanned_at')::timestamptz < recorded_at - interval '59 minutes' AS read_earlier FROM admit.journal WHERE tenant_id = 201 AND entry_id = :'late_scan';
:scan :'guest', :'any_event', 'exit', admit.uuid7(), event_id => :'open_air', scanned_at => now() + interval '4 minutes');
:scan :'guest', :'any_event', 'exit', admit.uuid7(), event_id => :'open_air', scanned_at => now() - interval '25 hours');
\echo :LAST_ERROR_SQLSTATE
:scan :'guest', :'any_event', 'exit', admit.uuid7(), event_id => :'open_air', scanned_at => now() + interval '6 minutes');
\echo :LAST_ERROR_SQLSTATE
-- Overrides: staff let a guest in against the rules, free of charge, with a reason and their name in the journal.
SELECT api_key_id AS staff_id, api_key AS staff FROM admit.api_key_create(201, name => 'Staff', role => 'staff') \gset
SELECT session_token AS poor, wallet_id AS poor_id FROM admit.wallet_open(201, event_id => :'night', venue_id => :'venue_id') \gset
:scan :'poor', :'scanner', 'entry', admit.uuid7());
SELECT admit.uuid7() AS nonce \gset
SELECT json_build_object('token', :'poor', 'event_id', :'night', 'gate_id', :'door', 'nonce', :'nonce', 'reason', ' On the list ') AS asked \gset
SELECT admit.dispatch(201, 'scan.override', :'staff', :'asked') AS first \gset
SELECT :answer, override_reason, receipt IS NOT NULL AS receipt FROM json_populate_record(NULL::admit.scan_answer, :'first');
SELECT admit.dispatch(201, 'scan.override', :'staff', :'asked') = :'first' AS same_bytes;
SELECT action, actor_kind, actor_id = :'staff_id' AS by_staff, wallet_id = :'poor_id' AS wallet, leg_account IS NULL AS no_money,
    body ->> 'override_reason' AS reason, body ->> 'action' AS passage
FROM admit.journal WHERE tenant_id = 201 AND body ->> 'override_reason' IS NOT NULL;
-- The same number for another override; no number; no reason, an empty one, one too long; nobody, and those who are not staff.
SELECT admit.dispatch(201, 'scan.override', :'staff', (:'asked'::jsonb || '{"reason": "Friend"}')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', :'staff', (:'asked'::jsonb - 'nonce')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', :'staff', (:'asked'::jsonb - 'reason')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', :'staff', (:'asked'::jsonb || '{"reason": " "}')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.scan_override(201, event_id => :'night', gate_id => :'door', token => :'poor', nonce => admit.uuid7(), reason => repeat('x', 501));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', NULL, :'asked');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', :'device_token', :'asked');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', :'poor', :'asked');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', :'staff', (:'asked'::jsonb || jsonb_build_object('event_id', admit.uuid7(), 'nonce', admit.uuid7()))::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(201, 'scan.override', :'staff', (:'asked'::jsonb || jsonb_build_object('gate_id', admit.uuid7(), 'nonce', admit.uuid7()))::text);
\echo :LAST_ERROR_SQLSTATE
-- Neither a bar nor a token of nobody lets in; a frozen wallet and one without entries left do get in by override.
\set override 'SELECT ' :answer ' FROM admit.scan_override(201, nonce => admit.uuid7(), reason => ''Known to us'', event_id => '
:override :'night', gate_id => :'bar', token => :'poor');
:override :'night', gate_id => :'door', token => 'nonsense');
SELECT state FROM admit.wallet_freeze(201, reason => 'lost', wallet_id => :'guest_id');
SELECT entries_max FROM admit.event_update(201, event_id => :'night', entries_max => 1);
:override :'night', gate_id => :'door', token => :'guest');
-- Once more for a wallet that is inside: its number counts, the people inside do not.
:override :'night', gate_id => :'door', token => :'guest');
SELECT pg_temp.seal(201) AS sealed;
SELECT entries, reentries, exits, inside FROM admit.report_live(201, event_id => :'night');
-- The house is full of two: no override gets a third in, but those inside are still counted once.
SELECT capacity FROM admit.event_update(201, event_id => :'night', capacity => 2);
SELECT session_token AS third FROM admit.wallet_open(201, event_id => :'night', venue_id => :'venue_id') \gset
:override :'night', gate_id => :'door', token => :'third');
:override :'night', gate_id => :'door', token => :'poor');
:scan :'guest', :'scanner', 'exit', admit.uuid7());
:override :'night', gate_id => :'door', token => :'third');
SELECT inside, capacity FROM admit.report_live(201, event_id => :'night');
-- After the end nobody comes in, by override neither, but everybody may leave.
SELECT ends_at < now() AS over FROM admit.event_update(201, event_id => :'night', ends_at => now() - interval '1 second');
:override :'night', gate_id => :'door', token => :'guest');
:scan :'third', :'scanner', 'exit', admit.uuid7());
-- A session that was ended opens no door.
SELECT ended_at IS NOT NULL AS ended FROM admit.wallet_logout(201, session_token => :'poor');
:override :'once', gate_id => :'door', token => :'poor');
-- Every scan of the evening in the list; each override with its reason.
SELECT count(*), count(*) FILTER (WHERE item ->> 'override_reason' = 'Known to us') AS known,
    count(*) FILTER (WHERE item ->> 'override_reason' = 'On the list') AS listed
FROM admit.scan_list(201, event_id => :'night', "limit" => 200) AS page, jsonb_array_elements(page.items) AS item;
SELECT pg_temp.seal(201) AS sealed;
SELECT * FROM admit.verify(201) WHERE violations <> 0;
