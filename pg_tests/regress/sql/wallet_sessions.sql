-- Wallets without a login: binding, sessions, recovery, links, freezing.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(35, 'Sessions');
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(36, 'Other');
SELECT venue_id FROM admit.venue_create(35, name => 'Hall') \gset
SELECT venue_id AS other_venue FROM admit.venue_create(35, name => 'Other hall') \gset
SELECT gate_id FROM admit.gate_create(35, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(35, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day') \gset
SELECT device_id FROM admit.device_register(35, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
-- An event at another venue, an unknown one.
SELECT admit.wallet_open(35, event_id => :'event_id', venue_id => :'other_venue');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_open(35, event_id => admit.uuid7(), venue_id => :'venue_id');
\echo :LAST_ERROR_SQLSTATE
-- The same binding finds the same wallet, with a session of its own.
SELECT wallet_id, session_token AS first, binding, restored, balance_cents, currency FROM admit.wallet_open(35, event_id => :'event_id', venue_id => :'venue_id') \gset
\echo :restored :balance_cents :currency
SELECT session_token AS second, restored, wallet_id = :'wallet_id' AS the_same FROM admit.wallet_open(35, event_id => :'event_id', venue_id => :'venue_id', binding => :'binding') \gset
\echo :restored :the_same
SELECT :'first' <> :'second' AS two_sessions;
SELECT admit.wallet_open(35, event_id => :'event_id', venue_id => :'venue_id', binding => 'short');
\echo :LAST_ERROR_SQLSTATE
-- Logging one session out leaves the other.
SELECT ended_at IS NOT NULL AS ended FROM admit.wallet_logout(35, :'first');
SELECT admit.wallet_get(35, :'first');
\echo :LAST_ERROR_SQLSTATE
SELECT outcome, reason FROM admit.scan(35, :'first', :'device_id', 'entry', admit.uuid7());
SELECT state, balance_cents, entries FROM admit.wallet_get(35, :'second');
-- A refreshed session replaces the one it came from.
SELECT session_token AS third FROM admit.wallet_refresh(35, :'second') \gset
SELECT state FROM admit.wallet_get(35, :'third');
SELECT admit.wallet_get(35, :'second');
\echo :LAST_ERROR_SQLSTATE
-- Tokens that are none, and another tenant's.
SELECT admit.wallet_get(35, 'nonsense');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(36, :'third');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(35, left(:'third', -1) || CASE right(:'third', 1) WHEN '0' THEN '1' ELSE '0' END);
\echo :LAST_ERROR_SQLSTATE
-- A recovery code moves the wallet to another device, once.
SELECT recovery_code FROM admit.wallet_recovery(35, :'third') \gset
SELECT admit.wallet_recover(35, recovery_code => 'AAAA-AAAA-AAAA-AAAA');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_recover(36, recovery_code => :'recovery_code');
\echo :LAST_ERROR_SQLSTATE
SELECT session_token AS moved, restored, wallet_id = :'wallet_id' AS the_same FROM admit.wallet_recover(35, recovery_code => lower(:'recovery_code')) \gset
\echo :restored :the_same
SELECT admit.wallet_recover(35, recovery_code => :'recovery_code');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_get(35, :'third');
\echo :LAST_ERROR_SQLSTATE
SELECT state FROM admit.wallet_get(35, :'moved');
-- An expired code is none.
SELECT recovery_code FROM admit.wallet_recovery(35, :'moved') \gset
UPDATE admit.wallet_recovery SET expires_at = now() - interval '1 second' WHERE tenant_id = 35;
SELECT admit.wallet_recover(35, recovery_code => :'recovery_code');
\echo :LAST_ERROR_SQLSTATE
-- Links are kept apart from the journal, which never holds the contact.
SELECT kind FROM admit.wallet_link(35, :'moved', kind => 'email', value => 'guest@example.org');
SELECT admit.wallet_link(35, :'moved', kind => 'fax', value => '1');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_link(35, :'moved', kind => 'email', value => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT value FROM admit.wallet_link WHERE tenant_id = 35;
SELECT count(*) FROM admit.journal WHERE tenant_id = 35 AND body::text LIKE '%example.org%';
-- Freezing.
SELECT state FROM admit.wallet_lookup(35, :'wallet_id');
SELECT state FROM admit.wallet_freeze(35, reason => 'lost phone', wallet_id => :'wallet_id');
SELECT admit.wallet_freeze(35, reason => 'again', wallet_id => :'wallet_id');
\echo :LAST_ERROR_SQLSTATE
SELECT outcome, reason FROM admit.scan(35, :'moved', :'device_id', 'entry', admit.uuid7());
SELECT state FROM admit.wallet_unfreeze(35, reason => 'found', wallet_id => :'wallet_id');
SELECT outcome, reason FROM admit.scan(35, :'moved', :'device_id', 'entry', admit.uuid7());
SELECT admit.wallet_freeze(36, reason => 'not mine', wallet_id => :'wallet_id');
\echo :LAST_ERROR_SQLSTATE
-- The history has it all, newest first, in pages that overlap nowhere.
WITH RECURSIVE page AS (
    SELECT 1 AS number, h.items, h.next_cursor FROM admit.wallet_history(35, :'moved', "limit" => 3) AS h
    UNION ALL
    SELECT page.number + 1, h.items, h.next_cursor FROM page, LATERAL admit.wallet_history(35, :'moved', cursor => page.next_cursor, "limit" => 3) AS h
    WHERE page.next_cursor IS NOT NULL
), entry AS (
    SELECT page.number, i.item ->> 'action' AS action, i.item ->> 'entry_id' AS entry_id, i.place
    FROM page, jsonb_array_elements(page.items) WITH ORDINALITY AS i (item, place)
)
SELECT (SELECT string_agg(action, ' ' ORDER BY number, place) FROM entry) AS actions, count(DISTINCT entry_id) = count(*) AS each_once,
    (SELECT array_agg(entry_id ORDER BY number, place) = array_agg(entry_id ORDER BY entry_id DESC) FROM entry) AS newest_first FROM entry;
SELECT admit.wallet_history(35, :'moved', "limit" => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(35, :'moved', "limit" => 1000000);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.wallet_history(35, :'moved', cursor => 'nonsense');
\echo :LAST_ERROR_SQLSTATE
-- Receipts: one's own; another tenant's entry is unknown.
SELECT scan_id FROM admit.scan(35, :'moved', :'device_id', 'exit', admit.uuid7()) \gset
SELECT content ->> 'entry_id' = :'scan_id' AS of_the_scan, content ->> 'action' AS action, receipt LIKE 'ey%.%.%' AS signed FROM admit.receipt_get(35, :'scan_id');
SELECT admit.receipt_get(36, :'scan_id');
\echo :LAST_ERROR_SQLSTATE
SELECT sealed_entries > 0 AS sealed FROM admit.tick(35);
SELECT * FROM admit.verify(35) WHERE violations <> 0;
