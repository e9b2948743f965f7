-- The journal's filters and pages, alerts, fee versions that change nothing booked, previews that come true.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner, api_key_id AS owner_id FROM admit.tenant_create(209, 'Filters') \gset
SELECT live, webhook_secrets FROM admit.provider_configure(209, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id AS hall FROM admit.venue_create(209, name => 'Hall') \gset
SELECT venue_id AS barn FROM admit.venue_create(209, name => 'Barn') \gset
SELECT gate_id AS door FROM admit.gate_create(209, venue_id => :'hall', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS bar FROM admit.gate_create(209, venue_id => :'hall', name => 'Bar', gate_type => 'concession') \gset
SELECT gate_id AS barn_door FROM admit.gate_create(209, venue_id => :'barn', name => 'Barn door', gate_type => 'door') \gset
\set times 'starts_at => now() - interval ''1 hour'', ends_at => now() + interval ''1 day'', duplicate_window_ms => 0, reentry_allowed => true'
SELECT event_id AS night FROM admit.event_create(209, venue_id => :'hall', name => 'Night', :times, capacity => 20, entry_fee_cents => 700, venue_reentry_fee_cents => 150, platform_fee_percentage => '2.5') \gset
SELECT event_id AS dance FROM admit.event_create(209, venue_id => :'barn', name => 'Dance', :times) \gset
SELECT device_id AS scanner, device_token FROM admit.device_register(209, name => 'Scanner', gate_id => :'door', event_id => :'night') \gset
SELECT device_id AS till FROM admit.device_register(209, name => 'Till', gate_id => :'bar', event_id => :'night') \gset
SELECT device_id AS barn_scanner FROM admit.device_register(209, name => 'Barn', gate_id => :'barn_door', event_id => :'dance') \gset
SELECT session_token AS guest, wallet_id FROM admit.wallet_open(209, event_id => :'night', venue_id => :'hall') \gset
SELECT pg_temp.fund(209, :'guest', 100000) IS NOT NULL AS funded;
-- A preview says what the scan then charges, part by part and account by account, and books nothing.
CREATE FUNCTION pg_temp.foretold(event_id uuid, gate_id uuid, device_id uuid, kind text, token text, amount bigint, action text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    preview admit.fee_previewed;
    entries bigint := (SELECT count(*) FROM admit.journal WHERE tenant_id = 209);
    charged record;
    foretold_legs text;
    booked_legs text;
BEGIN
    preview := admit.fee_preview(209, action => action, event_id => event_id, gate_id => gate_id, amount_cents => amount);
    IF entries <> (SELECT count(*) FROM admit.journal WHERE tenant_id = 209) THEN
        RETURN 'the preview was booked';
    END IF;
    SELECT * INTO charged FROM admit.scan(209, token, device_id, kind, admit.uuid7(), amount_cents => amount);
    SELECT string_agg(s.account_id || ' ' || s.amount, ', ' ORDER BY s.account_id) INTO foretold_legs
    FROM (SELECT share ->> 'account_id' AS account_id, sum((share ->> 'amount_cents')::bigint) AS amount
          FROM jsonb_array_elements(preview.charges) AS part, jsonb_array_elements(part -> 'shares') AS share GROUP BY 1) AS s
    WHERE s.amount > 0;
    SELECT string_agg(l.account_id || ' ' || l.amount_cents, ', ' ORDER BY l.account_id::text) INTO booked_legs
    FROM admit.ledger_entry AS l WHERE l.tenant_id = 209 AND l.entry_id = charged.scan_id AND l.leg > 1;
    RETURN format('%s %s: %s', charged.outcome, charged.charged_cents, CASE
        WHEN preview.total_cents IS DISTINCT FROM charged.charged_cents THEN 'another sum, ' || preview.total_cents
        WHEN (SELECT coalesce(jsonb_agg(part - 'shares'), '[]') FROM jsonb_array_elements(preview.charges) AS part) IS DISTINCT FROM charged.charges THEN 'other parts'
        WHEN foretold_legs IS DISTINCT FROM booked_legs THEN 'other accounts'
        ELSE 'as foretold' END);
END
$$;
SELECT fee_version FROM admit.fee_set(209, scope => 'gate', scope_id => :'bar', rounding => 'up', rules => '[
    {"action": "concession", "component": "sale", "shares": [{"payee": "venue", "percentage": "33.3333"}, {"payee": "pool", "percentage": "66.6667"}]},
    {"action": "concession", "component": "venue_fee", "percentage": "1.75", "shares": [{"payee": "venue", "percentage": "50"}, {"payee": "platform", "percentage": "50"}]}]');
SELECT pg_temp.foretold(:'night', :'door', :'scanner', 'entry', :'guest', NULL, 'entry');
SELECT pg_temp.foretold(:'night', :'door', :'scanner', 'exit', :'guest', NULL, 'exit');
SELECT pg_temp.foretold(:'night', :'door', :'scanner', 'entry', :'guest', NULL, 'reentry');
SELECT amount, pg_temp.foretold(:'night', :'bar', :'till', 'concession', :'guest', amount, 'concession') FROM unnest(ARRAY[1, 19, 20, 99, 1001, 33333]) AS amount;
SELECT amount, pg_temp.foretold(:'night', :'bar', :'till', 'general', :'guest', amount, 'general') FROM unnest(ARRAY[1, 1001]) AS amount;
SELECT pg_temp.foretold(:'dance', :'barn_door', :'barn_scanner', 'entry', :'guest', NULL, 'entry');
-- New fees are for new scans: what was booked keeps its charge and version, in lists, receipts and replays.
SELECT admit.uuid7() AS nonce \gset
SELECT scan_id, charged_cents, charges, receipt FROM admit.scan(209, :'guest', :'till', 'concession', :'nonce', amount_cents => 1000) \gset old_
SELECT :'old_charges' AS charges, :old_charged_cents AS charged_cents;
SELECT content AS old_content FROM admit.receipt_get(209, entry_id => :'old_scan_id') \gset
SELECT fee_version FROM admit.fee_set(209, scope => 'gate', scope_id => :'bar', rules => '[{"action": "concession", "component": "venue_fee", "fixed_cents": 500, "shares": [{"payee": "venue", "percentage": "100"}]}]');
SELECT charged_cents, charges FROM admit.scan(209, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 1000);
SELECT charges = :'old_charges' AS same_charges, receipt = :'old_receipt' AS same_receipt FROM admit.scan(209, :'guest', :'till', 'concession', :'nonce', amount_cents => 1000);
SELECT content = :'old_content' AS same_content, receipt = :'old_receipt' AS same_receipt FROM admit.receipt_get(209, entry_id => :'old_scan_id');
SELECT item -> 'charges' = :'old_charges'::jsonb AS same_charges FROM admit.scan_list(209, gate_id => :'bar') AS page, jsonb_array_elements(page.items) AS item WHERE item ->> 'scan_id' = :'old_scan_id';
SELECT v.fee_version, v.rounding, jsonb_array_length(v.rules) AS rules FROM admit.fee_versions(209, scope => 'gate', scope_id => :'bar') AS page,
    jsonb_to_recordset(page.items) AS v (fee_version bigint, rounding text, rules jsonb) ORDER BY 1;
SELECT fee_version, rounding FROM admit.fee_get(209, scope => 'gate', scope_id => :'bar');
-- Alerts at 80, 95 and 100 % of twenty places: each once, with the number of people inside at the time.
CREATE FUNCTION pg_temp.arrive(event_id uuid, venue_id uuid, device_id uuid, guests integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    admitted bigint := 0;
BEGIN
    FOR number IN 1 .. guests LOOP
        admitted := admitted + (SELECT count(*) FROM admit.wallet_open(209, event_id, venue_id) AS w,
            LATERAL admit.scan(209, w.session_token, device_id, 'entry', admit.uuid7()) AS s WHERE s.outcome = 'admitted');
    END LOOP;
    RETURN admitted;
END
$$;
SELECT fee_version FROM admit.fee_set(209, scope => 'event', scope_id => :'night', rules => '[]');
\set alerts 'SELECT a.kind, a.message FROM admit.alert_list(209, event_id => :''night'') AS page, jsonb_to_recordset(page.items) AS a (kind text, message text) ORDER BY length(a.kind), a.kind;'
SELECT pg_temp.arrive(:'night', :'hall', :'scanner', 14) AS admitted;
SELECT pg_temp.seal(209) AS sealed;
:alerts
SELECT pg_temp.arrive(:'night', :'hall', :'scanner', 1) AS admitted;
SELECT pg_temp.seal(209) AS sealed;
:alerts
SELECT pg_temp.arrive(:'night', :'hall', :'scanner', 4) AS admitted;
SELECT pg_temp.seal(209) AS sealed;
:alerts
SELECT outcome FROM admit.scan(209, :'guest', :'scanner', 'exit', admit.uuid7());
SELECT pg_temp.seal(209) AS sealed;
SELECT outcome FROM admit.scan(209, :'guest', :'scanner', 'entry', admit.uuid7());
SELECT pg_temp.seal(209) AS sealed;
:alerts
-- Alerts of an event without a limit, of nobody, one a page, bad pages.
SELECT items, next_cursor FROM admit.alert_list(209, event_id => :'dance');
SELECT admit.alert_list(209, event_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.alert_list(209, "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.alert_list(209, cursor => 'nonsense');
\echo :LAST_ERROR_SQLSTATE
SELECT items, next_cursor FROM admit.alert_list(209, cursor => admit.uuid7()::text);
WITH RECURSIVE pages AS (
    SELECT p.items, p.next_cursor FROM admit.alert_list(209, "limit" => 1) AS p
    UNION ALL
    SELECT p.items, p.next_cursor FROM pages, LATERAL admit.alert_list(209, "limit" => 1, cursor => pages.next_cursor) AS p WHERE pages.next_cursor IS NOT NULL
)
SELECT count(*) AS pages, count(DISTINCT items -> 0 ->> 'kind') AS kinds FROM pages;
-- Each filter of the journal finds what a plain query finds, and nothing else.
\set found 'SELECT count(*) AS found, count(*) FILTER (WHERE (item ->> ''entry_id'')::uuid IN (SELECT entry_id FROM admit.journal AS j WHERE tenant_id = 209 AND '
\set of ')) AS right FROM admit.journal_list(209, "limit" => 200, '
\set end ') AS page, jsonb_array_elements(page.items) AS item;'
\set plain 'SELECT count(*) AS plain FROM admit.journal AS j WHERE tenant_id = 209 AND '
:found action = 'scan.denied' :of action => 'scan.denied' :end
SELECT outcome, reason FROM admit.scan(209, :'guest', :'scanner', 'entry', admit.uuid7());
:found action = 'scan.denied' :of action => 'scan.denied' :end
:found action = 'payment.funded' :of action => 'payment.funded' :end
:found starts_with(action, 'payment.') :of action => 'payment.' :end
:found starts_with(action, 'scan.') :of action => 'scan.' :end
:plain starts_with(action, 'scan.');
:found false :of action => 'scan' :end
:found false :of action => '%' :end
:found actor_id = :'owner_id' :of actor_id => :'owner_id' :end
SELECT admit.dispatch(209, 'venue.update', :'owner', json_build_object('venue_id', :'barn', 'address', 'Barn Lane')::text, 'update-1')::json ->> 'address' AS address;
SELECT admit.dispatch(209, 'scan.record', :'device_token', json_build_object('token', :'guest', 'kind', 'exit', 'nonce', admit.uuid7())::text)::json ->> 'outcome' AS outcome;
:found actor_id = :'owner_id' :of actor_id => :'owner_id' :end
:found actor_id = :'scanner' :of actor_id => :'scanner' :end
:found event_id = :'dance' :of event_id => :'dance' :end
:plain event_id = :'dance';
:found gate_id = :'bar' :of gate_id => :'bar' :end
:plain gate_id = :'bar';
:found wallet_id = :'wallet_id' :of wallet_id => :'wallet_id' :end
:plain wallet_id = :'wallet_id';
:found event_id = :'dance' OR gate_id = :'barn_door' :of venue_id => :'barn' :end
:plain (event_id = :'dance' OR gate_id = :'barn_door');
:found wallet_id = :'wallet_id' AND gate_id = :'door' AND action = 'scan.admitted' :of wallet_id => :'wallet_id', gate_id => :'door', event_id => :'night', venue_id => :'hall', action => 'scan.admitted' :end
:found false :of venue_id => :'barn', gate_id => :'bar' :end
:found false :of wallet_id => admit.uuid7() :end
:found false :of event_id => admit.uuid7() :end
-- Times: from the moment itself on, before the moment itself, to the microsecond.
SELECT recorded_at AS moment FROM admit.journal WHERE tenant_id = 209 AND entry_id = :'old_scan_id' \gset
:plain recorded_at >= :'moment' AND action = 'scan.admitted';
:found recorded_at >= :'moment' AND action = 'scan.admitted' :of "from" => :'moment', action => 'scan.admitted' :end
:plain recorded_at < :'moment' AND action = 'scan.admitted';
:found recorded_at < :'moment' AND action = 'scan.admitted' :of until => :'moment', action => 'scan.admitted' :end
:found recorded_at = :'moment' :of "from" => :'moment', until => :'moment'::timestamptz + interval '1 microsecond' :end
:found false :of "from" => '2999-01-01' :end
:found false :of until => '1960-01-01' :end
SELECT admit.journal_list(209, "from" => :'moment', until => :'moment');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.journal_list(209, "from" => now(), until => :'moment');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.journal_list(209, "from" => 'infinity');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.journal_list(209, action => repeat('x', 101));
\echo :LAST_ERROR_SQLSTATE
-- Pages: every entry once, newest first, whatever the size; bad sizes and cursors.
CREATE FUNCTION pg_temp.pages(size bigint) RETURNS text LANGUAGE sql AS $$
WITH RECURSIVE pages AS (
    SELECT 1 AS number, p.items, p.next_cursor FROM admit.journal_list(209, "limit" => size) AS p
    UNION ALL
    SELECT number + 1, p.items, p.next_cursor FROM pages, LATERAL admit.journal_list(209, "limit" => size, cursor => pages.next_cursor) AS p WHERE pages.next_cursor IS NOT NULL
), listed AS (
    SELECT (item ->> 'entry_id')::uuid AS entry_id, pages.number, place FROM pages, jsonb_array_elements(items) WITH ORDINALITY AS entry (item, place)
)
SELECT format('all %s, sorted %s', array_agg(entry_id ORDER BY entry_id) = (SELECT array_agg(entry_id ORDER BY entry_id) FROM admit.journal WHERE tenant_id = 209),
    array_agg(entry_id ORDER BY number, place) = array_agg(entry_id ORDER BY entry_id DESC)) FROM listed
$$;
SELECT size, pg_temp.pages(size) FROM unnest(ARRAY[1, 7, 200]) AS size;
SELECT jsonb_array_length(items) AS default_size, next_cursor IS NOT NULL AS more FROM admit.journal_list(209);
SELECT jsonb_array_length(items) AS filtered, next_cursor IS NOT NULL AS more FROM admit.journal_list(209, action => 'venue.created', "limit" => 2);
SELECT admit.journal_list(209, "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.journal_list(209, "limit" => 201);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.journal_list(209, cursor => 'nonsense');
\echo :LAST_ERROR_SQLSTATE
-- A credential for one venue or event sees no more than that, whatever it asks for; a guest sees none of it.
SELECT api_key AS barn_auditor FROM admit.api_key_create(209, name => 'Barn', role => 'auditor', venue_id => :'barn') \gset
SELECT api_key AS night_auditor FROM admit.api_key_create(209, name => 'Night', role => 'auditor', event_id => :'night') \gset
\set seen 'SELECT count(*) AS seen, bool_and((item ->> ''event_id'') IS NOT DISTINCT FROM :''dance'' OR item ->> ''gate_id'' = :''barn_door'') AS of_barn, bool_and((item ->> ''event_id'') IS NOT DISTINCT FROM :''night'') AS of_night FROM json_array_elements('
\set listed '::json -> ''items'') AS item;'
:seen admit.dispatch(209, 'journal.list', :'barn_auditor', '{"limit": 200}') :listed
:seen admit.dispatch(209, 'journal.list', :'night_auditor', '{"limit": 200}') :listed
:plain event_id = :'night';
:seen admit.dispatch(209, 'journal.list', :'barn_auditor', json_build_object('event_id', :'night')::text) :listed
SELECT json_array_length(admit.dispatch(209, 'alert.list', :'barn_auditor', '{}')::json -> 'items') AS barn_alerts, json_array_length(admit.dispatch(209, 'alert.list', :'night_auditor', '{}')::json -> 'items') AS night_alerts;
SELECT admit.dispatch(209, 'alert.list', :'barn_auditor', json_build_object('event_id', :'night')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(209, 'journal.list', :'guest', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(209, 'journal.list', :'device_token', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seal(209) AS sealed;
SELECT * FROM admit.verify(209) WHERE violations <> 0;
