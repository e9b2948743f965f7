-- A provider's configuration as it is read, without secrets, and what its connected account may do.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(744, 'Accounts') \gset
SELECT venue_id FROM admit.venue_create(744, name => 'Hall') \gset
SELECT admit.provider_get(744, provider => 'stripe');
\echo :LAST_ERROR_SQLSTATE
SELECT live FROM admit.provider_configure(744, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress", "whsec_earlier"]', connected_account => 'acct_1', application_fee_percentage => '1.5');
\set shown 'SELECT connected_account, charges_enabled AS charges, payouts_enabled AS payouts, details_submitted AS details, extract(epoch FROM account_told_at) AS told FROM admit.provider_get(744, provider => ''stripe'');'
SELECT provider, live, webhook_secrets, has_api_key, application_fee_percentage FROM admit.provider_get(744, provider => 'stripe');
:shown
CREATE FUNCTION pg_temp.account(event text, account text, charges boolean, payouts boolean, details boolean, created bigint) RETURNS text LANGUAGE sql AS $$
SELECT pg_temp.deliver(744, (pg_temp.event(event, 'account.updated', jsonb_build_object('id', account, 'object', 'account',
    'charges_enabled', charges, 'payouts_enabled', payouts, 'details_submitted', details))::jsonb || jsonb_build_object('created', created))::text)
$$;
-- The provider tells; later news win whatever comes first, and news of others are theirs.
SELECT pg_temp.account('evt_1', 'acct_1', false, false, true, 1000);
:shown
SELECT pg_temp.account('evt_3', 'acct_1', true, true, true, 3000);
SELECT pg_temp.account('evt_2', 'acct_1', true, false, true, 2000);
SELECT pg_temp.account('evt_3', 'acct_1', true, true, true, 3000);
SELECT pg_temp.account('evt_4', 'acct_2', false, false, false, 4000);
:shown
SELECT live FROM admit.provider_configure(744, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]', connected_account => 'acct_2');
:shown
-- No secret is in the answer; a key that is bound to a venue has no provider, and the guest none either.
SELECT admit.dispatch(744, 'provider.get', :'owner', '{"provider": "stripe"}') ~ 'whsec|sealed' AS shows_a_secret;
SELECT api_key AS hall FROM admit.api_key_create(744, name => 'Hall', role => 'owner', venue_id => :'venue_id') \gset
SELECT admit.dispatch(744, 'provider.get', :'hall', '{"provider": "stripe"}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(744, 'provider.get', :'owner', '{"provider": "bank"}');
\echo :LAST_ERROR_SQLSTATE
SELECT state, count(*) FROM admit.webhook_delivery WHERE tenant_id = 744 GROUP BY state ORDER BY state;
SELECT body ->> 'account' AS account, body ->> 'charges_enabled' AS charges FROM admit.journal WHERE tenant_id = 744 AND action = 'provider.account_updated' ORDER BY entry_id;
SELECT * FROM admit.verify(744) WHERE violations <> 0;
