-- What wallets may spend at gates without a network: who is on the list, with how much, and which fees go along.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(758, 'Wallets offline') \gset
SELECT live FROM admit.provider_configure(758, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT venue_id FROM admit.venue_create(758, name => 'Arena') \gset
SELECT venue_id AS far FROM admit.venue_create(758, name => 'Far away') \gset
SELECT gate_id AS bar FROM admit.gate_create(758, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession') \gset
SELECT gate_id AS elsewhere FROM admit.gate_create(758, venue_id => :'far', name => 'Elsewhere', gate_type => 'concession') \gset
SELECT event_id AS night FROM admit.event_create(758, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT event_id AS euros FROM admit.event_create(758, venue_id => :'far', name => 'Euros', currency => 'EUR', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_token AS device FROM admit.device_register(758, name => 'Bar', gate_id => :'bar', event_id => :'night') \gset
SELECT device_token AS online FROM admit.device_register(758, name => 'Bar', gate_id => :'bar', event_id => :'night', profile => 'online_only') \gset
SELECT fee_version > 0 AS set FROM admit.fee_set(758, scope => 'platform', rules => '[{"action": "concession", "component": "platform_fee", "fixed_cents": 10, "shares": [{"payee": "platform", "percentage": "100"}]}]');
SELECT fee_version > 0 AS set FROM admit.fee_set(758, scope => 'gate', scope_id => :'bar', rules => '[{"action": "concession", "component": "platform_fee", "percentage": "2.5", "shares": [{"payee": "platform", "percentage": "100"}]}]');
SELECT fee_version > 0 AS set FROM admit.fee_set(758, scope => 'gate', scope_id => :'elsewhere', rules => '[]');
CREATE FUNCTION pg_temp.bytes(text) RETURNS bytea LANGUAGE sql AS $$
SELECT decode(rpad(translate($1, '-_', '+/'), (length($1) + 3) / 4 * 4, '='), 'base64')
$$;
CREATE FUNCTION pg_temp.ask(credential text, request jsonb) RETURNS jsonb LANGUAGE sql AS $$
SELECT convert_from(pg_temp.bytes(split_part(admit.dispatch(758, 'manifest.get', credential, request::text, NULL, NULL)::jsonb ->> 'manifest', '.', 2)), 'UTF8')::jsonb
$$;
-- What a session may spend, as a gate finds it: by eight bytes of its token's hash.
CREATE FUNCTION pg_temp.spendable(manifest jsonb, session_token text) RETURNS bigint LANGUAGE sql AS $$
SELECT ('x' || encode(substring(r FROM 9), 'hex'))::bit(32)::bigint
FROM (SELECT pg_temp.bytes(manifest #>> '{wallets,sessions}') AS list) AS l, generate_series(0, octet_length(list) / 12 - 1) AS i,
     substring(list FROM i * 12 + 1 FOR 12) AS r
WHERE substring(r FOR 8) = substring(sha256(session_token::bytea) FOR 8)
$$;
SELECT session_token AS rich, wallet_id AS rich_id, binding FROM admit.wallet_open(758, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS poor FROM admit.wallet_open(758, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS empty FROM admit.wallet_open(758, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS frozen, wallet_id AS frozen_id FROM admit.wallet_open(758, event_id => :'night', venue_id => :'venue_id') \gset
SELECT session_token AS foreign_money FROM admit.wallet_open(758, event_id => :'euros', venue_id => :'far') \gset
SELECT pg_temp.fund(758, :'rich', 20000) IS NOT NULL AND pg_temp.fund(758, :'poor', 300) IS NOT NULL AND pg_temp.fund(758, :'frozen', 20000) IS NOT NULL AS funded;
SELECT state FROM admit.wallet_freeze(758, wallet_id => :'frozen_id', reason => 'lost');
-- Without a limit gates charge nothing, so they learn nothing.
SELECT manifest -> 'wallets' AS wallets, manifest #> '{rules,fees}' AS fees FROM pg_temp.ask(:'device', jsonb_build_object('event_id', :'night')) AS manifest;
SELECT policy ->> 'offline_limit_cents' AS limit FROM admit.policy_set(758, event_id => :'night', policy => '{"offline_limit_cents": 1000}');
SELECT pg_temp.ask(:'device', jsonb_build_object('event_id', :'night')) AS manifest \gset
SELECT pg_temp.spendable(:'manifest', :'rich') AS rich, pg_temp.spendable(:'manifest', :'poor') AS poor, pg_temp.spendable(:'manifest', :'empty') AS empty,
       pg_temp.spendable(:'manifest', :'frozen') AS frozen, pg_temp.spendable(:'manifest', :'foreign_money') AS foreign_money;
-- The fees of this venue's gates, without who shares them.
SELECT fees ->> 'scope' AS scope, fees ->> 'scope_id' = :'bar' AS of_the_bar, fees -> 'rules' AS rules FROM jsonb_array_elements(:'manifest'::jsonb #> '{rules,fees}') AS fees;
-- Only devices that may decide alone get the list, and only in full manifests.
SELECT pg_temp.ask(:'owner', jsonb_build_object('event_id', :'night')) -> 'wallets' AS owner, pg_temp.ask(:'online', jsonb_build_object('event_id', :'night')) -> 'wallets' AS online_only,
       pg_temp.ask(:'device', jsonb_build_object('event_id', :'night', 'since', :'manifest'::jsonb ->> 'position')) ->> 'kind' AS kind,
       pg_temp.ask(:'device', jsonb_build_object('event_id', :'night', 'since', :'manifest'::jsonb ->> 'position')) -> 'wallets' AS delta;
-- Every live session of a wallet is listed, under whichever key it was made; ended ones are not.
SELECT key_id > 0 AS rotated FROM admit.key_rotate(758, purpose => 'session');
SELECT session_token AS second FROM admit.wallet_open(758, event_id => :'night', venue_id => :'venue_id', binding => :'binding') \gset
SELECT substr(:'second', 1, 20) <> substr(:'rich', 1, 20) AS other_key;
SELECT pg_temp.ask(:'device', jsonb_build_object('event_id', :'night')) AS manifest \gset
SELECT pg_temp.spendable(:'manifest', :'rich') AS first, pg_temp.spendable(:'manifest', :'second') AS second;
SELECT ended_at IS NOT NULL AS ended FROM admit.wallet_logout(758, session_token => :'second');
SELECT pg_temp.ask(:'device', jsonb_build_object('event_id', :'night')) AS manifest \gset
SELECT pg_temp.spendable(:'manifest', :'rich') AS first, pg_temp.spendable(:'manifest', :'second') AS second;
-- A revoked key proves nobody.
SELECT session_token AS third FROM admit.wallet_open(758, event_id => :'night', venue_id => :'venue_id', binding => :'binding') \gset
SELECT revoked_at IS NOT NULL AS revoked FROM admit.key_revoke(758, key_id => (SELECT min(key_id) FROM admit.signing_key WHERE tenant_id = 758 AND purpose = 'session'), reason => 'leaked');
SELECT pg_temp.ask(:'device', jsonb_build_object('event_id', :'night')) AS manifest \gset
SELECT pg_temp.spendable(:'manifest', :'rich') AS first, pg_temp.spendable(:'manifest', :'third') AS third;
SELECT count(*) AS violations FROM admit.verify(758) WHERE violations <> 0;
