-- Codes that venues put up: made, drawn, printed, visited, counted, ended; what they lead to; who may.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(350, 'Posters') \gset
SELECT api_key AS other_owner FROM admit.tenant_create(351, 'Other') \gset
SELECT venue_id AS hall FROM admit.venue_create(350, name => 'Hall & Co') \gset
SELECT venue_id AS annex FROM admit.venue_create(350, name => 'Annex') \gset
SELECT gate_id AS door FROM admit.gate_create(350, venue_id => :'hall', name => 'Door', gate_type => 'door') \gset
SELECT gate_id AS annex_door FROM admit.gate_create(350, venue_id => :'annex', name => 'Door', gate_type => 'door') \gset
SELECT event_id AS friday FROM admit.event_create(350, venue_id => :'hall', name => 'Friday', starts_at => now() + interval '1 day', ends_at => now() + interval '2 days') \gset
SELECT event_id AS elsewhere FROM admit.event_create(350, venue_id => :'annex', name => 'Elsewhere', starts_at => now(), ends_at => now() + interval '1 day') \gset
\set shown 'kind, label, state, length(code) AS symbols, link, scans, first_scan_at, last_scan_at, expires_at, revoked_at'
-- Without an address a QR code holds the code alone.
SELECT venue_code_id AS door_code, code AS door_symbols FROM admit.venue_code_create(350, venue_id => :'hall', kind => 'entry', label => ' Main door ', gate_id => :'door') \gset
SELECT :shown, event_id IS NULL AS no_event, gate_id = :'door' AS at_the_door FROM admit.venue_code_get(350, venue_code_id => :'door_code');
SELECT venue_code_id AS vip_code, code AS vip_symbols FROM admit.venue_code_create(350, venue_id => :'hall', kind => 'vip', label => 'Guests of honour', event_id => :'friday') \gset
SELECT kind, venue_name, event_name, gate_id, link FROM admit.venue_code_visit(350, code => :'vip_symbols');
-- With one, the wallet of the event at the venue, or of whatever is on there.
SELECT * FROM admit.venue_code_configure(350, link_base_url => ' https://club.example/app/ ');
CREATE FUNCTION pg_temp.link(link text, code text) RETURNS text LANGUAGE sql AS $$
SELECT replace(replace(regexp_replace(link, '[0-9a-f-]{36}', 'ID', 'g'), code, 'CODE'), '/ID/ID', '/EVENT/VENUE')
$$;
SELECT label, pg_temp.link(link, code), link = format('https://club.example/app/wallet/%s%s?code=%s', event_id || '/', venue_id, code) AS of_event, scans
FROM admit.venue_code_list(350, venue_id => :'hall') AS l, jsonb_to_recordset(l.items) AS i (label text, link text, code text, scans bigint, event_id uuid, venue_id uuid) ORDER BY label;
-- A code without an event leads to the public event that is on or next; case and hyphens do not matter.
SELECT event_name, venue_id = :'hall' AS hall, pg_temp.link(link, :'door_symbols') FROM admit.venue_code_visit(350, code => lower(:'door_symbols'));
SELECT event_id AS tonight FROM admit.event_create(350, venue_id => :'hall', name => 'Tonight', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 hour') \gset
SELECT event_id AS secret FROM admit.event_create(350, venue_id => :'hall', name => 'Secret', starts_at => now() - interval '2 hours', ends_at => now() + interval '1 hour', visibility => 'private') \gset
SELECT event_name, event_id = :'tonight' AS tonight FROM admit.venue_code_visit(350, code => regexp_replace(:'door_symbols', '(.{5})', '\1-', 'g'));
SELECT event_name FROM admit.venue_code_visit(350, code => :'vip_symbols');
-- Every visit is counted, with the first and the last.
SELECT label, scans, first_scan_at < last_scan_at AS both, last_scan_at > now() - interval '1 minute' AS recent
FROM admit.venue_code_list(350, venue_id => :'hall') AS l, jsonb_to_recordset(l.items) AS i (label text, scans bigint, first_scan_at timestamptz, last_scan_at timestamptz) ORDER BY label;
SELECT sum(scans), count(*) BETWEEN 1 AND 16 AS buckets FROM admit.venue_code_count WHERE tenant_id = 350;
-- Pictures hold what the view says; only their form differs.
SELECT media_type, encoding, file_name, content LIKE '<svg %width="300"%<title>Main door, Hall &amp; Co</title>%</svg>' AS svg FROM admit.venue_code_qr(350, venue_code_id => :'door_code', size_pixels => 300);
SELECT media_type, encoding, file_name, substr(decode(content, 'base64'), 1, 8) AS head FROM admit.venue_code_qr(350, venue_code_id => :'vip_code', format => 'png');
SELECT a.content = b.content AS same_again, a.content <> c.content AS screen_differs
FROM admit.venue_code_qr(350, venue_code_id => :'vip_code', format => 'png') AS a, admit.venue_code_qr(350, venue_code_id => :'vip_code', format => 'png', purpose => 'print') AS b,
    admit.venue_code_qr(350, venue_code_id => :'vip_code', format => 'png', purpose => 'screen') AS c;
CREATE FUNCTION pg_temp.pages(pdf text) RETURNS integer LANGUAGE sql AS $$
SELECT (regexp_match(encode(decode(pdf, 'base64'), 'escape'), '/Count (\d+)'))[1]::integer
$$;
SELECT media_type, encoding, file_name, substr(decode(content, 'base64'), 1, 5) AS head, pg_temp.pages(content) AS pages FROM admit.venue_code_sheet(350, venue_id => :'hall', copies => 12);
SELECT pg_temp.pages(content) AS pages FROM admit.venue_code_sheet(350, venue_id => :'hall', kind => 'vip', copies => 20, columns => 3, rows => 4, paper => 'letter');
SELECT pg_temp.pages(content) AS pages FROM admit.venue_code_sheet(350, venue_id => :'hall', venue_code_id => :'door_code');
-- Ended codes are answered like unknown ones and are neither drawn nor printed.
SELECT :shown FROM admit.venue_code_revoke(350, venue_code_id => :'vip_code') \gset was_
SELECT :'was_state' AS state, :'was_scans' AS scans, :'was_revoked_at' = (SELECT revoked_at::text FROM admit.venue_code_revoke(350, venue_code_id => :'vip_code')) AS once;
SELECT venue_code_id AS brief_code, code AS brief_symbols FROM admit.venue_code_create(350, venue_id => :'hall', kind => 'staff', label => 'Brief', expires_at => now() + interval '1 hour') \gset
UPDATE admit.venue_code SET expires_at = now() - interval '1 second' WHERE tenant_id = 350 AND venue_code_id = :'brief_code';
CREATE FUNCTION pg_temp.visit(tenant integer, code text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN admit.dispatch(tenant, 'venue_code.visit', NULL, jsonb_build_object('code', code)::text)::jsonb ->> 'kind';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT what, pg_temp.visit(tenant, code) AS answer FROM (VALUES (1, 'good', 350, :'door_symbols'), (2, 'revoked', 350, :'vip_symbols'), (3, 'expired', 350, :'brief_symbols'),
    (4, 'unknown', 350, '00000000000000000000000000'), (5, 'another tenant''s', 351, :'door_symbols'), (6, 'short', 350, 'ABC'), (7, 'nonsense', 350, '../' || repeat('U', 23)),
    (8, 'long', 350, repeat('0', 100000)), (9, 'empty', 350, '')) AS codes (rank, what, tenant, code) ORDER BY rank;
SELECT admit.venue_code_qr(350, venue_code_id => :'vip_code');
SELECT admit.venue_code_qr(350, venue_code_id => :'brief_code');
SELECT admit.venue_code_sheet(350, venue_id => :'hall', kind => 'vip');
SELECT label, state, scans FROM admit.venue_code_list(350, venue_id => :'hall', state => 'expired') AS l, jsonb_to_recordset(l.items) AS i (label text, state text, scans bigint);
SELECT count(*) FROM admit.venue_code_list(350, venue_id => :'hall', state => 'active', kind => 'entry') AS l, jsonb_array_elements(l.items);
-- Pages.
SELECT jsonb_array_length(items), next_cursor AS next FROM admit.venue_code_list(350, venue_id => :'hall', "limit" => 2) \gset page_
SELECT jsonb_array_length(items), next_cursor IS NULL AS last FROM admit.venue_code_list(350, venue_id => :'hall', cursor => :'page_next');
-- The same key, the same code.
SELECT a.venue_code_id = b.venue_code_id AS same FROM admit.venue_code_create(350, venue_id => :'hall', kind => 'vendor', label => 'Bar', idempotency_key => 'once') AS a,
    admit.venue_code_create(350, venue_id => :'hall', kind => 'vendor', label => 'Bar', idempotency_key => 'once') AS b;
-- What is wrong is refused by name.
SELECT admit.venue_code_create(350, venue_id => :'hall', kind => 'guest', label => 'L');
SELECT admit.venue_code_create(350, venue_id => :'hall', kind => 'entry', label => ' ');
SELECT admit.venue_code_create(350, venue_id => :'hall', kind => 'entry', label => repeat('x', 101));
SELECT admit.venue_code_create(350, venue_id => :'hall', kind => 'entry', label => 'L', expires_at => now());
SELECT admit.venue_code_create(350, venue_id => :'hall', kind => 'entry', label => 'L', event_id => :'elsewhere');
SELECT admit.venue_code_create(350, venue_id => :'hall', kind => 'entry', label => 'L', gate_id => :'annex_door');
SELECT admit.venue_code_qr(350, venue_code_id => :'door_code', format => 'gif');
SELECT admit.venue_code_qr(350, venue_code_id => :'door_code', size_pixels => 127);
SELECT admit.venue_code_qr(350, venue_code_id => :'door_code', size_pixels => 2049);
SELECT admit.venue_code_sheet(350, venue_id => :'hall', copies => 0);
SELECT admit.venue_code_sheet(350, venue_id => :'hall', copies => 1000);
SELECT admit.venue_code_sheet(350, venue_id => :'hall', columns => 6);
SELECT admit.venue_code_sheet(350, venue_id => :'hall', columns => 5, rows => 8, paper => 'letter');
SELECT admit.venue_code_sheet(350, venue_id => :'annex');
CREATE FUNCTION pg_temp.base(url text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (admit.venue_code_configure(350, link_base_url => url)).link_base_url;
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SELECT left(url, 40) AS url, pg_temp.base(url) FROM unnest(ARRAY['http://club.example', '//club.example', 'javascript:alert(1)', 'https://a@club.example', 'https://club.example/?next=', 'https://club.example/#',
    E'https://club.example/\r\nSet-Cookie: a=b', 'https://' || repeat('x', 200), '', 'https://club.example']) AS url;
SELECT link_base_url FROM admit.tenant WHERE tenant_id = 350;
SELECT link_base_url FROM admit.venue_code_configure(350);
-- Staff reads and prints, managers make; where codes lead to is the owner's. A key of one event sees its codes alone.
SELECT api_key AS manager FROM admit.api_key_create(350, name => 'Manager', role => 'manager') \gset
SELECT api_key AS staff FROM admit.api_key_create(350, name => 'Staff', role => 'staff') \gset
SELECT api_key AS friday_key FROM admit.api_key_create(350, name => 'Friday', role => 'owner', event_id => :'friday') \gset
SELECT session_token AS guest FROM admit.wallet_open(350, event_id => :'tonight', venue_id => :'hall') \gset
CREATE FUNCTION pg_temp.asked(credential text, command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    answer := admit.dispatch(350, command, credential, request::text, admit.uuid7()::text);
    RETURN 'ok ' || coalesce(jsonb_array_length(answer -> 'items')::text, '');
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE;
END $$;
SELECT who, pg_temp.asked(credential, 'venue_code.configure', '{}') AS configure, pg_temp.asked(credential, 'venue_code.create', jsonb_build_object('venue_id', :'hall', 'kind', 'entry', 'label', who)) AS make,
    pg_temp.asked(credential, 'venue_code.list', jsonb_build_object('venue_id', :'hall')) AS list, pg_temp.asked(credential, 'venue_code.qr', jsonb_build_object('venue_code_id', :'door_code')) AS qr,
    pg_temp.asked(credential, 'venue_code.sheet', jsonb_build_object('venue_id', :'hall')) AS sheet, pg_temp.asked(credential, 'venue_code.revoke', jsonb_build_object('venue_code_id', :'brief_code')) AS revoke
FROM (VALUES (1, 'owner', :'owner'), (2, 'manager', :'manager'), (3, 'staff', :'staff'), (4, 'key of friday', :'friday_key'), (5, 'guest', :'guest'), (6, 'another tenant', :'other_owner'))
    AS callers (rank, who, credential) ORDER BY rank;
-- An archived venue's codes are unknown.
SELECT venue_code_id IS NOT NULL AS made, code AS annex_symbols FROM admit.venue_code_create(350, venue_id => :'annex', kind => 'entry', label => 'Annex') \gset
SELECT pg_temp.visit(350, :'annex_symbols') AS open;
SELECT status FROM admit.event_update(350, event_id => :'elsewhere', status => 'archived');
SELECT status FROM admit.venue_update(350, venue_id => :'annex', status => 'archived');
SELECT pg_temp.visit(350, :'annex_symbols') AS closed;
SELECT admit.venue_code_create(350, venue_id => :'annex', kind => 'entry', label => 'L');
-- The journal says who made and ended what.
SELECT action, count(*) FROM admit.journal WHERE tenant_id = 350 AND action LIKE 'venue\_code.%' GROUP BY 1 ORDER BY 1;
SELECT * FROM admit.verify(350) WHERE violations <> 0;
