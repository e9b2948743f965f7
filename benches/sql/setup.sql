-- A tenant with 1,000 events at one venue each sharing a door and a device, five-way split fees and
-- 20,000 funded wallets. Wallets are filled in the table directly: verify() is not run here.
SET client_min_messages = warning;
SELECT api_key FROM admit.tenant_create(1, 'Bench') \gset
SELECT venue_id FROM admit.venue_create(1, name => 'Venue') \gset
SELECT account_id AS vendor FROM admit.account_create(1, kind => 'vendor', name => 'Bar', currency => 'USD') \gset
SELECT account_id AS promoter FROM admit.account_create(1, kind => 'promoter', name => 'Promoter', currency => 'USD') \gset
SELECT gate_id FROM admit.gate_create(1, venue_id => :'venue_id', name => 'Door', gate_type => 'door', vendor_account_id => :'vendor') \gset
SELECT count(admit.fee_set(1, scope => 'platform', rules => (
    SELECT jsonb_agg(rule) FROM (
        SELECT jsonb_build_object('action', action, 'component', 'venue_fee', 'fixed_cents', 10, 'shares', jsonb_build_array(
            jsonb_build_object('payee', 'venue', 'percentage', '50'), jsonb_build_object('payee', 'vendor', 'percentage', '20'),
            jsonb_build_object('payee', 'pool', 'percentage', '10'), jsonb_build_object('payee', 'promoter', 'percentage', '20'))) AS rule
        FROM unnest(ARRAY['entry', 'reentry']) AS action
        UNION ALL
        SELECT jsonb_build_object('action', action, 'component', 'platform_fee', 'fixed_cents', 2, 'shares',
            jsonb_build_array(jsonb_build_object('payee', 'platform', 'percentage', '100')))
        FROM unnest(ARRAY['entry', 'reentry']) AS action) AS rules)));
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE bench.event (i integer PRIMARY KEY, event_id uuid, device_id uuid, device_token text);
INSERT INTO bench.event
SELECT i, e.event_id, d.device_id, d.device_token
FROM generate_series(1, 1000) AS i
CROSS JOIN LATERAL admit.event_create(1, venue_id => :'venue_id', name => 'Event ' || i, starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', reentry_allowed => true, exit_scans => false, duplicate_window_ms => 0,
    promoter_account_id => :'promoter') AS e
CROSS JOIN LATERAL admit.device_register(1, name => 'Device ' || i, gate_id => :'gate_id', event_id => e.event_id) AS d;
CREATE TABLE bench.wallet (i integer PRIMARY KEY, token text, wallet_id uuid, session_id uuid);
INSERT INTO bench.wallet
SELECT number, (w).session_token, (w).wallet_id
FROM (
    -- In the list of columns a function is called for each row.
    SELECT number, admit.wallet_open(1, event_id => e.event_id, venue_id => :'venue_id') AS w
    FROM generate_series(1, 20000) AS number JOIN bench.event AS e ON e.i = 1 + number % 1000
    OFFSET 0
) AS opened;
UPDATE bench.wallet AS b SET session_id = s.session_id FROM admit.wallet_session AS s WHERE s.wallet_id = b.wallet_id;
SELECT count(DISTINCT wallet_id) = 20000 AND count(session_id) = 20000 AS "each with a wallet of its own" FROM bench.wallet;
UPDATE admit.wallet SET balance_cents = 1000000000;
VACUUM ANALYZE;
