-- Payouts: an account is debited at once and to the cent, the provider's webhook confirms it once.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv folder PG_ABS_SRCDIR
\set stripe :folder '/include/stripe.psql'
\i :stripe
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(207, 'Payouts') \gset
SELECT live, webhook_secrets FROM admit.provider_configure(207, live => false, provider => 'stripe', webhook_secrets => '["whsec_regress"]');
SELECT account_id AS brewer FROM admit.account_create(207, kind => 'vendor', name => 'Brewer', currency => 'USD') \gset
SELECT account_id AS band FROM admit.account_create(207, kind => 'promoter', name => 'Band', currency => 'EUR') \gset
SELECT venue_id, account_id AS venue FROM admit.venue_create(207, name => 'Hall') \gset
SELECT gate_id AS bar FROM admit.gate_create(207, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession', vendor_account_id => :'brewer') \gset
SELECT gate_id AS stand FROM admit.gate_create(207, venue_id => :'venue_id', name => 'Stand', gate_type => 'merchandise') \gset
SELECT event_id FROM admit.event_create(207, venue_id => :'venue_id', name => 'Night', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT fee_version FROM admit.fee_set(207, scope => 'platform', rules => '[{"action": "concession", "component": "platform_fee", "fixed_cents": 10, "shares": [{"payee": "platform", "percentage": "50"}, {"payee": "pool", "percentage": "50"}]}]');
SELECT device_id AS till FROM admit.device_register(207, name => 'Till', gate_id => :'bar', event_id => :'event_id') \gset
SELECT device_id AS shop FROM admit.device_register(207, name => 'Shop', gate_id => :'stand', event_id => :'event_id') \gset
SELECT session_token AS guest, wallet_id FROM admit.wallet_open(207, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT pg_temp.fund(207, :'guest', 2000) IS NOT NULL AS funded;
SELECT outcome, charged_cents FROM admit.scan(207, :'guest', :'till', 'concession', admit.uuid7(), amount_cents => 1000);
SELECT outcome, charged_cents FROM admit.scan(207, :'guest', :'shop', 'merchandise', admit.uuid7(), amount_cents => 300);
\set accounts 'SELECT kind, balance_cents FROM admit.account_list(207) AS page, jsonb_to_recordset(page.items) AS a (kind text, currency text, balance_cents bigint) WHERE currency = ''USD'' ORDER BY kind;'
:accounts
-- More than there is, nothing, less than nothing, an unknown account.
SELECT admit.payout_create(207, account_id => :'brewer', amount_cents => 1001);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => :'band', amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => :'brewer', amount_cents => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => :'brewer', amount_cents => -1000);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => :'brewer', amount_cents => 1000000000001);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => admit.uuid7(), amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => :'wallet_id', amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
-- Money at the provider and money that is paid out already cannot be paid out.
SELECT account_id AS provider FROM admit.account WHERE tenant_id = 207 AND kind = 'provider' AND currency = 'USD' \gset
SELECT account_id AS paid_out FROM admit.account WHERE tenant_id = 207 AND kind = 'paid_out' AND currency = 'USD' \gset
SELECT admit.payout_create(207, account_id => :'provider', amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => :'paid_out', amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
-- A part before its legs are sealed, the rest afterwards; the venue, the platform and the pool can be paid, too.
SELECT payout_id AS part, state, amount_cents, currency FROM admit.payout_create(207, account_id => :'brewer', amount_cents => 400) \gset
SELECT :'state' AS state, :amount_cents AS amount_cents, :'currency' AS currency;
SELECT balance_cents FROM admit.account_get(207, account_id => :'brewer');
SELECT pg_temp.seal(207) AS sealed;
SELECT balance_cents FROM admit.account_get(207, account_id => :'brewer');
SELECT admit.payout_create(207, account_id => :'brewer', amount_cents => 601);
\echo :LAST_ERROR_SQLSTATE
SELECT payout_id AS rest FROM admit.payout_create(207, account_id => :'brewer', amount_cents => 600, provider_reference => 'po_rest') \gset
SELECT admit.payout_create(207, account_id => :'brewer', amount_cents => 1);
\echo :LAST_ERROR_SQLSTATE
SELECT state, amount_cents FROM admit.payout_create(207, account_id => :'venue', amount_cents => 300);
SELECT account_id AS platform FROM admit.account WHERE tenant_id = 207 AND kind = 'platform' AND currency = 'USD' \gset
SELECT account_id AS pool FROM admit.account WHERE tenant_id = 207 AND kind = 'pool' AND currency = 'USD' \gset
SELECT state, amount_cents FROM admit.payout_create(207, account_id => :'platform', amount_cents => 5);
SELECT state, amount_cents FROM admit.payout_create(207, account_id => :'pool', amount_cents => 5);
:accounts
-- One object of the provider for one payout; an object is an id.
SELECT outcome FROM admit.scan(207, :'guest', :'shop', 'merchandise', admit.uuid7(), amount_cents => 600);
SELECT admit.payout_create(207, account_id => :'venue', amount_cents => 1, provider_reference => 'po_rest');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_create(207, account_id => :'venue', amount_cents => 1, provider_reference => 'po with spaces');
\echo :LAST_ERROR_SQLSTATE
SELECT balance_cents FROM admit.account_get(207, account_id => :'venue');
-- Paid by webhook, found by its id in the metadata or by the provider's object; once.
CREATE FUNCTION pg_temp.payout(id text, amount bigint, payout_id uuid DEFAULT NULL, currency text DEFAULT 'usd') RETURNS jsonb LANGUAGE sql AS $$
SELECT jsonb_build_object('id', id, 'amount', amount, 'currency', currency, 'metadata', jsonb_strip_nulls(jsonb_build_object('admit_payout_id', payout_id)))
$$;
SELECT pg_temp.deliver(207, pg_temp.event('evt_1', 'payout.paid', pg_temp.payout('po_part', 400, :'part')));
SELECT pg_temp.deliver(207, pg_temp.event('evt_1', 'payout.paid', pg_temp.payout('po_part', 400, :'part')));
SELECT pg_temp.deliver(207, pg_temp.event('evt_2', 'payout.paid', pg_temp.payout('po_part', 400)));
SELECT state, provider_reference, paid_at IS NOT NULL AS paid FROM admit.payout_get(207, payout_id => :'part');
-- Another amount, currency or object is refused, also after the payout was paid; the right one counts.
SELECT pg_temp.deliver(207, pg_temp.event('evt_3', 'payout.paid', pg_temp.payout('po_rest', 599)));
SELECT pg_temp.deliver(207, pg_temp.event('evt_4', 'payout.paid', pg_temp.payout('po_rest', 600, NULL, 'eur')));
SELECT pg_temp.deliver(207, pg_temp.event('evt_5', 'payout.paid', pg_temp.payout('po_new', 600, :'rest')));
SELECT pg_temp.deliver(207, pg_temp.event('evt_6', 'payout.paid', pg_temp.payout('po_rest', 600, :'part')));
SELECT pg_temp.deliver(207, pg_temp.event('evt_7', 'payout.paid', pg_temp.payout('po_part', 4000)));
SELECT state, paid_at FROM admit.payout_get(207, payout_id => :'rest');
SELECT event_reference, detail FROM admit.webhook_delivery WHERE tenant_id = 207 AND state = 'refused' ORDER BY event_reference COLLATE "C";
-- A payout that the provider could not pay stays failed; a report of its payment comes too late.
SELECT pg_temp.deliver(207, pg_temp.event('evt_8', 'payout.failed', pg_temp.payout('po_rest', 600)));
SELECT state, paid_at FROM admit.payout_get(207, payout_id => :'rest');
SELECT pg_temp.deliver(207, pg_temp.event('evt_9', 'payout.paid', pg_temp.payout('po_rest', 600)));
SELECT state, paid_at IS NOT NULL AS paid FROM admit.payout_get(207, payout_id => :'rest');
-- Paid before it is known here: parked, and confirmed when the payout takes the object.
SELECT pg_temp.deliver(207, pg_temp.event('evt_10', 'payout.paid', pg_temp.payout('po_early', 600)));
SELECT state, paid_at IS NOT NULL AS paid FROM admit.payout_create(207, account_id => :'venue', amount_cents => 600, provider_reference => 'po_early');
SELECT pg_temp.deliver(207, pg_temp.event('evt_10', 'payout.paid', pg_temp.payout('po_early', 600)));
-- Lists: all, one account's, page by page, of nobody.
SELECT count(*), sum(amount_cents) FROM admit.payout_list(207) AS page, jsonb_to_recordset(page.items) AS p (amount_cents bigint);
SELECT amount_cents, state FROM admit.payout_list(207, account_id => :'brewer') AS page, jsonb_to_recordset(page.items) AS p (amount_cents bigint, state text) ORDER BY 1;
SELECT items, next_cursor FROM admit.payout_list(207, account_id => :'band');
SELECT items, next_cursor FROM admit.payout_list(207, account_id => admit.uuid7());
WITH RECURSIVE pages AS (
    SELECT p.items, p.next_cursor FROM admit.payout_list(207, "limit" => 4) AS p
    UNION ALL
    SELECT p.items, p.next_cursor FROM pages, LATERAL admit.payout_list(207, "limit" => 4, cursor => pages.next_cursor) AS p WHERE pages.next_cursor IS NOT NULL
)
SELECT array_agg(jsonb_array_length(items) ORDER BY jsonb_array_length(items) DESC) AS page_sizes,
    (SELECT count(DISTINCT item ->> 'payout_id') FROM pages, jsonb_array_elements(items) AS item) AS payouts FROM pages;
SELECT admit.payout_list(207, "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_list(207, "limit" => 201);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_list(207, cursor => 'nonsense');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.payout_get(207, payout_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
-- Who may pay out: with a key that names the request, an owner; a manager may not, nor a key for one venue.
SELECT json_build_object('account_id', :'venue', 'amount_cents', 1) AS asked \gset
SELECT admit.dispatch(207, 'payout.create', :'owner', :'asked');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(207, 'payout.create', :'owner', :'asked', 'payout-1');
\echo :LAST_ERROR_SQLSTATE
SELECT api_key AS manager FROM admit.api_key_create(207, name => 'Manager', role => 'manager') \gset
SELECT api_key AS venue_owner FROM admit.api_key_create(207, name => 'Venue', role => 'owner', venue_id => :'venue_id') \gset
SELECT api_key AS auditor FROM admit.api_key_create(207, name => 'Auditor', role => 'auditor') \gset
SELECT admit.dispatch(207, 'payout.create', :'manager', :'asked', 'payout-1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(207, 'payout.create', :'venue_owner', :'asked', 'payout-1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(207, 'payout.list', :'venue_owner', '{}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(207, 'payout.create', :'auditor', :'asked', 'payout-1');
\echo :LAST_ERROR_SQLSTATE
SELECT json_array_length(admit.dispatch(207, 'payout.list', :'auditor', '{}')::json -> 'items') AS payouts;
-- A payout that fails gives the money back once, also after it was said to be paid, and stays failed.
SELECT payout_id AS bounced FROM admit.payout_create(207, account_id => :'brewer', amount_cents => 5, provider_reference => 'po_bounced') \gset
SELECT pg_temp.deliver(207, pg_temp.event('evt_b1', 'payout.failed', pg_temp.payout('po_bounced', 6))) AS another_amount;
SELECT pg_temp.deliver(207, pg_temp.event('evt_b2', 'payout.paid', pg_temp.payout('po_bounced', 5))) AS paid;
SELECT balance_cents AS before FROM admit.account_get(207, :'brewer') \gset
SELECT pg_temp.deliver(207, pg_temp.event('evt_b3', 'payout.failed', pg_temp.payout('po_bounced', 5))) AS failed;
SELECT pg_temp.deliver(207, pg_temp.event('evt_b3', 'payout.failed', pg_temp.payout('po_bounced', 5))) AS again;
SELECT pg_temp.deliver(207, pg_temp.event('evt_b4', 'payout.failed', pg_temp.payout('po_bounced', 5))) AS another_event;
SELECT pg_temp.deliver(207, pg_temp.event('evt_b5', 'payout.paid', pg_temp.payout('po_bounced', 5))) AS paid_after_all;
SELECT balance_cents - :before AS given_back FROM admit.account_get(207, :'brewer');
SELECT state, failed_at IS NOT NULL AS failed, paid_at IS NOT NULL AS was_paid FROM admit.payout_get(207, :'bounced');
-- All that was paid out is in one account; the journal has each payout and each confirmation once.
:accounts
SELECT action, count(*) FROM admit.journal WHERE tenant_id = 207 AND action LIKE 'payout.%' GROUP BY action ORDER BY action;
SELECT pg_temp.seal(207) AS sealed;
:accounts
SELECT * FROM admit.verify(207) WHERE violations <> 0;
