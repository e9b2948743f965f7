-- Fees: shares add up, versions never change what was booked, bad schedules are refused.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(14, 'Fees');
SELECT venue_id FROM admit.venue_create(14, name => 'Hall', default_entry_fee_cents => 700) \gset
SELECT event_id FROM admit.event_create(14, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT currency, total_cents FROM admit.fee_preview(14, event_id => :'event_id', action => 'entry');
SELECT scope FROM admit.fee_set(14, scope => 'event', scope_id => :'event_id', rules => '[
    {"action": "entry", "component": "venue_fee", "fixed_cents": 1001, "shares": [
        {"payee": "venue", "percentage": "33.3333"}, {"payee": "pool", "percentage": "33.3333"}, {"payee": "platform", "percentage": "33.3334"}]},
    {"action": "concession", "component": "platform_fee", "percentage": "2.5", "fixed_cents": 1, "shares": [{"payee": "platform", "percentage": "100"}]}]');
SELECT total_cents, (SELECT jsonb_agg(s -> 'amount_cents') FROM jsonb_array_elements(charges -> 0 -> 'shares') AS s) AS shares
FROM admit.fee_preview(14, event_id => :'event_id', action => 'entry');
SELECT total_cents, jsonb_array_length(charges) AS parts
FROM admit.fee_preview(14, event_id => :'event_id', action => 'concession', amount_cents => 999);
SELECT jsonb_array_length(items) AS versions FROM admit.fee_versions(14, scope => 'event', scope_id => :'event_id');
SELECT admit.fee_set(14, scope => 'event', scope_id => :'event_id', rules => '[{"action": "entry", "component": "venue_fee", "fixed_cents": -1, "shares": [{"payee": "venue", "percentage": "100"}]}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.fee_set(14, scope => 'event', scope_id => :'event_id', rules => '[{"action": "entry", "component": "venue_fee", "fixed_cents": 1, "shares": [{"payee": "venue", "percentage": "99"}]}]');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.fee_preview(14, event_id => :'event_id', action => 'entry', amount_cents => 5);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.fee_preview(14, event_id => admit.uuid7(), action => 'entry');
\echo :LAST_ERROR_SQLSTATE
