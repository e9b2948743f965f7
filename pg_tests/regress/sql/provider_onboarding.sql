-- Onboarding of a connected account: one account whatever fails in between, as many links as are asked for.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(312, 'Onboarding', 'USD') \gset
SELECT api_key AS other_owner FROM admit.tenant_create(313, 'Other', 'USD') \gset
SELECT venue_id FROM admit.venue_create(312, name => 'Hall') \gset
CREATE TEMP TABLE taken (place serial, effect_id uuid, attempt integer, kind text, method text, path text, headers jsonb, body text);
CREATE FUNCTION pg_temp.take() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    kinds text;
BEGIN
    SET LOCAL ROLE admit_shim;
    CREATE TEMP TABLE IF NOT EXISTS just AS SELECT * FROM admit.effect_take('00000000-0000-7000-8000-000000000001', 100);
    RESET ROLE;
    INSERT INTO taken (effect_id, attempt, kind, method, path, headers, body)
    SELECT j.effect_id, j.attempt, j.kind, j.method, j.path, j.headers, j.body FROM just AS j WHERE j.tenant_id = 312 ORDER BY j.effect_id;
    SELECT string_agg(j.kind, ' ' ORDER BY j.effect_id) INTO kinds FROM just AS j WHERE j.tenant_id = 312;
    DROP TABLE just;
    RETURN kinds;
END
$$;
GRANT TEMPORARY ON DATABASE contrib_regression TO admit_shim;
-- Reports on one that was taken: the last, or some before it.
CREATE FUNCTION pg_temp.answer(status integer, body jsonb, headers jsonb DEFAULT '{}', before integer DEFAULT 0) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    last taken := (SELECT t FROM taken AS t ORDER BY place DESC OFFSET before LIMIT 1);
    state text;
BEGIN
    SET LOCAL ROLE admit_shim;
    state := admit.effect_report(312, last.effect_id, last.attempt, status, headers, convert_to(body::text, 'UTF8'));
    RESET ROLE;
    RETURN state;
END
$$;
CREATE FUNCTION pg_temp.wait() RETURNS void LANGUAGE sql AS $$
UPDATE admit.effect SET due_at = now() - interval '1 second' WHERE tenant_id = 312 AND state IN ('due', 'taken')
$$;
CREATE FUNCTION pg_temp.link(secret text, seconds integer DEFAULT 300) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('object', 'account_link', 'created', 1, 'expires_at', floor(extract(epoch FROM now()))::bigint + seconds, 'url', 'https://connect.example/setup/' || secret)
$$;
CREATE FUNCTION pg_temp.problem(kind text, code text) RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('error', jsonb_build_object('type', kind, 'code', code, 'message', 'Told by the provider.'))
$$;
CREATE FUNCTION pg_temp.told(event text, charges boolean, payouts boolean, details boolean, requirements jsonb, created bigint, account text DEFAULT 'acct_hall') RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(312, (pg_temp.event(event, 'account.updated', jsonb_build_object('id', account, 'object', 'account', 'charges_enabled', charges,
    'payouts_enabled', payouts, 'details_submitted', details, 'requirements', requirements))::jsonb || jsonb_build_object('created', created, 'account', account))::text)
$$;
\set onboard 'SELECT onboarding_id AS id, provider, state, account, url, expires_at, failure FROM admit.provider_onboard(312, provider => ''stripe'', return_url => ''https://shop.example/done'', refresh_url => ''https://shop.example/again'''
\set shown 'SELECT onboarding, connected_account, onboarded_account AS onboarded, charges_enabled AS charges, payouts_enabled AS payouts, details_submitted AS details, requirements_due AS due, requirements_past_due AS past_due, disabled_reason FROM admit.provider_get(312, provider => ''stripe'');'
-- What has to be there first, and what is wrong.
:onboard);
\echo :LAST_ERROR_SQLSTATE
SELECT has_api_key FROM admit.provider_configure(312, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
:onboard, country => 'DE');
\echo :LAST_ERROR_SQLSTATE
SELECT has_api_key FROM admit.provider_configure(312, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress');
:shown
:onboard);
:onboard, country => 'Germany');
SELECT admit.provider_onboard(312, provider => 'xendit', return_url => 'https://shop.example', refresh_url => 'https://shop.example', country => 'DE');
SELECT admit.provider_onboard(312, provider => 'stripe', return_url => 'ftp://shop.example', refresh_url => 'https://shop.example', country => 'DE');
SELECT admit.provider_onboard(312, provider => 'stripe', return_url => 'https://shop.example', refresh_url => '/again', country => 'DE');
SELECT count(*) AS effects FROM admit.effect WHERE tenant_id = 312;
-- The account first, under a key of its own; asked again, in the same words or others, nobody asks for another.
:onboard, country => 'de', idempotency_key => 'o1') \gset
:shown
SELECT :'id' = (SELECT onboarding_id::text FROM admit.provider_onboard(312, provider => 'stripe', return_url => 'https://shop.example/done', refresh_url => 'https://shop.example/again')) AS the_same;
SELECT onboarding_id AS second FROM admit.provider_onboard(312, provider => 'stripe', return_url => 'https://shop.example/2', refresh_url => 'https://shop.example/again', country => 'DE') \gset
:onboard, country => 'AT');
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.take();
SELECT method, path, attempt, replace(replace(replace(body, :'id', 'ID'), '%5B', '['), '%5D', ']') AS body FROM taken;
SELECT h ->> 1 = 'admit-account-' || :'id' AS key FROM taken, jsonb_array_elements(headers) AS h WHERE h ->> 0 = 'idempotency-key';
-- Its answer is lost, the provider fails, the connection is cut: the same bytes under the same key.
SELECT pg_temp.answer(NULL, '"connection closed"');
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(500, pg_temp.problem('api_error', NULL));
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT count(DISTINCT body) AS bodies, count(DISTINCT headers) AS headers, max(attempt) AS attempts FROM taken;
-- A failure that its key keeps: the account is looked for before another key is used.
SELECT pg_temp.answer(500, pg_temp.problem('api_error', NULL), '{"idempotent-replayed": "true"}');
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT method, split_part(path, '=', 1) AS path, body FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, '{"object": "list", "data": [{"object": "account", "id": "acct_of_others", "metadata": {"admit_onboarding_id": "00000000-0000-7000-8000-000000000009"}}], "has_more": false}');
SELECT pg_temp.take();
SELECT h ->> 1 = 'admit-account-' || :'id' || '-2' AS another_key FROM taken, jsonb_array_elements(headers) AS h WHERE place = (SELECT max(place) FROM taken) AND h ->> 0 = 'idempotency-key';
SELECT pg_temp.answer(NULL, '"connection closed"');
-- A key that is a day old: looked for, and found.
UPDATE admit.effect SET key_taken_at = now() - interval '23 hours' WHERE tenant_id = 312;
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT method, split_part(path, '=', 1) AS path FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, jsonb_build_object('object', 'list', 'has_more', false, 'data', jsonb_build_array(jsonb_build_object('object', 'account', 'id', 'acct_hall', 'metadata', jsonb_build_object('admit_onboarding_id', :'id')))));
SELECT kind, state, object_reference FROM admit.effect WHERE tenant_id = 312 ORDER BY created_at, kind DESC;
:shown
-- Both who asked get a link; it is in nobody's answer but theirs, and nowhere in the clear.
SELECT pg_temp.take();
SELECT kind, path, replace(replace(body, '%3A', ':'), '%2F', '/') AS body FROM taken WHERE kind = 'account_link.create' ORDER BY place;
SELECT pg_temp.answer(200, pg_temp.link('SECOND')) AS second, pg_temp.answer(200, pg_temp.link('FIRST'), before => 1) AS first;
SELECT pg_temp.answer(200, pg_temp.link('AGAIN')) AS told_twice;
SELECT state, account, url, expires_at > now() AS open, failure FROM admit.provider_onboarding(312, onboarding_id => :'id');
SELECT url FROM admit.provider_onboarding(312, onboarding_id => :'second');
SELECT url FROM admit.provider_onboard(312, provider => 'stripe', return_url => 'https://shop.example/done', refresh_url => 'https://shop.example/again', country => 'de', idempotency_key => 'o1');
:shown
CREATE FUNCTION pg_temp.in_clear(needle text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    times bigint;
    found text := '';
BEGIN
    FOR name IN SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'admit'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_version' ORDER BY 1 LOOP
        EXECUTE format('SELECT count(*) FROM admit.%I AS t WHERE t.tenant_id = 312 AND (t::text LIKE $1 OR t::text LIKE $2)', name) INTO times
        USING '%' || needle || '%', '%' || encode(convert_to(needle, 'UTF8'), 'hex') || '%';
        IF times > 0 THEN found := found || name || ' '; END IF;
    END LOOP;
    RETURN found;
END $$;
SELECT pg_temp.in_clear('connect.example') AS link, pg_temp.in_clear('acct_hall') AS account;
-- Whoever may read the provider's configuration does not get a link; nor does a key of the hall, nor another tenant.
SELECT api_key AS auditor FROM admit.api_key_create(312, name => 'Auditor', role => 'auditor') \gset
SELECT api_key AS manager FROM admit.api_key_create(312, name => 'Manager', role => 'manager') \gset
SELECT api_key AS hall_key FROM admit.api_key_create(312, name => 'Hall', role => 'owner', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.ask(tenant integer, credential text, command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN admit.dispatch(tenant, command, credential, request::text, admit.uuid7()::text)::jsonb ->> 'state';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT who, pg_temp.ask(tenant, credential, 'provider.onboarding', jsonb_build_object('onboarding_id', :'id')) AS reads,
    pg_temp.ask(tenant, credential, 'provider.onboard', '{"provider": "stripe", "return_url": "https://a.example", "refresh_url": "https://a.example"}') AS asks
FROM (VALUES (1, 'owner', 312, :'owner'), (2, 'auditor', 312, :'auditor'), (3, 'manager', 312, :'manager'), (4, 'key of the hall', 312, :'hall_key'), (5, 'another tenant', 313, :'other_owner')) AS callers (rank, who, tenant, credential) ORDER BY rank;
-- A link that is over shows nothing; another is made for the same account.
UPDATE admit.provider_onboarding SET expires_at = now() - interval '1 second' WHERE tenant_id = 312 AND onboarding_id = :'id';
SELECT state, account, url, failure FROM admit.provider_onboarding(312, onboarding_id => :'id');
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.link('OWNER'));
:onboard) \gset
SELECT pg_temp.take();
SELECT body LIKE 'account=acct_hall&%' AS of_the_account FROM taken ORDER BY place DESC LIMIT 1;
-- One that the provider refuses, or of which nothing is known, has failed: asking again makes another.
SELECT pg_temp.answer(400, pg_temp.problem('invalid_request_error', 'account_invalid'));
SELECT state, url, failure FROM admit.provider_onboarding(312, onboarding_id => :'id');
:onboard) \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, pg_temp.problem('idempotency_error', NULL));
SELECT state, url, failure FROM admit.provider_onboarding(312, onboarding_id => :'id');
SELECT pg_temp.answer(200, pg_temp.link('LATE')) AS too_late;
SELECT count(*) AS accounts_asked_for, count(DISTINCT object_reference) AS made FROM admit.effect WHERE tenant_id = 312 AND kind = 'connected_account.create';
-- What the provider tells of the account: in progress, restricted with what is due, complete. Old news changes nothing.
:shown
SELECT pg_temp.told('evt_1', false, false, false, '{"currently_due": ["external_account", "tos_acceptance.date"], "past_due": [], "disabled_reason": "requirements.past_due"}', 1000);
:shown
SELECT pg_temp.told('evt_2', true, false, true, '{"currently_due": ["external_account"], "past_due": ["external_account"], "disabled_reason": "requirements.past_due"}', 2000);
:shown
SELECT pg_temp.told('evt_3', true, true, true, '{"currently_due": [], "past_due": null, "disabled_reason": null}', 3000);
:shown
SELECT pg_temp.told('evt_old', false, false, false, '{"currently_due": ["external_account"]}', 2500);
SELECT pg_temp.told('evt_same', true, true, true, '{"currently_due": []}', 3000);
SELECT pg_temp.told('evt_more', true, true, true, '{"currently_due": ["company.tax_id"]}', 3000);
:shown
-- Payments go there once it is configured, and links are to what is configured.
SELECT has_api_key FROM admit.provider_configure(312, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress', connected_account => 'acct_own');
:shown
:onboard, country => 'DE');
:onboard) \gset
:shown
SELECT pg_temp.take();
SELECT body LIKE 'account=acct_own&%' AS of_the_configured FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, pg_temp.link('OWN'));
SELECT state, account FROM admit.provider_onboarding(312, onboarding_id => :'id');
-- Live is another account. Refused, it can be asked for anew; uncertain, only people can tell.
SELECT has_api_key FROM admit.provider_configure(312, live => true, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_live_regress');
:shown
:onboard, country => 'XX') \gset
SELECT onboarding_id AS waits FROM admit.provider_onboard(312, provider => 'stripe', return_url => 'https://shop.example/3', refresh_url => 'https://shop.example/again') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, pg_temp.problem('invalid_request_error', 'country_unsupported'));
SELECT state, failure FROM admit.provider_onboarding(312, onboarding_id => :'id') UNION ALL SELECT state, failure FROM admit.provider_onboarding(312, onboarding_id => :'waits');
:shown
:onboard, country => 'DE') \gset
SELECT pg_temp.take();
SELECT pg_temp.answer(400, pg_temp.problem('idempotency_error', NULL));
:onboard, country => 'DE');
\echo :LAST_ERROR_SQLSTATE
SELECT live, count(*) AS accounts, count(account) AS made FROM admit.connected_account WHERE tenant_id = 312 GROUP BY live ORDER BY live;
SELECT count(*) >= 1 AS ticked FROM admit.tick(312);
SELECT pg_sleep(10.1);
SELECT count(*) >= 1 AS ticked FROM admit.tick(312);
SELECT kind, message LIKE 'connected_account.create at stripe for onboarding %' AS message FROM admit.alert WHERE tenant_id = 312 AND kind LIKE 'effect%' ORDER BY kind;
-- Staff has it looked for, and it is there.
SELECT state, onboarding_id = :'id' AS of_the_onboarding FROM admit.effect_retry(312, effect_id => (SELECT effect_id FROM admit.effect WHERE tenant_id = 312 AND state = 'uncertain'));
SELECT pg_temp.take();
SELECT method, split_part(path, '=', 1) AS path FROM taken ORDER BY place DESC LIMIT 1;
SELECT pg_temp.answer(200, jsonb_build_object('object', 'list', 'has_more', false, 'data', jsonb_build_array(jsonb_build_object('object', 'account', 'id', 'acct_live', 'metadata', jsonb_build_object('admit_onboarding_id', :'id')))));
SELECT live, account FROM admit.connected_account WHERE tenant_id = 312 ORDER BY live;
SELECT pg_temp.take();
-- In test mode again, what is of the live account waits for a key of its mode.
SELECT pg_temp.wait();
SELECT has_api_key FROM admit.provider_configure(312, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_test_regress');
SELECT pg_temp.take() AS nothing;
SELECT has_api_key FROM admit.provider_configure(312, live => true, provider => 'stripe', webhook_secrets => '["whsec_regress"]', api_key => 'sk_live_regress');
SELECT pg_temp.wait();
SELECT pg_temp.take();
SELECT pg_temp.answer(200, pg_temp.link('LIVE'));
SELECT state, account, url FROM admit.provider_onboarding(312, onboarding_id => :'id');
-- The journal says who asked and what was made.
SELECT actor_kind, action, count(*) FROM admit.journal WHERE tenant_id = 312 AND action LIKE 'provider.onboarding%' OR tenant_id = 312 AND action LIKE 'provider.account%' GROUP BY 1, 2 ORDER BY 2, 1;
SELECT body::jsonb - 'onboarding_id' AS body FROM admit.journal WHERE tenant_id = 312 AND action = 'provider.account_created' ORDER BY entry_id;
SELECT * FROM admit.verify(312) WHERE violations <> 0;
