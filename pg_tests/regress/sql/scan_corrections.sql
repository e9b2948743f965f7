-- Dry runs store nothing; mistaken scans are taken back with their use, their place and their money.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(404, 'Corrections');
SELECT webhook_secrets FROM admit.provider_configure(404, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(404, name => 'Hall') \gset
SELECT gate_id AS door FROM admit.gate_create(404, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(404, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT event_id FROM admit.event_create(404, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day',
    reentry_allowed => true, exit_scans => true, duplicate_window_ms => 0, entry_fee_cents => 1000, platform_entry_fee_cents => 100, venue_reentry_fee_cents => 300, capacity => 3) \gset
SELECT event_id AS once FROM admit.event_create(404, venue_id => :'venue_id', name => 'Once', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id FROM admit.device_register(404, name => 'D', gate_id => :'door', event_id => :'event_id') \gset
SELECT device_id AS till FROM admit.device_register(404, name => 'T', gate_id => :'bar', event_id => :'event_id') \gset
SELECT device_id AS once_door FROM admit.device_register(404, name => 'O', gate_id => :'door', event_id => :'once') \gset
SELECT session_token AS ann, wallet_id FROM admit.wallet_open(404, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(404, :'ann', 5000) IS NOT NULL AS funded;
CREATE VIEW pg_temp.stored AS
SELECT (SELECT count(*) FROM admit.journal WHERE tenant_id = 404) AS entries, (SELECT count(*) FROM admit.scan WHERE tenant_id = 404) AS scans,
       (SELECT sum(balance_cents) FROM admit.wallet WHERE tenant_id = 404) AS balance_cents;
-- A dry run says what a scan would come to, and leaves nothing behind.
SELECT * FROM pg_temp.stored \gset before_
SELECT outcome, reason, action, entry_number, inside, charged_cents, currency, charges, balance_cents, prior, wallet_id = :'wallet_id' AS hers FROM admit.scan_check(404, token => :'ann', device_id => :'device_id', kind => 'entry');
SELECT outcome, reason, rule, inside, charged_cents FROM admit.scan_check(404, token => :'ann', device_id => :'device_id', kind => 'exit');
SELECT outcome, reason, charged_cents, balance_cents FROM admit.scan_check(404, token => :'ann', device_id => :'till', kind => 'concession', amount_cents => 6000);
SELECT outcome, reason FROM admit.scan_check(404, token => 'rubbish', device_id => :'device_id', kind => 'entry');
SELECT admit.scan_check(404, token => :'ann', device_id => :'till', kind => 'concession');
SELECT admit.scan_check(404, token => :'ann', device_id => '00000000-0000-7000-8000-000000000001', kind => 'entry');
SELECT entries = :before_entries AND scans = :before_scans AND balance_cents = :before_balance_cents AS unchanged FROM pg_temp.stored;
-- Entry, exit and re-entry, taken back the last one first.
SELECT outcome, entry_number, charged_cents, balance_cents, scan_id AS first FROM admit.scan(404, :'ann', :'device_id', 'entry', admit.uuid7()) \gset
SELECT outcome, entry_number, inside, scan_id AS left FROM admit.scan(404, :'ann', :'device_id', 'exit', admit.uuid7()) \gset
SELECT outcome, action, entry_number, charged_cents, balance_cents, scan_id AS second FROM admit.scan(404, :'ann', :'device_id', 'entry', admit.uuid7()) \gset
\set annul 'SELECT returned_cents, balance_cents, inside FROM admit.scan_annul(404, scan_id =>'
:annul :'first', reason => 'wrong person');
:annul :'left', reason => 'wrong person');
:annul :'second', reason => '');
:annul :'second', reason => 'wrong person');
:annul :'second', reason => 'wrong person');
SELECT entries, annulled, inside, admitted_at = (SELECT recorded_at FROM admit.journal WHERE tenant_id = 404 AND entry_id = :'first') AS as_before FROM admit.presence WHERE tenant_id = 404;
:annul :'left', reason => 'did not leave');
SELECT sum(available) AS places_left FROM admit.place WHERE tenant_id = 404 AND pool_id = :'event_id';
:annul :'left', reason => 'twice');
:annul :'first', reason => 'wrong person');
SELECT sum(available) AS places_left FROM admit.place WHERE tenant_id = 404 AND pool_id = :'event_id';
SELECT entries, annulled, inside, admitted_at, day_entries FROM admit.presence WHERE tenant_id = 404;
-- The next entry is a first one again, with a number of its own.
SELECT outcome, action, entry_number, charged_cents, balance_cents, prior IS NULL AS first FROM admit.scan(404, :'ann', :'device_id', 'entry', admit.uuid7());
-- A scan that was sent late is taken back like any other.
SELECT session_token AS late FROM admit.wallet_open(404, event_id => :'once', venue_id => :'venue_id') \gset
SELECT outcome, scan_id AS sent_late FROM admit.scan(404, :'late', :'once_door', 'entry', admit.uuid7(), scanned_at => now() - interval '10 minutes') \gset
:annul :'sent_late', reason => 'wrong person');
-- A sale goes back in full; a denial changed nothing; other entries are no scans.
SELECT charged_cents, balance_cents, scan_id AS sale FROM admit.scan(404, :'ann', :'till', 'concession', admit.uuid7(), amount_cents => 1200) \gset
:annul :'sale', reason => 'wrong drink');
SELECT reason, scan_id AS denied FROM admit.scan(404, :'ann', :'device_id', 'entry', admit.uuid7()) \gset
:annul :'denied', reason => 'oops');
:annul '00000000-0000-7000-8000-000000000001', reason => 'unknown');
SELECT entry_id AS other FROM admit.journal WHERE tenant_id = 404 AND action = 'event.created' LIMIT 1 \gset
:annul :'other', reason => 'no scan');
-- A ticket that was used up is good again, and its code with it.
SELECT ticket_type_id AS type FROM admit.ticket_type_create(404, event_id => :'once', name => 'Free', price_cents => 0) \gset
SELECT tickets #>> '{0,ticket_id}' AS ticket_id FROM admit.order_create(404, order_id => admit.uuid7(), session_token => :'ann', pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'type', 'quantity', 1))) \gset
SELECT code FROM admit.ticket_get(404, ticket_id => :'ticket_id', session_token => :'ann') \gset
SELECT outcome, entry_number, scan_id AS used FROM admit.scan(404, :'code', :'once_door', 'entry', admit.uuid7()) \gset
SELECT state, entries, days_used, inside FROM admit.ticket WHERE tenant_id = 404;
:annul :'used', reason => 'wrong hall');
SELECT state, entries, annulled, days_used, last_day, inside FROM admit.ticket WHERE tenant_id = 404;
SELECT outcome, reason, action, entry_number FROM admit.scan(404, :'code', :'once_door', 'entry', admit.uuid7());
SELECT outcome, reason FROM admit.scan(404, :'code', :'once_door', 'entry', admit.uuid7());
-- Whoever was let out by mistake comes back in only where a place is left.
SELECT outcome, scan_id AS out FROM admit.scan(404, :'ann', :'device_id', 'exit', admit.uuid7()) \gset
SELECT outcome FROM generate_series(1, 3) AS n, LATERAL (SELECT (admit.wallet_open(404, event_id => :'event_id', venue_id => :'venue_id')).session_token WHERE n > 0) AS w, admit.scan_override(404, event_id => :'event_id', gate_id => :'door', reason => 'guest', token => w.session_token, nonce => admit.uuid7());
:annul :'out', reason => 'did not leave');
-- The journal says who took back what and why; figures and money follow.
SELECT body ->> 'action' AS action, body ->> 'reason' AS reason, body ->> 'ticket_id' IS NOT NULL AS of_a_ticket, leg_amount[1] AS returned FROM admit.journal WHERE tenant_id = 404 AND action = 'scan.annulled' ORDER BY entry_id;
SELECT count(*) > 0 AS ticked FROM admit.tick();
SELECT entries, reentries, exits, denied, sales, charged_cents FROM admit.event_figure WHERE tenant_id = 404 AND event_id = :'event_id' AND gate_id = :'door';
SELECT transaction_type, count(*) FROM admit.transaction_list(404, event_id => :'event_id') AS l, jsonb_to_recordset(l.items) AS t (transaction_type text) GROUP BY 1 ORDER BY 1;
SELECT * FROM admit.verify(404) WHERE violations <> 0;
