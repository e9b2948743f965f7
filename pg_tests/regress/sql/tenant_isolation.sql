-- Another tenant's object is as unknown as none: for every field that takes an id, the same SQLSTATE, words and answer.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS their_key FROM admit.tenant_create(651, 'Theirs') \gset
SELECT api_key AS own_key FROM admit.tenant_create(652, 'Own') \gset
CREATE TEMP TABLE thing (tenant_id integer, kind text, value text);

-- A tenant with one object of each kind: a funded wallet, a paid entry, a payout.
CREATE FUNCTION pg_temp.conflict(tenant integer, device uuid, event uuid) RETURNS text LANGUAGE sql AS $$
SELECT u.verdicts #>> '{0,scan_id}' FROM admit.scan_upload(tenant, device_id => device, sent_at => now(), scans => jsonb_build_array(
    jsonb_build_object('nonce', admit.uuid7(), 'token', 'rubbish', 'kind', 'entry', 'event_id', event, 'scanned_at', now(), 'outcome', 'admitted'))) AS u
$$;
CREATE FUNCTION pg_temp.hmac(secret text, message text) RETURNS text LANGUAGE sql AS $$
    SELECT encode(sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))), 'hex') FROM (
        SELECT decode(string_agg(lpad(to_hex(byte # 54), 2, '0'), '' ORDER BY i), 'hex') AS inner_pad,
               decode(string_agg(lpad(to_hex(byte # 92), 2, '0'), '' ORDER BY i), 'hex') AS outer_pad
        FROM (SELECT i, get_byte(decode(rpad(encode(convert_to(secret, 'UTF8'), 'hex'), 128, '0'), 'hex'), i) AS byte
              FROM generate_series(0, 63) AS i) AS bytes) AS pads
$$;
CREATE FUNCTION pg_temp.receive(tenant integer, type text, object jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    event text := jsonb_build_object('id', 'evt_' || tenant || type, 'type', type, 'livemode', false,
                                     'data', jsonb_build_object('object', object || '{"currency": "usd"}'));
    seconds bigint := extract(epoch FROM now());
BEGIN
    RETURN (SELECT state FROM admit.webhook(tenant, 'stripe', convert_to(event, 'UTF8'), jsonb_build_object('stripe-signature',
        format('t=%s,v1=%s', seconds, pg_temp.hmac('whsec_isolation_' || tenant, seconds || '.' || event)))));
END
$$;
CREATE FUNCTION pg_temp.furnish(tenant integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    venue admit.venue_view := admit.venue_create(tenant, name => 'Hall', default_entry_fee_cents => 500);
    event admit.event_view := admit.event_create(tenant, venue_id => venue.venue_id, name => 'Night', starts_at => now() - interval '1 hour',
        ends_at => now() + interval '1 day', reentry_allowed => true, duplicate_window_ms => 0, exit_scans => false);
    gate admit.gate_view := admit.gate_create(tenant, venue_id => venue.venue_id, name => 'Door', gate_type => 'door');
    person admit.staff_code_issued := admit.staff_create(tenant, name => 'P', role => 'staff', venue_ids => jsonb_build_array(venue.venue_id));
    device admit.device_token := admit.device_register(tenant, name => 'D', gate_id => gate.gate_id, event_id => event.event_id);
    account admit.account_view := admit.account_create(tenant, kind => 'vendor', name => 'Vendor', currency => 'USD');
    wallet admit.wallet_opened := admit.wallet_open(tenant, event_id => event.event_id, venue_id => venue.venue_id);
    frozen admit.wallet_opened := admit.wallet_open(tenant, event_id => event.event_id, venue_id => venue.venue_id);
    key admit.api_key_created := admit.api_key_create(tenant, name => 'Spare', role => 'staff');
    payment admit.payment_view;
    refund admit.refund_requested;
    failed admit.refund_requested;
    scan_id uuid;
    payout admit.payout_view;
    pool admit.pool_view;
    sale admit.ticket_type_view;
    lines jsonb;
    hold admit.hold_view;
    bought admit.order_view;
    unpaid admit.order_view;
    approval admit.approval_view;
    asked admit.refund_request_view;
    wished admit.reissue_request_view;
    method uuid := admit.uuid7();
    setup uuid := admit.uuid7();
    storm admit.event_view := admit.event_create(tenant, venue_id => venue.venue_id, name => 'Storm', starts_at => now(), ends_at => now() + interval '1 day');
    layout admit.seat_layout_view;
    poster admit.venue_code_view := admit.venue_code_create(tenant, venue_id => venue.venue_id, event_id => event.event_id, gate_id => gate.gate_id, kind => 'entry', label => 'Door');
    compared admit.reconciliation_view;
    onboarded admit.provider_onboarding_view;
BEGIN
    PERFORM admit.provider_configure(tenant, live => false, provider => 'stripe', webhook_secrets => jsonb_build_array('whsec_isolation_' || tenant));
    PERFORM admit.wallet_freeze(tenant, wallet_id => frozen.wallet_id, reason => 'lost');
    payment := admit.payment_fund(tenant, session_token => wallet.session_token, amount_cents => 10000);
    PERFORM pg_temp.receive(tenant, 'payment_intent.succeeded', jsonb_build_object('id', 'pi_' || tenant, 'amount', 10000,
        'amount_received', 10000, 'metadata', jsonb_build_object('admit_payment_id', payment.payment_id)));
    PERFORM pg_temp.receive(tenant, 'charge.dispute.created', jsonb_build_object('id', 'du_' || tenant, 'amount', 100,
        'payment_intent', 'pi_' || tenant, 'status', 'warning_needs_response'));
    refund := admit.payment_refund(tenant, payment_id => payment.payment_id, amount_cents => 100, reason => 'r');
    failed := admit.payment_refund(tenant, payment_id => payment.payment_id, amount_cents => 100, reason => 'r');
    PERFORM admit.refund_fail(tenant, refund_id => failed.refund_id, reason => 'r');
    scan_id := admit.dispatch(tenant, 'scan.record', device.device_token,
        jsonb_build_object('token', wallet.session_token, 'kind', 'entry', 'nonce', admit.uuid7())::text)::jsonb ->> 'scan_id';
    payout := admit.payout_create(tenant, account_id => venue.account_id, amount_cents => 100);
    pool := admit.pool_create(tenant, event_id => event.event_id, name => 'Hall', total => 100);
    sale := admit.ticket_type_create(tenant, event_id => event.event_id, name => 'Standing', price_cents => 0, total => 50);
    lines := jsonb_build_array(jsonb_build_object('ticket_type_id', sale.ticket_type_id, 'quantity', 1));
    hold := admit.hold_create(tenant, hold_id => admit.uuid7(), wallet_id => wallet.wallet_id, lines => lines);
    bought := admit.order_create(tenant, order_id => admit.uuid7(), wallet_id => wallet.wallet_id, lines => lines, pay_with => 'nothing');
    unpaid := admit.order_create(tenant, order_id => admit.uuid7(), wallet_id => wallet.wallet_id, lines => lines);
    approval := admit.approval_request(tenant, command => 'order.refund', request => jsonb_build_object('order_id', bought.order_id, 'reason', 'r'));
    PERFORM admit.seller_configure(tenant, name => 'Seller', address => 'Street 1');
    PERFORM admit.branding_set(tenant, display_name => 'Tenant ' || tenant);
    PERFORM admit.branding_set(tenant, organizer_account_id => account.account_id, display_name => 'Vendor of ' || tenant);
    asked := admit.order_refund_request(tenant, order_id => bought.order_id, reason => 'r');
    wished := admit.ticket_reissue_request(tenant, session_token => wallet.session_token, ticket_id => (bought.tickets -> 0 ->> 'ticket_id')::uuid, reason => 'lost');
    PERFORM admit.event_cancel(tenant, event_id => storm.event_id, reason => 'storm');
    layout := admit.seat_layout_create(tenant, venue_id => venue.venue_id, name => 'L',
        layout => '{"sections": [{"name": "A", "area": "a", "rows": [{"name": "1", "numbered": {"count": 2}}]}]}');
    PERFORM admit.seating_set(tenant, event_id => event.event_id, layout_id => layout.layout_id);
    -- As webhooks make them, where the provider has an API key.
    INSERT INTO admit.payment_customer VALUES (tenant, wallet.wallet_id, 'stripe', false, 'cus_' || tenant, now());
    INSERT INTO admit.payment_method VALUES (tenant, method, wallet.wallet_id, 'stripe', false, 'pm_' || tenant, 'card', 'visa', '4242', 1, 2030, true, now(), now());
    INSERT INTO admit.payment_method_setup VALUES (tenant, setup, wallet.wallet_id, 'stripe', false, NULL, NULL, 'pending', now(), now());
    PERFORM admit.provider_configure(tenant, live => false, provider => 'stripe', webhook_secrets => jsonb_build_array('whsec_isolation_' || tenant), api_key => 'sk_test_isolation');
    compared := admit.reconciliation_start(tenant, created_from => now() - interval '1 day');
    onboarded := admit.provider_onboard(tenant, provider => 'stripe', country => 'DE', return_url => 'https://a.example', refresh_url => 'https://a.example');
    PERFORM admit.provider_configure(tenant, live => false, provider => 'stripe', webhook_secrets => jsonb_build_array('whsec_isolation_' || tenant));
    PERFORM admit.fee_set(tenant, scope => kind, scope_id => id, rules => '[]')
    FROM (VALUES ('event', event.event_id), ('gate', gate.gate_id)) AS scopes (kind, id);
    INSERT INTO thing SELECT tenant, kind, value FROM (VALUES ('venue', venue.venue_id::text), ('event', event.event_id::text),
        ('gate', gate.gate_id::text), ('device', device.device_id::text), ('person', person.staff_id::text), ('vendor', account.account_id::text), ('account', venue.account_id::text),
        ('wallet', wallet.wallet_id::text), ('frozen', frozen.wallet_id::text), ('api_key', key.api_key_id::text), ('payment', payment.payment_id::text), ('entry', scan_id::text), ('conflict', pg_temp.conflict(tenant, device.device_id, event.event_id)),
        ('payout', payout.payout_id::text), ('session', wallet.session_token), ('reference', payment.provider_reference), ('pool', pool.pool_id::text), ('type', sale.ticket_type_id::text),
        ('hold', hold.hold_id::text), ('order', bought.order_id::text), ('unpaid', unpaid.order_id::text), ('ticket', bought.tickets -> 0 ->> 'ticket_id'),
        ('approval', approval.approval_id::text), ('refund', refund.refund_id::text), ('failed', failed.refund_id::text),
        ('dispute', (SELECT i ->> 'dispute_id' FROM admit.dispute_list(tenant) AS d, jsonb_array_elements(d.items) AS i)), ('storm', storm.event_id::text), ('layout', layout.layout_id::text), ('asked', asked.refund_request_id::text), ('wished', wished.reissue_request_id::text), ('method', method::text), ('setup', setup::text), ('poster', poster.venue_code_id::text), ('compared', compared.reconciliation_id::text), ('begun', onboarded.onboarding_id::text),
        ('effect', (SELECT e.effect_id::text FROM admit.effect AS e WHERE e.tenant_id = tenant AND e.reconciliation_id = compared.reconciliation_id))) AS things (kind, value);
    RETURN (SELECT format('balance %s, payment %s', w.balance_cents, p.state)
            FROM admit.wallet_lookup(tenant, wallet_id => wallet.wallet_id) AS w, admit.payment_get(tenant, payment_id => payment.payment_id) AS p);
END
$$;
SELECT pg_temp.furnish(651) AS theirs, pg_temp.furnish(652) AS own;
UPDATE thing SET value = 'pi_' || tenant_id WHERE kind = 'reference';
DO $$
BEGIN
    FOR round IN 1..200 LOOP
        PERFORM admit.tick(652);
        COMMIT;
        EXIT WHEN NOT EXISTS (SELECT FROM admit.unsealed_entry WHERE tenant_id IN (651, 652)) OR round = 200;
        PERFORM admit.tick(651);
        COMMIT;
        PERFORM pg_sleep(0.02);
    END LOOP;
END
$$;

-- Every field that takes an id, in a request that is right in all else; $ stands for an object of one's own.
CREATE TEMP TABLE probe (command text, field text, kind text, request jsonb);
INSERT INTO probe VALUES
    ('account.get', 'account_id', 'vendor', '{}'),
    ('alert.list', 'event_id', 'event', '{}'),
    ('api_key.create', 'event_id', 'event', '{"name": "K", "role": "staff"}'),
    ('api_key.create', 'venue_id', 'venue', '{"name": "K", "role": "staff"}'),
    ('api_key.revoke', 'api_key_id', 'api_key', '{}'),
    ('approval.grant', 'approval_id', 'approval', '{}'),
    ('approval.reject', 'approval_id', 'approval', '{"reason": "r"}'),
    ('branding.get', 'event_id', 'event', '{}'),
    ('branding.get', 'organizer_account_id', 'vendor', '{}'),
    ('branding.set', 'organizer_account_id', 'vendor', '{"display_name": "B"}'),
    ('device.assign', 'device_id', 'device', '{"gate_id": "$gate"}'),
    ('device.assign', 'event_id', 'event', '{"device_id": "$device", "gate_id": "$gate"}'),
    ('device.assign', 'gate_id', 'gate', '{"device_id": "$device"}'),
    ('device.get', 'device_id', 'device', '{}'),
    ('device.heartbeat', 'device_id', 'device', '{}'),
    ('device.invite', 'device_id', 'device', '{}'),
    ('device.invite', 'event_id', 'event', '{"name": "D", "gate_id": "$gate"}'),
    ('device.invite', 'gate_id', 'gate', '{"name": "D"}'),
    ('device.list', 'venue_id', 'venue', '{}'),
    ('device.register', 'event_id', 'event', '{"name": "D", "gate_id": "$gate"}'),
    ('device.register', 'gate_id', 'gate', '{"name": "D"}'),
    ('device.renew', 'device_id', 'device', '{}'),
    ('device.revoke', 'device_id', 'device', '{}'),
    ('device.update', 'device_id', 'device', '{"name": "D"}'),
    ('dispute.get', 'dispute_id', 'dispute', '{}'),
    ('dispute.list', 'order_id', 'order', '{}'),
    ('dispute.list', 'payment_id', 'payment', '{}'),
    ('dispute.list', 'wallet_id', 'wallet', '{}'),
    ('effect.list', 'object_id', 'compared', '{}'),
    ('effect.retry', 'effect_id', 'effect', '{}'),
    ('event.cancel', 'event_id', 'event', '{"reason": "r"}'),
    ('event.cancellation', 'event_id', 'storm', '{}'),
    ('event.create', 'promoter_account_id', 'vendor',
     '{"venue_id": "$venue", "name": "E", "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}'),
    ('event.create', 'organizer_account_id', 'vendor',
     '{"venue_id": "$venue", "name": "E", "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}'),
    ('event.create', 'venue_id', 'venue', '{"name": "E", "starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-02T00:00:00Z"}'),
    ('event.financials', 'event_id', 'event', '{}'),
    ('event.get', 'event_id', 'event', '{}'),
    ('event.list', 'venue_id', 'venue', '{}'),
    ('event.refund_batch', 'event_id', 'storm', '{}'),
    ('event.update', 'event_id', 'event', '{"name": "E"}'),
    ('event.update', 'organizer_account_id', 'vendor', '{"event_id": "$event"}'),
    ('event.update', 'promoter_account_id', 'vendor', '{"event_id": "$event"}'),
    ('fee.get', 'scope_id', 'event', '{"scope": "event"}'),
    ('fee.get', 'scope_id', 'gate', '{"scope": "gate"}'),
    ('fee.get', 'scope_id', 'venue', '{"scope": "venue"}'),
    ('fee.preview', 'event_id', 'event', '{"action": "entry"}'),
    ('fee.preview', 'gate_id', 'gate', '{"action": "entry", "event_id": "$event"}'),
    ('fee.set', 'rules', 'vendor', '{"scope": "platform", "rules": [{"action": "entry", "component": "platform_fee", "fixed_cents": 1,
      "shares": [{"payee": "account:$field", "percentage": "100"}]}]}'),
    ('fee.set', 'scope_id', 'event', '{"scope": "event", "rules": []}'),
    ('fee.set', 'scope_id', 'gate', '{"scope": "gate", "rules": []}'),
    ('fee.set', 'scope_id', 'venue', '{"scope": "venue", "rules": []}'),
    ('fee.versions', 'scope_id', 'event', '{"scope": "event"}'),
    ('fee.versions', 'scope_id', 'gate', '{"scope": "gate"}'),
    ('fee.versions', 'scope_id', 'venue', '{"scope": "venue"}'),
    ('gate.create', 'vendor_account_id', 'vendor', '{"venue_id": "$venue", "name": "G", "gate_type": "door"}'),
    ('gate.create', 'venue_id', 'venue', '{"name": "G", "gate_type": "door"}'),
    ('gate.list', 'venue_id', 'venue', '{}'),
    ('gate.update', 'gate_id', 'gate', '{"name": "G"}'),
    ('gate.update', 'vendor_account_id', 'vendor', '{"gate_id": "$gate"}'),
    ('hold.create', 'lines', 'type', '{"wallet_id": "$wallet", "lines": [{"ticket_type_id": "$field", "quantity": 1}]}'),
    ('hold.create', 'wallet_id', 'wallet', '{"lines": [{"ticket_type_id": "$type", "quantity": 1}]}'),
    ('hold.extend', 'hold_id', 'hold', '{}'),
    ('hold.get', 'hold_id', 'hold', '{}'),
    ('hold.list', 'event_id', 'event', '{}'),
    ('hold.release', 'hold_id', 'hold', '{}'),
    ('invoice.list', 'event_id', 'event', '{}'),
    ('invoice.list', 'order_id', 'order', '{}'),
    ('journal.inclusion', 'entry_id', 'entry', '{}'),
    ('journal.list', 'actor_id', 'device', '{}'),
    ('journal.list', 'event_id', 'event', '{}'),
    ('journal.list', 'gate_id', 'gate', '{}'),
    ('journal.list', 'venue_id', 'venue', '{}'),
    ('journal.list', 'wallet_id', 'wallet', '{}'),
    ('order.cancel', 'order_id', 'unpaid', '{}'),
    ('order.create', 'hold_id', 'hold', '{"wallet_id": "$wallet"}'),
    ('order.create', 'lines', 'type', '{"wallet_id": "$wallet", "lines": [{"ticket_type_id": "$field", "quantity": 1}]}'),
    ('order.create', 'payment_method_id', 'method', '{"wallet_id": "$wallet", "lines": [{"ticket_type_id": "$type", "quantity": 1}]}'),
    ('order.create', 'wallet_id', 'wallet', '{"lines": [{"ticket_type_id": "$type", "quantity": 1}]}'),
    ('order.get', 'order_id', 'order', '{}'),
    ('order.invoice', 'order_id', 'order', '{}'),
    ('order.list', 'event_id', 'event', '{}'),
    ('order.list', 'wallet_id', 'wallet', '{}'),
    ('order.pay', 'order_id', 'unpaid', '{"pay_with": "nothing"}'),
    ('order.pay', 'payment_method_id', 'method', '{"order_id": "$unpaid", "pay_with": "stripe"}'),
    ('order.refund', 'order_id', 'order', '{"reason": "r"}'),
    ('order.receipt', 'order_id', 'order', '{}'),
    ('order.refund_request', 'order_id', 'order', '{"reason": "r"}'),
    ('order.timeline', 'order_id', 'order', '{}'),
    ('payment.attach', 'payment_id', 'payment', '{"provider_reference": "$reference"}'),
    ('payment.fund', 'payment_method_id', 'method', '{"amount_cents": 1}'),
    ('payment.get', 'payment_id', 'payment', '{}'),
    ('payment.list', 'wallet_id', 'wallet', '{}'),
    ('payment.refund', 'payment_id', 'payment', '{"reason": "r", "amount_cents": 1}'),
    ('payment_method.list', 'wallet_id', 'wallet', '{}'),
    ('payment_method.remove', 'payment_method_id', 'method', '{}'),
    ('payment_method.set_default', 'payment_method_id', 'method', '{}'),
    ('payment_method.setup', 'setup_id', 'setup', '{}'),
    ('payout.create', 'account_id', 'account', '{"amount_cents": 1}'),
    ('payout.get', 'payout_id', 'payout', '{}'),
    ('payout.list', 'account_id', 'account', '{}'),
    ('payout.summary', 'account_id', 'account', '{}'),
    ('pool.create', 'event_id', 'event', '{"name": "P", "total": 5}'),
    ('pool.list', 'event_id', 'event', '{}'),
    ('pool.update', 'pool_id', 'pool', '{"name": "P"}'),
    ('provider.onboarding', 'onboarding_id', 'begun', '{}'),
    ('receipt.get', 'entry_id', 'entry', '{}'),
    ('reconciliation.findings', 'reconciliation_id', 'compared', '{}'),
    ('reconciliation.get', 'reconciliation_id', 'compared', '{}'),
    ('refund.fail', 'refund_id', 'refund', '{"reason": "r"}'),
    ('refund.get', 'refund_id', 'refund', '{}'),
    ('refund.list', 'order_id', 'order', '{}'),
    ('refund.list', 'payment_id', 'payment', '{}'),
    ('refund.list', 'wallet_id', 'wallet', '{}'),
    ('refund.retry', 'refund_id', 'failed', '{"reason": "r"}'),
    ('refund_request.grant', 'refund_request_id', 'asked', '{}'),
    ('refund_request.list', 'event_id', 'event', '{}'),
    ('refund_request.list', 'order_id', 'order', '{}'),
    ('refund_request.reject', 'refund_request_id', 'asked', '{"reason": "r"}'),
    ('refund_request.withdraw', 'refund_request_id', 'asked', '{}'),
    ('reissue_request.grant', 'reissue_request_id', 'wished', '{}'),
    ('reissue_request.list', 'event_id', 'event', '{}'),
    ('reissue_request.list', 'ticket_id', 'ticket', '{}'),
    ('reissue_request.reject', 'reissue_request_id', 'wished', '{"note": "n"}'),
    ('reissue_request.withdraw', 'reissue_request_id', 'wished', '{}'),
    ('report.live', 'event_id', 'event', '{}'),
    ('scan.list', 'event_id', 'event', '{}'),
    ('scan.list', 'gate_id', 'gate', '{}'),
    ('scan.list', 'wallet_id', 'wallet', '{}'),
    ('scan.annul', 'scan_id', 'entry', '{"reason": "r"}'),
    ('scan.check', 'device_id', 'device', '{"token": "$session", "kind": "entry", "event_id": "$event", "gate_id": "$gate"}'),
    ('scan.check', 'event_id', 'event', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('scan.check', 'gate_id', 'gate', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('scan.upload', 'device_id', 'device', '{"sent_at": "2026-01-01T00:00:00Z", "scans": [{"nonce": "00000000-0000-7000-8000-000000000001", "token": "x", "kind": "entry", "scanned_at": "2026-01-01T00:00:00Z", "outcome": "denied"}]}'),
    ('scan_conflict.list', 'device_id', 'device', '{}'),
    ('scan_conflict.list', 'event_id', 'event', '{}'),
    ('scan_conflict.resolve', 'scan_id', 'conflict', '{"note": "n"}'),
    ('scan.override', 'event_id', 'event', '{"gate_id": "$gate", "token": "$session", "reason": "r"}'),
    ('scan.override', 'gate_id', 'gate', '{"event_id": "$event", "token": "$session", "reason": "r"}'),
    ('scan.record', 'device_id', 'device', '{"token": "$session", "kind": "entry"}'),
    ('scan.record', 'event_id', 'event', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('scan.record', 'gate_id', 'gate', '{"token": "$session", "kind": "entry", "device_id": "$device"}'),
    ('seat.block', 'event_id', 'event', '{"section": "A"}'),
    ('seat.map', 'event_id', 'event', '{}'),
    ('seat.unblock', 'event_id', 'event', '{"section": "A"}'),
    ('seat_layout.create', 'venue_id', 'venue', '{"name": "M", "layout": {"sections": [{"name": "A", "area": "a", "rows": [{"name": "1", "numbered": {"count": 2}}]}]}}'),
    ('seat_layout.get', 'layout_id', 'layout', '{}'),
    ('seat_layout.list', 'venue_id', 'venue', '{}'),
    ('seating.set', 'event_id', 'event', '{"layout_id": "$layout"}'),
    ('seating.set', 'layout_id', 'layout', '{"event_id": "$event"}'),
    ('staff.activity', 'device_id', 'device', '{"staff_id": "$person"}'),
    ('staff.activity', 'event_id', 'event', '{"staff_id": "$person"}'),
    ('staff.activity', 'gate_id', 'gate', '{"staff_id": "$person"}'),
    ('staff.activity', 'staff_id', 'person', '{}'),
    ('staff.code', 'staff_id', 'person', '{}'),
    ('staff.deactivate', 'staff_id', 'person', '{}'),
    ('staff.get', 'staff_id', 'person', '{}'),
    ('staff.list', 'venue_id', 'venue', '{}'),
    ('staff.login', 'device_id', 'device', '{"staff_code": "x"}'),
    ('staff.login', 'event_id', 'event', '{"staff_code": "x", "device_id": "$device"}'),
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
    ('ticket.token', 'ticket_id', 'ticket', '{}'),
    ('ticket.list', 'event_id', 'event', '{}'),
    ('ticket.list', 'order_id', 'order', '{}'),
    ('ticket.list', 'wallet_id', 'wallet', '{}'),
    ('ticket.qr', 'ticket_id', 'ticket', '{}'),
    ('ticket.history', 'ticket_id', 'ticket', '{}'),
    ('ticket.reissue', 'ticket_id', 'ticket', '{"reason": "lost"}'),
    ('ticket.reissue_request', 'ticket_id', 'ticket', '{"reason": "lost"}'),
    ('ticket_type.create', 'event_id', 'event', '{"name": "T", "price_cents": 1}'),
    ('ticket_type.create', 'pool_ids', 'pool', '{"event_id": "$event", "name": "T", "price_cents": 1, "pool_ids": ["$field"]}'),
    ('ticket_type.get', 'ticket_type_id', 'type', '{}'),
    ('ticket_type.list', 'event_id', 'event', '{}'),
    ('ticket_type.update', 'ticket_type_id', 'type', '{"name": "T"}'),
    ('transaction.list', 'account_id', 'account', '{}'),
    ('transaction.list', 'event_id', 'event', '{}'),
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
    ('waiting_room.get', 'event_id', 'event', '{}'),
    ('waiting_room.join', 'event_id', 'event', '{}'),
    ('wallet.freeze', 'wallet_id', 'wallet', '{"reason": "r"}'),
    ('wallet.lookup', 'wallet_id', 'wallet', '{}'),
    ('wallet.open', 'event_id', 'event', '{"venue_id": "$venue"}'),
    ('wallet.open', 'venue_id', 'venue', '{"event_id": "$event"}'),
    ('wallet.unfreeze', 'wallet_id', 'frozen', '{"reason": "r"}');
-- None is forgotten: no field of a typed function has an id and no probe. Nonces, and the ids of new holds and
-- orders, are the caller's own numbers.
SELECT c.name AS command, argument.name AS field
FROM admit.command AS c
JOIN pg_proc AS p ON p.pronamespace = 'admit'::regnamespace AND p.proname = CASE c.name WHEN 'scan.record' THEN 'scan' ELSE replace(c.name, '.', '_') END
CROSS JOIN LATERAL (SELECT name, type FROM unnest(p.proargnames[:p.pronargs], p.proargtypes::oid[]) AS a (name, type)) AS argument
WHERE argument.type = 'uuid'::regtype AND argument.name NOT IN ('nonce', 'pairing_nonce')
  AND (c.name, argument.name) NOT IN (('hold.create', 'hold_id'), ('order.create', 'order_id'))
  AND NOT EXISTS (SELECT FROM probe WHERE probe.command = c.name AND probe.field = argument.name)
ORDER BY 1, 2;

-- What one's own key gets: the whole answer or the error; nothing of it stays.
CREATE FUNCTION pg_temp.outcome(credential text, asked probe, value text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    request text := replace(asked.request::text, '$field', value);
    answer text;
    own thing;
BEGIN
    IF asked.field NOT IN ('rules', 'lines', 'pool_ids') THEN request := (request::jsonb || jsonb_build_object(asked.field, value))::text; END IF;
    FOR own IN SELECT * FROM thing WHERE tenant_id = 652 LOOP request := replace(request, '$' || own.kind, own.value); END LOOP;
    BEGIN
        answer := admit.dispatch(652, asked.command, credential, request, admit.uuid7()::text);
        RAISE EXCEPTION USING MESSAGE = 'undo', ERRCODE = 'UNDO1';
    EXCEPTION
        WHEN SQLSTATE 'UNDO1' THEN RETURN 'ok ' || answer;
        WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
    END;
END
$$;
SELECT p.command, p.field, p.kind, CASE WHEN own LIKE 'ok {"items":[]%' THEN 'empty' WHEN own LIKE 'ok %' THEN 'ok' ELSE own END AS own, unknown, theirs = unknown AS theirs_as_unknown
FROM probe AS p
JOIN thing AS t ON t.tenant_id = 651 AND t.kind = p.kind
JOIN thing AS o ON o.tenant_id = 652 AND o.kind = p.kind
CROSS JOIN LATERAL (SELECT pg_temp.outcome(:'own_key', p, o.value) AS own, pg_temp.outcome(:'own_key', p, t.value) AS theirs,
                           pg_temp.outcome(:'own_key', p, admit.uuid7()::text) AS unknown) AS outcomes
ORDER BY p.command COLLATE "C", p.field COLLATE "C", p.kind COLLATE "C";

-- Their credentials are none here, and their wallet, code, references and idempotency keys mean nothing.
SELECT value AS their_session FROM thing WHERE tenant_id = 651 AND kind = 'session' \gset
SELECT device_token AS their_device FROM admit.device_renew(651, device_id => (SELECT value::uuid FROM thing WHERE tenant_id = 651 AND kind = 'device')) \gset
SELECT recovery_code AS their_code FROM admit.wallet_recovery(651, session_token => :'their_session') \gset
CREATE FUNCTION pg_temp.try(command text, credential text, request jsonb DEFAULT '{}', idempotency_key text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.dispatch(652, command, credential, request::text, idempotency_key);
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT pg_temp.try('venue.list', 'nonsense') AS unknown, pg_temp.try('venue.list', :'own_key') AS own;
SELECT pg_temp.try('venue.list', :'their_key') = pg_temp.try('venue.list', 'nonsense') AS key_as_unknown,
    pg_temp.try('wallet.get', :'their_session') = pg_temp.try('wallet.get', 'nonsense') AS session_as_unknown,
    pg_temp.try('event.get', :'their_device') = pg_temp.try('event.get', 'nonsense') AS device_as_unknown;
SELECT pg_temp.try('wallet.recover', NULL, jsonb_build_object('recovery_code', :'their_code')) AS code,
    pg_temp.try('wallet.recover', NULL, '{"recovery_code": "0000-0000-0000-0000"}') AS unknown;
SELECT count(*) AS entries, count(*) FILTER (WHERE tenant_id <> 652) AS theirs
FROM admit.journal_list(652, cursor => (SELECT max(entry_id::text) FROM admit.journal WHERE tenant_id = 651)), jsonb_array_elements(items) AS item
JOIN admit.journal AS j ON j.entry_id = (item ->> 'entry_id')::uuid;
SELECT outcome, reason, wallet_id FROM admit.scan(652, :'their_session', (SELECT value::uuid FROM thing WHERE tenant_id = 652 AND kind = 'device'), 'entry', admit.uuid7());
SELECT name AS theirs FROM admit.venue_create(651, name => 'Theirs', idempotency_key => 'the same key') \gset
SELECT name AS own FROM admit.venue_create(652, name => 'Own', idempotency_key => 'the same key') \gset
\echo :theirs/:own
SELECT admit.venue_create(652, name => 'Theirs', idempotency_key => 'the same key');
\echo :LAST_ERROR_SQLSTATE
-- A provider's object of theirs can be one's own, too; a webhook signed for one is not for the other.
SELECT payment_id FROM admit.payment_fund(652, session_token => (SELECT value FROM thing WHERE tenant_id = 652 AND kind = 'session'), amount_cents => 1) \gset
SELECT provider_reference, state FROM admit.payment_attach(652, payment_id => :'payment_id', provider_reference => 'pi_651');
SELECT admit.webhook(652, 'stripe', '{}', jsonb_build_object('stripe-signature', format('t=%s,v1=%s', seconds, pg_temp.hmac('whsec_isolation_651', seconds || '.{}'))))
FROM (SELECT extract(epoch FROM now())::bigint AS seconds) AS clock;
\echo :LAST_ERROR_SQLSTATE
-- A tenant that is none has nothing, in the words of no credential.
SELECT admit.dispatch(99652, 'venue.list', :'own_key', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT items FROM admit.venue_list(99652);
SELECT items FROM admit.venue_list(-1);
SELECT * FROM admit.verify(651) WHERE violations <> 0;
SELECT * FROM admit.verify(652) WHERE violations <> 0;
