-- API keys bound to a venue or an event: what lies outside is as unknown as none, and no list shows it.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(665, 'Scopes') \gset
SELECT provider FROM admit.provider_configure(665, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
CREATE TEMP TABLE thing (place text, kind text, value text);

-- Two nights at one hall and one elsewhere, each with a gate, a device, wallets, a scan, a payment and a key.
CREATE FUNCTION pg_temp.conflict(tenant integer, device uuid, event uuid) RETURNS text LANGUAGE sql AS $$
SELECT u.verdicts #>> '{0,scan_id}' FROM admit.scan_upload(tenant, device_id => device, sent_at => now(), scans => jsonb_build_array(
    jsonb_build_object('nonce', admit.uuid7(), 'token', 'rubbish', 'kind', 'entry', 'event_id', event, 'scanned_at', now(), 'outcome', 'admitted'))) AS u
$$;
CREATE FUNCTION pg_temp.furnish(place text, venue_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    event admit.event_view := admit.event_create(665, venue_id => venue_id, name => place, starts_at => now() - interval '1 hour',
        ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0, exit_scans => false, entry_fee_cents => 0);
    gate admit.gate_view := admit.gate_create(665, venue_id => venue_id, name => 'Door of ' || place, gate_type => 'door');
    device admit.device_token := admit.device_register(665, name => 'D', gate_id => gate.gate_id, event_id => event.event_id);
    wallet admit.wallet_opened := admit.wallet_open(665, event_id => event.event_id, venue_id => venue_id);
    frozen admit.wallet_opened := admit.wallet_open(665, event_id => event.event_id, venue_id => venue_id);
    key admit.api_key_created := admit.api_key_create(665, name => place, role => 'staff', event_id => event.event_id, venue_id => venue_id);
    payment admit.payment_view := admit.payment_fund(665, session_token => wallet.session_token, amount_cents => 700);
    funded uuid := pg_temp.fund(665, wallet.session_token, 900);
    refund admit.refund_requested := admit.payment_refund(665, payment_id => funded, amount_cents => 100, reason => 'r');
    failed admit.refund_requested := admit.payment_refund(665, payment_id => funded, amount_cents => 100, reason => 'r');
    scan jsonb := admit.dispatch(665, 'scan.record', device.device_token, jsonb_build_object('token', wallet.session_token, 'kind', 'entry', 'nonce', admit.uuid7())::text);
    person admit.staff_code_issued := admit.staff_create(665, name => place, role => 'staff', event_ids => jsonb_build_array(event.event_id));
    pool admit.pool_view;
    poster admit.venue_code_view := admit.venue_code_create(665, venue_id => venue_id, event_id => event.event_id, gate_id => gate.gate_id, kind => 'entry', label => place);
    sale admit.ticket_type_view;
    lines jsonb;
    hold admit.hold_view;
    bought admit.order_view;
    unpaid admit.order_view;
    wished admit.reissue_request_view;
BEGIN
    INSERT INTO admit.payment_customer VALUES (665, wallet.wallet_id, 'stripe', false, 'cus_' || place, now());
    INSERT INTO admit.payment_method VALUES (665, gen_random_uuid(), wallet.wallet_id, 'stripe', false, 'pm_' || place, 'card', 'visa', '4242', 1, 2030, true, now(), now());
    PERFORM admit.refund_fail(665, refund_id => failed.refund_id, reason => 'r');
    PERFORM pg_temp.deliver(665, pg_temp.event('evt_' || place, 'charge.dispute.created', jsonb_build_object('id', 'du_' || place, 'amount', 100,
        'currency', 'usd', 'payment_intent', 'pi_' || funded, 'status', 'warning_needs_response')));
    PERFORM admit.wallet_freeze(665, wallet_id => frozen.wallet_id, reason => 'lost');
    PERFORM admit.fee_set(665, scope => 'gate', scope_id => gate.gate_id, rules => '[]');
    pool := admit.pool_create(665, event_id => event.event_id, name => 'Hall', total => 100);
    sale := admit.ticket_type_create(665, event_id => event.event_id, name => 'Standing', price_cents => 0, total => 50);
    lines := jsonb_build_array(jsonb_build_object('ticket_type_id', sale.ticket_type_id, 'quantity', 1));
    hold := admit.hold_create(665, hold_id => admit.uuid7(), wallet_id => wallet.wallet_id, lines => lines);
    bought := admit.order_create(665, order_id => admit.uuid7(), wallet_id => wallet.wallet_id, lines => lines, pay_with => 'nothing');
    unpaid := admit.order_create(665, order_id => admit.uuid7(), wallet_id => wallet.wallet_id, lines => lines);
    wished := admit.ticket_reissue_request(665, session_token => wallet.session_token, ticket_id => (bought.tickets -> 0 ->> 'ticket_id')::uuid, reason => 'lost');
    INSERT INTO thing SELECT place, kind, value FROM (VALUES ('event', event.event_id::text), ('gate', gate.gate_id::text), ('device', device.device_id::text),
        ('person', person.staff_id::text), ('wallet', wallet.wallet_id::text), ('frozen', frozen.wallet_id::text), ('api_key', key.api_key_id::text), ('payment', payment.payment_id::text),
        ('entry', scan ->> 'scan_id'), ('conflict', pg_temp.conflict(665, device.device_id, event.event_id)), ('session', wallet.session_token), ('pool', pool.pool_id::text), ('type', sale.ticket_type_id::text),
        ('hold', hold.hold_id::text), ('order', bought.order_id::text), ('unpaid', unpaid.order_id::text), ('ticket', bought.tickets -> 0 ->> 'ticket_id'), ('refund', refund.refund_id::text), ('failed', failed.refund_id::text), ('poster', poster.venue_code_id::text), ('wished', wished.reissue_request_id::text),
        ('dispute', (SELECT d.dispute_id::text FROM admit.dispute AS d WHERE d.tenant_id = 665 AND d.payment_id = funded))) AS things (kind, value);
END
$$;
SELECT venue_id AS hall, account_id AS hall_account FROM admit.venue_create(665, name => 'Hall', default_entry_fee_cents => 0) \gset
SELECT venue_id AS annex, account_id AS annex_account FROM admit.venue_create(665, name => 'Annex', default_entry_fee_cents => 0) \gset
SELECT display_name FROM admit.branding_set(665, display_name => 'Scopes');
SELECT pg_temp.furnish(place, venue_id) IS NOT NULL AS furnished
FROM (VALUES ('friday', :'hall'::uuid), ('saturday', :'hall'), ('elsewhere', :'annex')) AS nights (place, venue_id);
INSERT INTO thing VALUES ('friday', 'venue', :'hall'), ('elsewhere', 'venue', :'annex'), ('friday', 'account', :'hall_account'), ('elsewhere', 'account', :'annex_account');
SELECT api_key AS hall_key FROM admit.api_key_create(665, name => 'Hall', role => 'owner', venue_id => :'hall') \gset
SELECT api_key AS friday_key FROM admit.api_key_create(665, name => 'Friday', role => 'owner', event_id => (SELECT value::uuid FROM thing WHERE place = 'friday' AND kind = 'event')) \gset

-- Every field that takes an id, in a request about friday that is right in all else.
CREATE TEMP TABLE probe (command text, field text, kind text, request jsonb);
INSERT INTO probe VALUES
    ('account.get', 'account_id', 'account', '{}'),
    ('alert.list', 'event_id', 'event', '{}'),
    ('api_key.create', 'event_id', 'event', '{"name": "K", "role": "staff", "venue_id": "$venue"}'),
    ('api_key.create', 'venue_id', 'venue', '{"name": "K", "role": "staff", "event_id": "$event"}'),
    ('api_key.revoke', 'api_key_id', 'api_key', '{}'),
    ('branding.get', 'event_id', 'event', '{}'),
    ('branding.get', 'organizer_account_id', 'account', '{}'),
    ('dispute.get', 'dispute_id', 'dispute', '{}'),
    ('dispute.list', 'order_id', 'order', '{}'),
    ('dispute.list', 'payment_id', 'payment', '{}'),
    ('dispute.list', 'wallet_id', 'wallet', '{}'),
    ('device.assign', 'device_id', 'device', '{"gate_id": "$gate"}'),
    ('device.assign', 'event_id', 'event', '{"device_id": "$device", "gate_id": "$gate"}'),
    ('device.assign', 'gate_id', 'gate', '{"device_id": "$device"}'),
    ('device.get', 'device_id', 'device', '{}'),
    ('device.heartbeat', 'device_id', 'device', '{}'),
    ('device.invite', 'device_id', 'device', '{}'),
    ('device.invite', 'event_id', 'event', '{"name": "D", "gate_id": "$gate"}'),
    ('device.invite', 'event_ids', 'event', '{"name": "D", "gate_id": "$gate", "event_ids": ["$field"]}'),
    ('device.invite', 'gate_id', 'gate', '{"name": "D"}'),
    ('device.list', 'venue_id', 'venue', '{}'),
    ('device.register', 'event_id', 'event', '{"name": "D", "gate_id": "$gate"}'),
    ('device.register', 'gate_id', 'gate', '{"name": "D"}'),
    ('device.renew', 'device_id', 'device', '{}'),
    ('device.revoke', 'device_id', 'device', '{}'),
    ('device.update', 'device_id', 'device', '{"name": "D"}'),
    ('event.create', 'venue_id', 'venue', '{"name": "E", "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}'),
    ('event.get', 'event_id', 'event', '{}'),
    ('event.list', 'venue_id', 'venue', '{}'),
    ('event.update', 'event_id', 'event', '{"name": "E"}'),
    ('fee.get', 'scope_id', 'event', '{"scope": "event"}'),
    ('fee.get', 'scope_id', 'gate', '{"scope": "gate"}'),
    ('fee.get', 'scope_id', 'venue', '{"scope": "venue"}'),
    ('fee.preview', 'event_id', 'event', '{"action": "entry"}'),
    ('fee.preview', 'gate_id', 'gate', '{"action": "entry", "event_id": "$event"}'),
    ('fee.set', 'scope_id', 'event', '{"scope": "event", "rules": []}'),
    ('fee.set', 'scope_id', 'gate', '{"scope": "gate", "rules": []}'),
    ('fee.set', 'scope_id', 'venue', '{"scope": "venue", "rules": []}'),
    ('fee.versions', 'scope_id', 'event', '{"scope": "event"}'),
    ('gate.create', 'venue_id', 'venue', '{"name": "G", "gate_type": "door"}'),
    ('gate.list', 'venue_id', 'venue', '{}'),
    ('gate.update', 'gate_id', 'gate', '{"name": "G"}'),
    ('hold.create', 'lines', 'type', '{"wallet_id": "$wallet", "lines": [{"ticket_type_id": "$field", "quantity": 1}]}'),
    ('hold.create', 'wallet_id', 'wallet', '{"lines": [{"ticket_type_id": "$type", "quantity": 1}]}'),
    ('hold.extend', 'hold_id', 'hold', '{}'),
    ('hold.get', 'hold_id', 'hold', '{}'),
    ('hold.list', 'event_id', 'event', '{}'),
    ('hold.release', 'hold_id', 'hold', '{}'),
    ('journal.inclusion', 'entry_id', 'entry', '{}'),
    ('journal.list', 'actor_id', 'device', '{}'),
    ('journal.list', 'event_id', 'event', '{}'),
    ('journal.list', 'gate_id', 'gate', '{}'),
    ('journal.list', 'venue_id', 'venue', '{}'),
    ('journal.list', 'wallet_id', 'wallet', '{}'),
    ('order.cancel', 'order_id', 'unpaid', '{}'),
    ('order.create', 'hold_id', 'hold', '{"wallet_id": "$wallet"}'),
    ('order.create', 'lines', 'type', '{"wallet_id": "$wallet", "lines": [{"ticket_type_id": "$field", "quantity": 1}]}'),
    ('order.create', 'wallet_id', 'wallet', '{"lines": [{"ticket_type_id": "$type", "quantity": 1}]}'),
    ('order.get', 'order_id', 'order', '{}'),
    ('order.list', 'event_id', 'event', '{}'),
    ('order.list', 'wallet_id', 'wallet', '{}'),
    ('order.pay', 'order_id', 'unpaid', '{"pay_with": "nothing"}'),
    ('order.refund', 'order_id', 'order', '{"reason": "r"}'),
    ('order.timeline', 'order_id', 'order', '{}'),
    ('payment.attach', 'payment_id', 'payment', '{"provider_reference": "pi_scopes"}'),
    ('payment.get', 'payment_id', 'payment', '{}'),
    ('payment.list', 'wallet_id', 'wallet', '{}'),
    ('payment_method.list', 'wallet_id', 'wallet', '{}'),
    ('payment.refund', 'payment_id', 'payment', '{"reason": "r"}'),
    ('payout.create', 'account_id', 'account', '{"amount_cents": 1}'),
    ('pool.create', 'event_id', 'event', '{"name": "P", "total": 5}'),
    ('pool.list', 'event_id', 'event', '{}'),
    ('pool.update', 'pool_id', 'pool', '{"name": "P"}'),
    ('receipt.get', 'entry_id', 'entry', '{}'),
    ('refund.fail', 'refund_id', 'refund', '{"reason": "r"}'),
    ('refund.get', 'refund_id', 'refund', '{}'),
    ('refund.list', 'order_id', 'order', '{}'),
    ('refund.list', 'payment_id', 'payment', '{}'),
    ('refund.list', 'wallet_id', 'wallet', '{}'),
    ('refund.retry', 'refund_id', 'failed', '{"reason": "r"}'),
    ('reissue_request.grant', 'reissue_request_id', 'wished', '{}'),
    ('reissue_request.list', 'event_id', 'event', '{}'),
    ('reissue_request.list', 'ticket_id', 'ticket', '{}'),
    ('reissue_request.reject', 'reissue_request_id', 'wished', '{"note": "n"}'),
    ('report.live', 'event_id', 'event', '{}'),
    ('scan.list', 'event_id', 'event', '{}'),
    ('scan.list', 'gate_id', 'gate', '{}'),
    ('scan.list', 'wallet_id', 'wallet', '{}'),
    ('scan.annul', 'scan_id', 'entry', '{"reason": "r"}'),
    ('scan.check', 'device_id', 'device', '{"token": "$session", "kind": "entry", "event_id": "$event", "gate_id": "$gate"}'),
    ('scan.check', 'event_id', 'event', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('scan.check', 'gate_id', 'gate', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('scan.upload', 'device_id', 'device', '{"sent_at": "2026-01-01T00:00:00Z", "scans": [{"nonce": "00000000-0000-7000-8000-000000000001", "token": "x", "kind": "entry", "scanned_at": "2026-01-01T00:00:00Z", "outcome": "denied"}]}'),
    ('scan_conflict.list', 'event_id', 'event', '{}'),
    ('scan_conflict.resolve', 'scan_id', 'conflict', '{"note": "n"}'),
    ('scan.override', 'event_id', 'event', '{"gate_id": "$gate", "token": "$session", "reason": "r"}'),
    ('scan.override', 'gate_id', 'gate', '{"event_id": "$event", "token": "$session", "reason": "r"}'),
    ('scan.record', 'device_id', 'device', '{"token": "$session", "kind": "entry"}'),
    ('scan.record', 'device_id', 'device', '{"token": "$session", "kind": "entry", "event_id": "$event", "gate_id": "$gate"}'),
    ('scan.record', 'event_id', 'event', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('scan.record', 'gate_id', 'gate', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('staff.activity', 'staff_id', 'person', '{}'),
    ('staff.code', 'staff_id', 'person', '{}'),
    ('staff.create', 'event_ids', 'event', '{"name": "N", "role": "staff", "event_ids": ["$field"]}'),
    ('staff.create', 'venue_ids', 'venue', '{"name": "N", "role": "staff", "venue_ids": ["$field"]}'),
    ('staff.deactivate', 'staff_id', 'person', '{}'),
    ('staff.get', 'staff_id', 'person', '{}'),
    ('staff.list', 'venue_id', 'venue', '{}'),
    ('staff.sessions', 'device_id', 'device', '{}'),
    ('staff.sessions', 'staff_id', 'person', '{}'),
    ('staff.totp_begin', 'staff_id', 'person', '{}'),
    ('staff.totp_confirm', 'staff_id', 'person', '{"totp_code": "000000"}'),
    ('staff.totp_invite', 'staff_id', 'person', '{}'),
    ('staff.totp_reset', 'staff_id', 'person', '{}'),
    ('staff.update', 'staff_id', 'person', '{"name": "N"}'),
    ('ticket.cancel', 'ticket_id', 'ticket', '{"reason": "r"}'),
    ('manifest.changes', 'event_id', 'event', '{}'),
    ('manifest.get', 'event_id', 'event', '{}'),
    ('policy.get', 'event_id', 'event', '{}'),
    ('policy.set', 'event_id', 'event', '{"policy": {}}'),
    ('ticket.get', 'ticket_id', 'ticket', '{}'),
    ('ticket.list', 'event_id', 'event', '{}'),
    ('ticket.list', 'order_id', 'order', '{}'),
    ('ticket.list', 'wallet_id', 'wallet', '{}'),
    ('ticket.qr', 'ticket_id', 'ticket', '{}'),
    ('ticket.history', 'ticket_id', 'ticket', '{}'),
    ('ticket.reissue', 'ticket_id', 'ticket', '{"reason": "lost"}'),
    ('ticket_type.create', 'event_id', 'event', '{"name": "T", "price_cents": 1}'),
    ('ticket_type.create', 'pool_ids', 'pool', '{"event_id": "$event", "name": "T", "price_cents": 1, "pool_ids": ["$field"]}'),
    ('ticket_type.get', 'ticket_type_id', 'type', '{}'),
    ('ticket_type.list', 'event_id', 'event', '{}'),
    ('ticket_type.update', 'ticket_type_id', 'type', '{"name": "T"}'),
    ('venue.get', 'venue_id', 'venue', '{}'),
    ('venue.update', 'venue_id', 'venue', '{"name": "V"}'),
    ('venue_code.create', 'event_id', 'event', '{"venue_id": "$venue", "kind": "vip", "label": "L"}'),
    ('venue_code.create', 'gate_id', 'gate', '{"venue_id": "$venue", "event_id": "$event", "kind": "vip", "label": "L"}'),
    ('venue_code.create', 'venue_id', 'venue', '{"event_id": "$event", "kind": "vip", "label": "L"}'),
    ('venue_code.get', 'venue_code_id', 'poster', '{}'),
    ('venue_code.list', 'event_id', 'event', '{"venue_id": "$venue"}'),
    ('venue_code.list', 'venue_id', 'venue', '{}'),
    ('venue_code.qr', 'venue_code_id', 'poster', '{}'),
    ('venue_code.revoke', 'venue_code_id', 'poster', '{}'),
    ('venue_code.sheet', 'event_id', 'event', '{"venue_id": "$venue"}'),
    ('venue_code.sheet', 'venue_code_id', 'poster', '{"venue_id": "$venue"}'),
    ('venue_code.sheet', 'venue_id', 'venue', '{}'),
    ('waiting_room.configure', 'event_id', 'event', '{"admit_per_minute": 60}'),
    ('wallet.freeze', 'wallet_id', 'wallet', '{"reason": "r"}'),
    ('wallet.lookup', 'wallet_id', 'wallet', '{}'),
    ('wallet.unfreeze', 'wallet_id', 'frozen', '{"reason": "r"}');
-- What a key gets: the whole answer or the error; nothing of it stays.
CREATE FUNCTION pg_temp.outcome(credential text, command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    filled text := request::text;
    answer text;
    own thing;
BEGIN
    FOR own IN SELECT * FROM thing WHERE place = 'friday' LOOP filled := replace(filled, '$' || own.kind, own.value); END LOOP;
    answer := admit.dispatch(665, command, credential, filled, admit.uuid7()::text);
    RAISE EXCEPTION USING MESSAGE = 'undo', ERRCODE = 'UNDO1';
EXCEPTION
    WHEN SQLSTATE 'UNDO1' THEN RETURN 'ok ' || answer;
    WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
CREATE FUNCTION pg_temp.filled(asked probe, value text) RETURNS jsonb LANGUAGE sql AS $$
SELECT CASE WHEN asked.request::text LIKE '%$field%' THEN replace(asked.request::text, '$field', value)::jsonb
            ELSE asked.request || jsonb_build_object(asked.field, value) END
$$;
CREATE TEMP TABLE found AS
SELECT keys.name AS key, p.command, p.field, p.kind, o.place, pg_temp.outcome(keys.credential, p.command, pg_temp.filled(p, f.value)) AS own,
    pg_temp.outcome(keys.credential, p.command, pg_temp.filled(p, o.value)) AS outside,
    pg_temp.outcome(keys.credential, p.command, pg_temp.filled(p, admit.uuid7()::text)) AS unknown
FROM probe AS p JOIN thing AS f ON f.place = 'friday' AND f.kind = p.kind JOIN thing AS o ON o.place <> 'friday' AND o.kind = p.kind
JOIN (VALUES ('hall', :'hall_key'), ('friday', :'friday_key')) AS keys (name, credential) ON keys.name = 'hall' AND o.place = 'elsewhere'
    -- Gates belong to a venue: a key of one event may know all gates there.
    OR keys.name = 'friday' AND (o.place = 'elsewhere' OR p.kind <> 'gate');
-- Where the outside differs from the unknown: nowhere.
SELECT key, command, field, place, outside, unknown FROM found WHERE outside <> unknown ORDER BY 1, 2, 3, 4, 5;
-- What each key gets for its own, and the words for the rest.
\pset format unaligned
SELECT key, command, field, kind, string_agg(DISTINCT CASE WHEN own LIKE 'ok %' THEN 'ok' ELSE own END, ' | ') AS own,
    string_agg(DISTINCT unknown, ' | ') AS unknown
FROM found GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2, 3, 4;

-- Lists without a filter name nothing outside. The owner's lists do, so there is something to hide.
CREATE TEMP TABLE listed AS
SELECT keys.name AS key, c.name AS command, pg_temp.outcome(keys.credential, c.name, '{"limit": 200}') AS answer
FROM (VALUES ('owner', :'owner_key'), ('hall', :'hall_key'), ('friday', :'friday_key')) AS keys (name, credential), admit.command AS c
WHERE c.method = 'GET' AND c.name LIKE '%.list' AND c.name NOT IN ('gate.list', 'role.list', 'key.list', 'device_profile.list', 'account.list', 'hold.list', 'payment_method.list', 'pool.list', 'ticket_type.list', 'venue_code.list')
UNION ALL SELECT keys.name, c.name, pg_temp.outcome(keys.credential, c.name, c.request)
FROM (VALUES ('owner', :'owner_key'), ('hall', :'hall_key'), ('friday', :'friday_key')) AS keys (name, credential),
    (VALUES ('gate.list', '{"venue_id": "$venue"}'::jsonb), ('hold.list', '{"event_id": "$event"}'), ('payment_method.list', '{"wallet_id": "$wallet"}'), ('pool.list', '{"event_id": "$event"}'),
        ('ticket_type.list', '{"event_id": "$event"}'), ('venue_code.list', '{"venue_id": "$venue"}')) AS c (name, request);
SELECT key, command, string_agg(DISTINCT place || ' ' || kind, ', ') AS shown, min(substr(answer, 1, 5)) FILTER (WHERE answer NOT LIKE 'ok %') AS refused
FROM listed LEFT JOIN thing ON position(value IN answer) > 0 GROUP BY 1, 2 ORDER BY 2, 1 DESC;
\pset format aligned
-- Tenant-wide commands are none of theirs.
SELECT c.name AS command, pg_temp.outcome(:'hall_key', c.name, request) AS hall, pg_temp.outcome(:'friday_key', c.name, request) AS friday
FROM (VALUES ('account.list', '{}'::jsonb), ('device_profile.set', '{"profile": "p", "scan_kinds": [], "offline_allowed": false}'), ('staff.configure', '{"totp_roles": []}'), ('effect.list', '{}'), ('account.create', '{"kind": "vendor", "name": "V", "currency": "USD"}'), ('branding.set', '{"display_name": "B"}'), ('fee.get', '{"scope": "platform"}'),
    ('fee.set', '{"scope": "platform", "rules": []}'), ('journal.verify', '{}'), ('journal.consistency', '{"old_size": 1}'), ('key.rotate', '{"purpose": "session"}'), ('key.revoke', '{"key_id": 1, "reason": "r"}'), ('key.schedule', '{"purpose": "session", "every_days": 1}'),
    ('payout.list', '{}'), ('provider.get', '{"provider": "stripe"}'), ('provider.configure', '{"provider": "stripe", "live": false, "webhook_secrets": ["whsec_stolen"]}'),
    ('provider.onboard', '{"provider": "stripe", "country": "DE", "return_url": "https://a.example", "refresh_url": "https://a.example"}'), ('provider.onboarding', '{"onboarding_id": "00000000-0000-7000-8000-000000000001"}'),
    ('role.set', '{"role": "staff", "commands": []}'), ('venue.create', '{"name": "V"}'), ('venue_code.configure', '{"link_base_url": "https://stolen.example"}'), ('webhook.list', '{}')) AS c (name, request) ORDER BY 1;
-- A bound key issues none that is bound less.
SELECT pg_temp.outcome(:'hall_key', 'api_key.create', '{"name": "K", "role": "staff"}') AS hall, pg_temp.outcome(:'friday_key', 'api_key.create', '{"name": "K", "role": "staff", "venue_id": "$venue"}') AS friday;
-- Nor does it get the answer to a request of somebody else by sending that again.
CREATE FUNCTION pg_temp.again(credential text, command text, id_field text, kind text) RETURNS text LANGUAGE sql AS $$
SELECT left(pg_temp.outcome(credential, command, jsonb_build_object(id_field, max(value) FILTER (WHERE t.kind = again.kind), 'wallet_id', max(value) FILTER (WHERE t.kind = 'wallet'),
    'lines', jsonb_build_array(jsonb_build_object('ticket_type_id', max(value) FILTER (WHERE t.kind = 'type'), 'quantity', 1)))), 5) FROM thing AS t WHERE place = 'elsewhere'
$$;
SELECT name AS key, pg_temp.again(credential, 'hold.create', 'hold_id', 'hold') AS hold, pg_temp.again(credential, 'order.create', 'order_id', 'unpaid') AS "order"
FROM (VALUES (1, 'owner', :'owner_key'), (2, 'hall', :'hall_key'), (3, 'friday', :'friday_key')) AS keys (rank, name, credential) ORDER BY rank;
SELECT * FROM admit.verify(665) WHERE violations <> 0;
