-- Another tenant's objects answer exactly as objects that do not exist, command by command.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(45, 'Ours');
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(46, 'Theirs');
SELECT webhook_secrets FROM admit.provider_configure(45, live => false, provider => 'stripe', webhook_secrets => '["whsec_1234567890"]');
-- Everything that has an id, of tenant 45.
SELECT venue_id, account_id FROM admit.venue_create(45, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(45, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(45, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day', entry_fee_cents => 0) \gset
SELECT device_id FROM admit.device_register(45, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(45, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT payment_id FROM admit.payment_fund(45, :'session_token', amount_cents => 1000) \gset
SELECT scan_id AS entry_id FROM admit.scan(45, :'session_token', :'device_id', 'entry', admit.uuid7()) \gset
SELECT api_key_id FROM admit.api_key_create(45, name => 'K', role => 'staff') \gset
-- Tenant 46 has a venue of its own, for requests that name two objects.
SELECT venue_id AS own_venue FROM admit.venue_create(46, name => 'Hall') \gset
SELECT gate_id AS own_gate FROM admit.gate_create(46, venue_id => :'own_venue', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS own_event FROM admit.event_create(46, venue_id => :'own_venue', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id AS own_device FROM admit.device_register(46, name => 'D', gate_id => :'own_gate', event_id => :'own_event') \gset
SELECT session_token AS own_token FROM admit.wallet_open(46, event_id => :'own_event', venue_id => :'own_venue') \gset
CREATE FUNCTION pg_temp.answer(command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 'done: ' || (SELECT string_agg(key, ' ' ORDER BY key) FROM jsonb_object_keys(admit.call(46, command, request, admit.uuid7()::text)) AS key);
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
-- FOREIGN stands for the other tenant's id, and in the second round for an id that nobody has.
CREATE TEMPORARY TABLE request (command text, foreign_id text, body text);
INSERT INTO request
SELECT command, foreign_id, replace(replace(replace(replace(replace(body, 'OWN_VENUE', :'own_venue'), 'OWN_GATE', :'own_gate'), 'OWN_EVENT', :'own_event'), 'OWN_DEVICE', :'own_device'), 'OWN_TOKEN', :'own_token')
FROM (VALUES
    ('api_key.revoke', :'api_key_id', '{"api_key_id": "FOREIGN"}'),
    ('api_key.create', :'event_id', '{"name": "K", "role": "staff", "event_id": "FOREIGN"}'),
    ('api_key.create', :'venue_id', '{"name": "K", "role": "staff", "venue_id": "FOREIGN"}'),
    ('venue.get', :'venue_id', '{"venue_id": "FOREIGN"}'),
    ('venue.update', :'venue_id', '{"venue_id": "FOREIGN", "name": "Mine"}'),
    ('gate.create', :'venue_id', '{"venue_id": "FOREIGN", "name": "G", "gate_type": "door"}'),
    ('gate.create', :'account_id', '{"venue_id": "OWN_VENUE", "name": "G", "gate_type": "door", "vendor_account_id": "FOREIGN"}'),
    ('gate.list', :'venue_id', '{"venue_id": "FOREIGN"}'),
    ('gate.update', :'gate_id', '{"gate_id": "FOREIGN", "name": "Mine"}'),
    ('event.create', :'venue_id', '{"venue_id": "FOREIGN", "name": "E", "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}'),
    ('event.create', :'account_id', '{"venue_id": "OWN_VENUE", "name": "E", "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z", "promoter_account_id": "FOREIGN"}'),
    ('event.get', :'event_id', '{"event_id": "FOREIGN"}'),
    ('event.list', :'venue_id', '{"venue_id": "FOREIGN"}'),
    ('event.update', :'event_id', '{"event_id": "FOREIGN", "name": "Mine"}'),
    ('device.register', :'gate_id', '{"gate_id": "FOREIGN", "name": "D"}'),
    ('device.register', :'event_id', '{"gate_id": "OWN_GATE", "name": "D", "event_id": "FOREIGN"}'),
    ('device.renew', :'device_id', '{"device_id": "FOREIGN"}'),
    ('device.assign', :'device_id', '{"device_id": "FOREIGN", "gate_id": "OWN_GATE"}'),
    ('device.assign', :'gate_id', '{"device_id": "OWN_DEVICE", "gate_id": "FOREIGN"}'),
    ('device.revoke', :'device_id', '{"device_id": "FOREIGN"}'),
    ('device.list', :'venue_id', '{"venue_id": "FOREIGN"}'),
    ('fee.set', :'event_id', '{"scope": "event", "scope_id": "FOREIGN", "rules": []}'),
    ('fee.set', :'venue_id', '{"scope": "venue", "scope_id": "FOREIGN", "rules": []}'),
    ('fee.set', :'gate_id', '{"scope": "gate", "scope_id": "FOREIGN", "rules": []}'),
    ('fee.get', :'event_id', '{"scope": "event", "scope_id": "FOREIGN"}'),
    ('fee.versions', :'event_id', '{"scope": "event", "scope_id": "FOREIGN"}'),
    ('fee.preview', :'event_id', '{"action": "entry", "event_id": "FOREIGN"}'),
    ('fee.preview', :'gate_id', '{"action": "entry", "event_id": "OWN_EVENT", "gate_id": "FOREIGN"}'),
    ('account.get', :'account_id', '{"account_id": "FOREIGN"}'),
    ('wallet.open', :'event_id', '{"event_id": "FOREIGN", "venue_id": "OWN_VENUE"}'),
    ('wallet.open', :'venue_id', '{"event_id": "OWN_EVENT", "venue_id": "FOREIGN"}'),
    ('wallet.lookup', :'wallet_id', '{"wallet_id": "FOREIGN"}'),
    ('wallet.freeze', :'wallet_id', '{"wallet_id": "FOREIGN", "reason": "r"}'),
    ('wallet.unfreeze', :'wallet_id', '{"wallet_id": "FOREIGN", "reason": "r"}'),
    ('scan.record', :'device_id', '{"token": "OWN_TOKEN", "kind": "entry", "device_id": "FOREIGN", "nonce": "01900000-0000-7000-8000-000000000001"}'),
    ('scan.record', :'event_id', '{"token": "OWN_TOKEN", "kind": "entry", "device_id": "OWN_DEVICE", "event_id": "FOREIGN", "nonce": "01900000-0000-7000-8000-000000000002"}'),
    ('scan.record', :'gate_id', '{"token": "OWN_TOKEN", "kind": "entry", "device_id": "OWN_DEVICE", "gate_id": "FOREIGN", "nonce": "01900000-0000-7000-8000-000000000003"}'),
    ('scan.override', :'event_id', '{"token": "OWN_TOKEN", "reason": "r", "event_id": "FOREIGN", "gate_id": "OWN_GATE", "nonce": "01900000-0000-7000-8000-000000000004"}'),
    ('scan.override', :'gate_id', '{"token": "OWN_TOKEN", "reason": "r", "event_id": "OWN_EVENT", "gate_id": "FOREIGN", "nonce": "01900000-0000-7000-8000-000000000005"}'),
    ('scan.list', :'event_id', '{"event_id": "FOREIGN"}'),
    ('scan.list', :'wallet_id', '{"wallet_id": "FOREIGN"}'),
    ('payment.get', :'payment_id', '{"payment_id": "FOREIGN"}'),
    ('payment.attach', :'payment_id', '{"payment_id": "FOREIGN", "provider_reference": "pi_1"}'),
    ('payment.list', :'wallet_id', '{"wallet_id": "FOREIGN"}'),
    ('payment.refund', :'payment_id', '{"payment_id": "FOREIGN", "reason": "r"}'),
    ('payout.create', :'account_id', '{"account_id": "FOREIGN", "amount_cents": 1}'),
    ('payout.list', :'account_id', '{"account_id": "FOREIGN"}'),
    ('payout.get', :'payment_id', '{"payout_id": "FOREIGN"}'),
    ('receipt.get', :'entry_id', '{"entry_id": "FOREIGN"}'),
    ('journal.list', :'event_id', '{"event_id": "FOREIGN"}'),
    ('journal.list', :'wallet_id', '{"wallet_id": "FOREIGN"}'),
    ('journal.inclusion', :'entry_id', '{"entry_id": "FOREIGN"}'),
    ('report.live', :'event_id', '{"event_id": "FOREIGN"}'),
    ('alert.list', :'event_id', '{"event_id": "FOREIGN"}')) AS r (command, foreign_id, body);
SELECT command, foreign_answer, foreign_answer = unknown_answer AS the_same FROM (
    SELECT command, body, pg_temp.answer(command, replace(body, 'FOREIGN', foreign_id)::jsonb) AS foreign_answer,
        pg_temp.answer(command, replace(replace(body, 'FOREIGN', admit.uuid7()::text), '0190000', '0191000')::jsonb) AS unknown_answer
    FROM request OFFSET 0) AS answers
ORDER BY command, body;
-- Every command with an id in its path is in the list above (these three have a name there).
SELECT c.name AS untested FROM admit.command AS c
WHERE c.path ~ '\{' AND c.name NOT IN (SELECT command FROM request) AND c.name NOT IN ('provider.configure', 'role.set', 'wallet.link') ORDER BY 1;
-- A scan of one tenant's token at the other's door is a denial that names no wallet.
SELECT outcome, reason, wallet_id, balance_cents FROM admit.scan(46, :'session_token', :'own_device', 'entry', admit.uuid7());
SELECT * FROM admit.verify(45) WHERE violations <> 0;
SELECT * FROM admit.verify(46) WHERE violations <> 0;
