-- Branding: an organizer's own, or the tenant's, as buyers of an event see it; who may set it.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(310, 'Branding', 'USD') \gset
SELECT api_key AS other_owner FROM admit.tenant_create(311, 'Other', 'USD') \gset
SELECT venue_id FROM admit.venue_create(310, name => 'Hall') \gset
SELECT account_id AS organizer FROM admit.account_create(310, kind => 'organizer', name => 'Club 54', currency => 'USD') \gset
SELECT account_id AS plain FROM admit.account_create(310, kind => 'organizer', name => 'Plain', currency => 'USD') \gset
CREATE FUNCTION pg_temp.night(name text, account_id uuid) RETURNS uuid LANGUAGE sql AS $$
SELECT event_id FROM admit.event_create(310, venue_id => (SELECT v.venue_id FROM admit.venue AS v WHERE v.tenant_id = 310), name => night.name,
    starts_at => now(), ends_at => now() + interval '1 day', organizer_account_id => night.account_id)
$$;
SELECT pg_temp.night('Friday', :'organizer') AS friday, pg_temp.night('Saturday', :'plain') AS saturday, pg_temp.night('Sunday', NULL) AS sunday \gset
\set shown 'display_name, description, logo_url, logo_dark_url, banner_url, accent_color, accent_text_color, support_email, support_url'
-- Nothing is set yet.
SELECT admit.branding_get(310);
SELECT admit.branding_get(310, event_id => :'friday');
-- The tenant's own, and an organizer's.
SELECT organizer_account_id IS NULL AS tenants, :shown FROM admit.branding_set(310, display_name => ' Tickets & Co ', accent_color => '#0A0B0C', support_email => 'help@example.org');
SELECT organizer_account_id = :'organizer' AS organizers, :shown FROM admit.branding_set(310, organizer_account_id => :'organizer', display_name => 'Club 54', description => 'Since 1977',
    logo_url => 'https://cdn.example.org/logo.svg', logo_dark_url => 'https://cdn.example.org/logo-dark.svg', banner_url => 'https://cdn.example.org/banner.jpg',
    accent_color => '#ff00aa', accent_text_color => '#ffffff', support_email => 'club@example.org', support_url => 'https://club.example.org/help');
-- Of an event: its organizer's, else the tenant's. Of an organizer its own alone.
SELECT e.name, b.display_name, b.organizer_account_id IS NOT NULL AS organizers FROM admit.event AS e, LATERAL admit.branding_get(310, event_id => e.event_id) AS b WHERE e.tenant_id = 310 ORDER BY e.event_id;
SELECT display_name FROM admit.branding_get(310, organizer_account_id => :'organizer');
SELECT display_name FROM admit.branding_get(310);
SELECT admit.branding_get(310, organizer_account_id => :'plain');
SELECT admit.branding_get(310, organizer_account_id => :'organizer', event_id => :'friday');
-- Setting again replaces it all: what is absent is taken away, and there is still one row each.
SELECT :shown FROM admit.branding_set(310, organizer_account_id => :'organizer', display_name => 'Club 55', logo_url => ' https://cdn.example.org/logo.svg ');
SELECT :shown FROM admit.branding_set(310, display_name => 'Tickets');
SELECT count(*) FROM admit.branding WHERE tenant_id = 310;
-- The same key gives the same answer and changes nothing more.
SELECT display_name FROM admit.branding_set(310, display_name => 'Once', idempotency_key => 'b1');
SELECT display_name FROM admit.branding_set(310, display_name => 'Tickets', idempotency_key => 'b2');
SELECT display_name FROM admit.branding_set(310, display_name => 'Once', idempotency_key => 'b1');
SELECT display_name FROM admit.branding_get(310);
SELECT admit.branding_set(310, display_name => 'Twice', idempotency_key => 'b1');
-- What is wrong is named.
SELECT admit.branding_set(310, display_name => '');
SELECT admit.branding_set(310, display_name => repeat('x', 101));
SELECT admit.branding_set(310, display_name => 'C', description => repeat('x', 1001));
SELECT admit.branding_set(310, display_name => 'C', logo_url => 'http://cdn.example.org/logo.svg');
SELECT admit.branding_set(310, display_name => 'C', logo_dark_url => 'javascript:alert(1)');
SELECT admit.branding_set(310, display_name => 'C', banner_url => 'https://cdn.example.org/' || repeat('x', 2048));
SELECT admit.branding_set(310, display_name => 'C', support_url => 'mailto:help@example.org');
SELECT admit.branding_set(310, display_name => 'C', accent_color => 'red');
SELECT admit.branding_set(310, display_name => 'C', accent_text_color => '#fff');
SELECT admit.branding_set(310, display_name => 'C', support_email => 'help');
SELECT admit.branding_set(310, display_name => 'C', organizer_account_id => :'venue_id');
SELECT admit.dispatch(310, 'branding.set', :'owner', '{"display_name": "C", "favicon_url": "https://a.example"}', 'k1');
-- Only the owner sets it; a role of the tenant's own may be given it. A key that is bound to an event or a venue may not, and reads its own event's.
SELECT session_token AS buyer FROM admit.wallet_open(310, event_id => :'friday', venue_id => :'venue_id') \gset
SELECT api_key AS manager FROM admit.api_key_create(310, name => 'Manager', role => 'manager') \gset
SELECT api_key AS friday_key FROM admit.api_key_create(310, name => 'Friday', role => 'owner', event_id => :'friday') \gset
SELECT api_key AS hall_key FROM admit.api_key_create(310, name => 'Hall', role => 'owner', venue_id => :'venue_id') \gset
SELECT role FROM admit.role_set(310, role => 'brand', commands => '["branding.set", "branding.get"]');
SELECT api_key AS brand FROM admit.api_key_create(310, name => 'Brand', role => 'brand') \gset
CREATE FUNCTION pg_temp.ask(credential text, command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN admit.dispatch(310, command, credential, request::text, admit.uuid7()::text)::jsonb ->> 'display_name';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
SELECT who, pg_temp.ask(credential, 'branding.set', '{"display_name": "By whom"}') AS tenants,
    pg_temp.ask(credential, 'branding.set', jsonb_build_object('display_name', 'By whom', 'organizer_account_id', :'organizer')) AS organizers,
    pg_temp.ask(credential, 'branding.get', '{}') AS reads_tenants, pg_temp.ask(credential, 'branding.get', jsonb_build_object('event_id', :'friday')) AS friday,
    pg_temp.ask(credential, 'branding.get', jsonb_build_object('event_id', :'saturday')) AS saturday,
    pg_temp.ask(credential, 'branding.get', jsonb_build_object('organizer_account_id', :'organizer')) AS of_organizer
FROM (VALUES (1, 'buyer', :'buyer'), (2, 'manager', :'manager'), (3, 'key of friday', :'friday_key'), (4, 'key of the hall', :'hall_key'), (5, 'another tenant', :'other_owner'),
    (6, 'a role of its own', :'brand')) AS callers (rank, who, credential) ORDER BY rank;
-- Another tenant's accounts and events are unknown, and it has its own.
SELECT admit.branding_set(311, display_name => 'Other', organizer_account_id => :'organizer');
SELECT display_name FROM admit.branding_set(311, display_name => 'Other');
SELECT admit.branding_get(311, event_id => :'friday');
SELECT display_name FROM admit.branding_get(310);
-- Who set what is in the journal.
SELECT actor_kind, body - 'organizer_account_id' AS body FROM (SELECT ord, xid, actor_kind, body::jsonb AS body FROM admit.journal WHERE tenant_id = 310 AND action = 'branding.set') AS entries ORDER BY xid, ord;
SELECT * FROM admit.verify(310) WHERE violations <> 0;
