-- What a gate downloads: a full manifest, and then what changed, for every way in which a ticket changes.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(751, 'Manifests') \gset
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(752, 'Manifests elsewhere');
SELECT live FROM admit.provider_configure(751, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(751, name => 'Arena', time_zone => 'Europe/Berlin') \gset
SELECT gate_id FROM admit.gate_create(751, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS night FROM admit.event_create(751, venue_id => :'venue_id', name => 'Night', requires_pass => true, starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day', duplicate_window_ms => 0) \gset
SELECT event_id AS other FROM admit.event_create(751, venue_id => :'venue_id', name => 'Other', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id, device_token FROM admit.device_register(751, name => 'Gate', gate_id => :'gate_id', event_id => :'night', zones => '["GA"]') \gset
SELECT device_token AS other_device FROM admit.device_register(751, name => 'Other', gate_id => :'gate_id', event_id => :'other') \gset
SELECT device_id AS revoked_id, device_token AS revoked FROM admit.device_register(751, name => 'Lost', gate_id => :'gate_id', event_id => :'night') \gset
SELECT device_token AS kiosk FROM admit.device_register(751, name => 'Kiosk', gate_id => :'gate_id', event_id => :'night', profile => 'kiosk') \gset
SELECT revoked_at IS NOT NULL AS revoked FROM admit.device_revoke(751, device_id => :'revoked_id');
SELECT ticket_type_id AS seat FROM admit.ticket_type_create(751, event_id => :'night', name => 'Seat', price_cents => 1000, zones => '["GA"]') \gset
SELECT ticket_type_id AS free FROM admit.ticket_type_create(751, event_id => :'night', name => 'Free', price_cents => 0) \gset
SELECT session_token AS guest FROM admit.wallet_open(751, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS pal FROM admit.wallet_open(751, event_id => :'night', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(751, :'guest', 20000) IS NOT NULL AS funded;
CREATE FUNCTION pg_temp.buy(session_token text, ticket_type_id uuid, quantity integer) RETURNS uuid LANGUAGE sql AS $$
SELECT order_id FROM admit.order_create(751, order_id => admit.uuid7(), session_token => $1, pay_with => 'wallet', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', $2, 'quantity', $3)))
$$;
CREATE FUNCTION pg_temp.ticket(bought uuid, place integer) RETURNS uuid LANGUAGE sql AS $$
SELECT ticket_id FROM admit.ticket WHERE tenant_id = 751 AND order_id = bought AND unit = place
$$;
CREATE FUNCTION pg_temp.code(session_token text, ticket_id uuid) RETURNS text LANGUAGE sql AS $$
SELECT code FROM admit.ticket_get(751, session_token => $1, ticket_id => $2)
$$;
-- As a gate reads it: JWS, lists of bytes. The prefix is computed once more, in SQL.
CREATE FUNCTION pg_temp.bytes(text) RETURNS bytea LANGUAGE sql AS $$
SELECT decode(rpad(translate($1, '-_', '+/'), (length($1) + 3) / 4 * 4, '='), 'base64')
$$;
CREATE FUNCTION pg_temp.payload(jws text) RETURNS jsonb LANGUAGE sql AS $$
SELECT convert_from(pg_temp.bytes(split_part(jws, '.', 2)), 'UTF8')::jsonb
$$;
CREATE FUNCTION pg_temp.prefix(ticket_id uuid, generation smallint DEFAULT 0) RETURNS bytea LANGUAGE sql AS $$
SELECT substring(sha256(uuid_send(ticket_id) || int2send(generation)) FOR 8)
$$;
CREATE FUNCTION pg_temp.prefixes(list text) RETURNS SETOF bytea LANGUAGE plpgsql STRICT AS $$
DECLARE
    bytes bytea := pg_temp.bytes(list);
    before numeric := 0;
    difference numeric := 0;
    place numeric := 1;
BEGIN
    FOR i IN 0 .. octet_length(bytes) - 1 LOOP
        difference := difference + (get_byte(bytes, i) & 127) * place;
        place := place * 128;
        IF get_byte(bytes, i) < 128 THEN
            before := before + difference;
            RETURN NEXT int8send((before - CASE WHEN before >= 9223372036854775808 THEN 18446744073709551616 ELSE 0 END)::bigint);
            difference := 0;
            place := 1;
        END IF;
    END LOOP;
END
$$;
-- In which lists a ticket is, with its entries and whether it is inside or used up.
CREATE FUNCTION pg_temp.lists(manifest jsonb, ticket_id uuid, generation smallint DEFAULT 0) RETURNS text LANGUAGE sql AS $$
SELECT coalesce(string_agg(name, ' ' ORDER BY name), 'none') FROM (
    SELECT l.key AS name FROM jsonb_each_text(manifest -> 'lists') AS l, pg_temp.prefixes(l.value) AS p
    WHERE l.key IN ('void', 'expired', 'superseded', 'restored', 'tickets') AND p = pg_temp.prefix(ticket_id, generation)
    UNION ALL
    SELECT format('used(%s entries, %s annulled, flags %s, gate %s)', get_byte(r, 18) * 256 + get_byte(r, 19), get_byte(r, 28), get_byte(r, 29), get_byte(r, 26) * 256 + get_byte(r, 27))
    FROM (SELECT pg_temp.bytes(manifest #>> '{lists,used}') AS used) AS u, generate_series(0, octet_length(used) / 30 - 1) AS i,
         substring(used FROM i * 30 + 1 FOR 30) AS r
    WHERE substring(r FOR 8) = pg_temp.prefix(ticket_id, generation)) AS found (name)
$$;
CREATE FUNCTION pg_temp.ask(credential text, request jsonb) RETURNS jsonb LANGUAGE sql AS $$
SELECT admit.dispatch(751, 'manifest.get', credential, request::text, NULL, NULL)::jsonb
$$;
SELECT pg_temp.buy(:'guest', :'seat', 6) AS bought, pg_temp.buy(:'guest', :'free', 2) AS gift, pg_temp.buy(:'pal', :'free', 1) AS pals \gset
SELECT pg_temp.ticket(:'bought', 1) AS one, pg_temp.ticket(:'bought', 2) AS two, pg_temp.ticket(:'bought', 3) AS three, pg_temp.ticket(:'gift', 1) AS free_one \gset
SELECT pg_temp.code(:'guest', :'one') AS one_code, pg_temp.code(:'guest', :'two') AS two_code, pg_temp.code(:'guest', :'three') AS three_code \gset
SELECT outcome FROM admit.scan(751, :'one_code', :'device_id', 'entry', admit.uuid7());
-- Full: header, what is signed, rules.
SELECT manifest, kind, position, version = position AS versioned, made_at <= server_time AS timed, not_after - made_at AS lives FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT :'kind' AS kind, :'versioned' AS versioned, :'timed' AS timed, :'lives' AS lives;
SELECT convert_from(pg_temp.bytes(split_part(:'manifest', '.', 1)), 'UTF8')::jsonb ->> 'typ' AS typ,
    (SELECT purpose FROM admit.signing_key WHERE tenant_id = 751 AND to_hex(key_id) = ltrim(convert_from(pg_temp.bytes(split_part(:'manifest', '.', 1)), 'UTF8')::jsonb ->> 'kid', '0')) AS signed_with;
SELECT pg_temp.payload(:'manifest') AS full \gset
SELECT key FROM jsonb_each(:'full') ORDER BY 1;
SELECT e - 'event_id' - 'venue_id' - 'starts_at' - 'ends_at' AS event FROM (SELECT :'full'::jsonb #> '{rules,event}') AS m (e);
SELECT t - 'ticket_type_id' AS type FROM jsonb_array_elements(:'full'::jsonb #> '{rules,ticket_types}') AS t;
SELECT k -> 'rotation' AS rotation, k ->> 'public_key' = translate(rtrim(encode(s.public_key, 'base64'), '='), '+/', '-_') AS published
FROM jsonb_array_elements(:'full'::jsonb #> '{rules,keys}') AS k JOIN admit.signing_key AS s ON s.tenant_id = 751 AND s.key_id = (k ->> 'key_id')::integer;
SELECT :'full'::jsonb #> '{rules,device}' AS device, :'full'::jsonb #>> '{rules,gates,0,gate_id}' = :'gate_id' AS gate;
SELECT pg_temp.lists(:'full', :'one') AS one, pg_temp.lists(:'full', :'two') AS two;
-- A device's has its place and sealed keys; people's sessions have them, too.
SELECT pg_temp.payload(pg_temp.ask(:'device_token', jsonb_build_object('event_id', :'night')) ->> 'manifest') AS m \gset
SELECT (:'m'::jsonb #> '{rules,device}') - 'device_id' - 'gate_id' - 'event_ids' AS device, length(:'m'::jsonb #>> '{rules,keys,0,rotation}') AS sealed;
SELECT staff_code FROM admit.staff_create(751, name => 'Jo', role => 'staff', venue_ids => jsonb_build_array(:'venue_id')) \gset
SELECT admit.dispatch(751, 'staff.login', :'device_token', jsonb_build_object('staff_code', :'staff_code')::text, NULL, NULL)::jsonb ->> 'session_token' AS session \gset
SELECT pg_temp.payload(pg_temp.ask(:'session', jsonb_build_object('event_id', :'night')) ->> 'manifest') AS m \gset
SELECT :'m'::jsonb #>> '{rules,device,device_id}' = :'device_id' AS same_device, length(:'m'::jsonb #>> '{rules,keys,0,rotation}') AS sealed;
SELECT pg_temp.ask(:'owner', jsonb_build_object('event_id', :'night')) ->> 'kind' AS kind;
-- Others get none.
SELECT pg_temp.ask(:'other_device', jsonb_build_object('event_id', :'night'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'revoked', jsonb_build_object('event_id', :'night'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'kiosk', jsonb_build_object('event_id', :'night'));
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.ask(:'guest', jsonb_build_object('event_id', :'night'));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.manifest_get(752, event_id => :'night');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.manifest_get(751, event_id => :'night', since => 'yesterday');
\echo :LAST_ERROR_SQLSTATE
-- Lists of all good tickets, their codes, and the filter.
SELECT pg_temp.ticket(:'bought', 6) AS six \gset
SELECT state FROM admit.ticket_cancel(751, ticket_id => :'six', reason => 'r');
SELECT manifest AS m, position AS listed FROM admit.manifest_get(751, event_id => :'night', tickets => true, codes => true, filter => true) \gset
SELECT pg_temp.payload(:'m') AS m \gset
SELECT pg_temp.lists(:'m', :'one') AS one, pg_temp.lists(:'m', :'two') AS two, pg_temp.lists(:'m', :'six') AS six,
    (SELECT count(*) FROM pg_temp.prefixes(:'m'::jsonb #>> '{lists,tickets}')) AS good, length(:'m'::jsonb #>> '{lists,filter}') > 0 AS filtered;
SELECT count(*) AS codes, count(t) AS right_ones, count(DISTINCT substring(r FROM 17 FOR 2)) AS classes
FROM (SELECT pg_temp.bytes(:'m'::jsonb #>> '{lists,codes}') AS codes) AS c, generate_series(0, octet_length(codes) / 18 - 1) AS i, substring(codes FROM i * 18 + 1 FOR 18) AS r
LEFT JOIN admit.ticket AS t ON t.tenant_id = 751 AND substring(uuid_send(t.code_hash) FOR 8) = substring(r FOR 8) AND pg_temp.prefix(t.ticket_id) = substring(r FROM 9 FOR 8);
-- Nothing has changed: the version is the position that was asked with.
SELECT kind, version = :'listed' AS unchanged FROM admit.manifest_get(751, event_id => :'night', tickets => true, codes => true, filter => true, since => :'listed');
-- Every way in which a ticket changes, each after a manifest of its own. The rest of an order may be named, too.
CREATE FUNCTION pg_temp.delta(event_id uuid, since text) RETURNS jsonb LANGUAGE sql AS $$
SELECT pg_temp.payload(manifest) || jsonb_build_object('new_position', position) FROM admit.manifest_get(751, event_id => $1, since => $2, tickets => false)
$$;
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT outcome FROM admit.scan(751, :'two_code', :'device_id', 'entry', admit.uuid7());
SELECT d ->> 'kind' AS kind, d ->> 'since' = :'here' AS follows, pg_temp.lists(d, :'two') AS entered, pg_temp.lists(d, :'three') AS untouched, d ->> 'new_position' AS here FROM pg_temp.delta(:'night', :'here') AS d \gset
SELECT :'kind' AS kind, :'follows' AS follows, :'entered' AS entered, :'untouched' AS untouched;
SELECT outcome FROM admit.scan(751, :'one_code', :'device_id', 'exit', admit.uuid7());
SELECT pg_temp.lists(d, :'one') AS left_again FROM pg_temp.delta(:'night', :'here') AS d;
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT outcome, reason FROM admit.scan(751, :'one_code', :'device_id', 'entry', admit.uuid7());
SELECT kind, version = :'here' AS unchanged_by_a_denial FROM admit.manifest_get(751, event_id => :'night', since => :'here');
SELECT outcome FROM admit.scan(751, :'pal', :'device_id', 'entry', admit.uuid7());
SELECT (SELECT count(*) FROM admit.ticket AS t WHERE t.order_id = :'pals' AND t.tenant_id = 751 AND pg_temp.lists(d, t.ticket_id) LIKE 'used%') AS entered_by_wallet FROM pg_temp.delta(:'night', :'here') AS d;
SELECT outcome FROM admit.scan_override(751, token => :'three_code', reason => 'VIP', gate_id => :'gate_id', event_id => :'night', nonce => admit.uuid7());
SELECT pg_temp.lists(d, :'three') AS overridden FROM pg_temp.delta(:'night', :'here') AS d;
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT body ->> 'ticket_id' = :'two' AS the_first, admit.call(751, 'scan.annul', jsonb_build_object('scan_id', entry_id, 'reason', 'mistake'), admit.uuid7()::text) ->> 'scan_id' = entry_id::text AS annulled
FROM admit.journal WHERE tenant_id = 751 AND action = 'scan.admitted' AND body ->> 'ticket_id' = :'two';
SELECT pg_temp.lists(d, :'two') AS annulled FROM pg_temp.delta(:'night', :'here') AS d;
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT state FROM admit.ticket_cancel(751, ticket_id => pg_temp.ticket(:'bought', 5), reason => 'r');
SELECT pg_temp.lists(d, pg_temp.ticket(:'bought', 5)) AS cancelled FROM pg_temp.delta(:'night', :'here') AS d;
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT state FROM admit.order_refund(751, order_id => :'bought', reason => 'ill', ticket_ids => jsonb_build_array(pg_temp.ticket(:'bought', 4)));
SELECT pg_temp.lists(d, pg_temp.ticket(:'bought', 4)) AS refunded FROM pg_temp.delta(:'night', :'here') AS d;
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT pg_temp.buy(:'guest', :'seat', 1) AS sold \gset
SELECT pg_temp.lists(d, pg_temp.ticket(:'sold', 1)) AS sold FROM pg_temp.delta(:'night', :'here') AS d;
-- Through the provider: paid, and paid back.
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT order_id AS carded, payment_id FROM admit.order_create(751, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'stripe', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1))) \gset
SELECT pg_temp.deliver(751, pg_temp.event('evt_manifest', 'payment_intent.succeeded', pg_temp.payment_intent('pi_manifest', 1000, :'payment_id')));
SELECT pg_temp.lists(d, pg_temp.ticket(:'carded', 1)) AS paid FROM pg_temp.delta(:'night', :'here') AS d;
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT pg_temp.deliver(751, pg_temp.event('evt_manifest_back', 'charge.refunded', jsonb_build_object('id', 'ch_manifest', 'object', 'charge', 'payment_intent', 'pi_manifest', 'amount', 1000, 'amount_refunded', 1000, 'currency', 'usd')));
SELECT state, pg_temp.lists(d, pg_temp.ticket(:'carded', 1)) AS went_back FROM pg_temp.delta(:'night', :'here') AS d, admit.ticket AS t WHERE t.tenant_id = 751 AND t.order_id = :'carded';
-- Lost in a dispute: cancelled.
SELECT order_id AS disputed, payment_id FROM admit.order_create(751, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'stripe', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'seat', 'quantity', 1))) \gset
SELECT pg_temp.deliver(751, pg_temp.event('evt_disputed', 'payment_intent.succeeded', pg_temp.payment_intent('pi_disputed', 1000, :'payment_id')));
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT pg_temp.deliver(751, pg_temp.event('evt_lost', 'charge.dispute.closed', jsonb_build_object('id', 'dp_manifest', 'object', 'dispute', 'payment_intent', 'pi_disputed', 'charge', 'ch_disputed', 'amount', 1000, 'currency', 'usd', 'status', 'lost', 'reason', 'fraudulent')));
SELECT action FROM admit.journal WHERE tenant_id = 751 AND action = 'order.tickets_cancelled';
SELECT state, pg_temp.lists(d, t.ticket_id) AS lost FROM pg_temp.delta(:'night', :'here') AS d, admit.ticket AS t WHERE t.tenant_id = 751 AND t.order_id = :'disputed';
-- Reissued: the older generation is superseded, the newer one is a new ticket.
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT state FROM admit.ticket_reissue(751, ticket_id => :'free_one', reason => 'lost');
SELECT pg_temp.lists(d, :'free_one') AS first, pg_temp.lists(d, :'free_one', 1::smallint) AS second FROM pg_temp.delta(:'night', :'here') AS d;
SELECT state FROM admit.ticket_reissue(751, ticket_id => :'free_one', reason => 'stolen');
SELECT outcome FROM admit.ticket_token(751, ticket_id => :'free_one', form => 'signed', session_token => :'guest') AS t, admit.scan(751, t.token, :'device_id', 'entry', admit.uuid7());
SELECT pg_temp.lists(d, :'free_one') AS first, pg_temp.lists(d, :'free_one', 1::smallint) AS second, pg_temp.lists(d, :'free_one', 2::smallint) AS third FROM pg_temp.delta(:'night', :'here') AS d;
SELECT pg_temp.lists(pg_temp.payload(manifest), :'free_one') AS first, pg_temp.lists(pg_temp.payload(manifest), :'free_one', 1::smallint) AS second FROM admit.manifest_get(751, event_id => :'night');
-- Revoked: keys say so, codes of a revoked key are not listed, and whoever comes with an older position gets everything.
SELECT position AS listed FROM admit.manifest_get(751, event_id => :'night', codes => true) \gset
SELECT r.purpose FROM admit.signing_key AS k, admit.key_revoke(751, key_id => k.key_id, reason => 'leaked') AS r
WHERE k.tenant_id = 751 AND k.is_current AND k.purpose IN ('ticket', 'ticket_signing') ORDER BY 1;
SELECT kind, length(pg_temp.payload(manifest) #>> '{lists,codes}') AS codes, pg_temp.payload(manifest) #> '{rules,keys,0,revoked}' AS first_key, pg_temp.payload(manifest) #> '{rules,keys,1,revoked}' AS second_key
FROM admit.manifest_get(751, event_id => :'night', codes => true, since => :'listed');
-- Rules change without a ticket: no longer the same version. Other events' scans change nothing.
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT outcome FROM admit.scan(751, :'guest', (SELECT device_id FROM admit.device WHERE tenant_id = 751 AND name = 'Other'), 'entry', admit.uuid7());
SELECT kind, version = :'here' AS unchanged FROM admit.manifest_get(751, event_id => :'night', since => :'here');
SELECT policy FROM admit.policy_set(751, event_id => :'night', policy => '{"rotating_codes": true}');
SELECT kind, version = :'here' AS unchanged, pg_temp.payload(manifest) #> '{rules,event,policy}' AS policy FROM admit.manifest_get(751, event_id => :'night', since => :'here');
-- Full instead: with other lists, of another event, too old, of another cluster or timeline, of the future.
SELECT kind FROM admit.manifest_get(751, event_id => :'night', since => :'here', codes => true);
SELECT kind FROM admit.manifest_get(751, event_id => :'other', since => :'here');
CREATE FUNCTION pg_temp.changed(place integer, by bytea) RETURNS text LANGUAGE sql AS $$
SELECT translate(encode(overlay(pg_temp.bytes(current_setting('test.here')) PLACING by FROM place + 1), 'base64'), E'+/=\n', '-_')
$$;
SELECT set_config('test.here', :'here', false) IS NOT NULL AS kept;
SELECT what, kind FROM (VALUES (1, 'the same', 36, '\x00'::bytea), (2, 'another cluster', 0, '\x00'), (3, 'another timeline', 11, '\xff'), (4, 'the future', 12, '\x7f'), (5, 'too old', 28, int8send((extract(epoch FROM now()) * 1000000)::bigint - 90000000000)), (6, 'made in the future', 28, int8send((extract(epoch FROM now()) * 1000000)::bigint + 60000000))) AS p (rank, what, place, bytes),
    admit.manifest_get(751, event_id => :'night', since => pg_temp.changed(place, bytes)) AS m ORDER BY rank;
-- Expired by a tick: many at once, so the next manifest is full; cancelled events likewise.
SELECT position AS here FROM admit.manifest_get(751, event_id => :'night') \gset
SELECT ends_at < now() AS over FROM admit.event_update(751, event_id => :'night', starts_at => now() - interval '3 days', ends_at => now() - interval '25 hours');
\c -
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT count(*) AS ticked FROM admit.tick(751);
SELECT kind, not_after < now() AS over FROM admit.manifest_get(751, event_id => :'night', since => :'here');
SELECT body::jsonb - 'request' AS body FROM admit.journal WHERE tenant_id = 751 AND action = 'ticket.expired';
SELECT position AS there FROM admit.manifest_get(751, event_id => :'other') \gset
SELECT state FROM admit.event_cancel(751, event_id => :'other', reason => 'rain');
SELECT kind FROM admit.manifest_get(751, event_id => :'other', since => :'there');
-- A tick gives the money of cancelled events back, and nothing is left unsealed.
SELECT count(*) AS violated FROM admit.verify(751) WHERE violations > 0;
