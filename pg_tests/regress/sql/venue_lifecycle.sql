-- Venues, events and gates: creating, changing, listing, archiving, and what scans make of it.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(631, 'Venues', 'EUR') \gset
SELECT api_key AS other_key FROM admit.tenant_create(632, 'Other') \gset

-- A venue has what it was given, and UTC where no time zone was given.
SELECT venue_id, account_id, name, address, venue_type, capacity, nfc_tag_id, time_zone, default_entry_fee_cents, status
FROM admit.venue_create(631, name => '  Hall  ', address => '1 Street', venue_type => 'club', capacity => 100, nfc_tag_id => 'tag',
    time_zone => 'Europe/Berlin', default_entry_fee_cents => 250) \gset
\echo :name/:address/:venue_type/:capacity/:nfc_tag_id/:time_zone/:default_entry_fee_cents/:status
SELECT kind, currency, balance_cents FROM admit.account_get(631, account_id => :'account_id');
SELECT venue_id AS plain, name = repeat('ü', 200) AS long_name, address, capacity, time_zone, default_entry_fee_cents
FROM admit.venue_create(631, name => repeat('ü', 200), address => ' ') \gset
\echo :long_name/:address/:capacity/:time_zone/:default_entry_fee_cents
-- What is no venue.
SELECT admit.venue_create(631, name => NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => '   ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => repeat('x', 201));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', address => repeat('x', 501));
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', capacity => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', capacity => -5);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', capacity => 10000001);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', default_entry_fee_cents => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', time_zone => 'Mars/Olympus');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', time_zone => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(631, name => 'V', time_zone => 'UTC''; DROP TABLE admit.venue; --');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(631, 'venue.create', :'owner_key', '{"name": "a\u0000b"}', 'nul');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(631, 'venue.create', :'owner_key', '{"name": "V", "colour": "red"}', 'field');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(631, 'venue.create', :'owner_key', '{"name": "V"}');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_create(99631, name => 'No tenant');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS venues FROM admit.venue WHERE tenant_id = 631;

-- Changes: what is absent stays; wrong values change nothing.
SELECT name, address, capacity, time_zone, default_entry_fee_cents, status, updated_at > created_at AS touched
FROM admit.venue_update(631, venue_id => :'venue_id', name => 'Great Hall', capacity => 120, default_entry_fee_cents => 300);
SELECT admit.venue_update(631, venue_id => :'venue_id', name => ' ');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_update(631, venue_id => :'venue_id', capacity => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_update(631, venue_id => :'venue_id', name => 'Changed', time_zone => 'europe/berlin');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_update(631, venue_id => :'venue_id', status => 'closed');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.venue_update(631, venue_id => admit.uuid7(), name => 'X');
\echo :LAST_ERROR_SQLSTATE
SELECT name, capacity, status FROM admit.venue_get(631, venue_id => :'venue_id');

-- Gates: three kinds, paid to the venue or to a vendor of the tenant.
SELECT account_id AS vendor FROM admit.account_create(631, kind => 'vendor', name => 'Bar Ltd', currency => 'EUR') \gset
SELECT account_id AS foreign_vendor FROM admit.account_create(632, kind => 'vendor', name => 'Bar Ltd', currency => 'EUR') \gset
SELECT gate_id AS door, gate_type, vendor_account_id, status FROM admit.gate_create(631, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
\echo :gate_type/:vendor_account_id/:status
SELECT gate_id AS bar FROM admit.gate_create(631, venue_id => :'venue_id', name => 'Bar', gate_type => 'concession', vendor_account_id => :'vendor') \gset
SELECT gate_id AS shop FROM admit.gate_create(631, venue_id => :'venue_id', name => 'Shop', gate_type => 'merchandise', nfc_tag_id => 'n') \gset
SELECT gate ->> 'name' AS name, gate ->> 'gate_type' AS gate_type, (gate ->> 'vendor_account_id')::uuid = :'vendor' AS of_vendor, gate ->> 'status' AS status
FROM admit.gate_list(631, venue_id => :'venue_id'), jsonb_array_elements(items) AS gate ORDER BY 1;
SELECT name, vendor_account_id IS NOT NULL AS of_vendor, status
FROM admit.gate_update(631, gate_id => :'shop', name => 'Stand', vendor_account_id => :'vendor', status => 'inactive');
SELECT admit.gate_create(631, venue_id => :'venue_id', name => 'G', gate_type => 'window');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_create(631, venue_id => admit.uuid7(), name => 'G', gate_type => 'door');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_create(631, venue_id => :'venue_id', name => 'G', gate_type => 'concession', vendor_account_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_create(631, venue_id => :'venue_id', name => 'G', gate_type => 'concession', vendor_account_id => :'foreign_vendor');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_update(631, gate_id => :'bar', name => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_update(631, gate_id => admit.uuid7(), name => 'G');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.gate_list(631, venue_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE

-- An event has the tenant's currency and the venue's time zone unless it says otherwise.
SELECT event_id, currency, time_zone, requires_pass, reentry_allowed, exit_scans, duplicate_window_ms, capacity, entries_max, status
FROM admit.event_create(631, venue_id => :'venue_id', name => 'Friday', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
\echo :currency/:time_zone/:requires_pass/:reentry_allowed/:exit_scans/:duplicate_window_ms/:capacity/:entries_max/:status
SELECT event_id AS abroad, currency, time_zone FROM admit.event_create(631, venue_id => :'venue_id', name => 'Abroad', currency => 'JPY',
    time_zone => 'Asia/Tokyo', starts_at => now() + interval '1 day', ends_at => now() + interval '2 days', capacity => 5) \gset
\echo :currency/:time_zone
-- What is no event: \set call carries the fields that are right.
\set call 'admit.event_create(631, venue_id => ' :'venue_id' '::uuid, name => ''E'', starts_at => now(), ends_at => now() + interval ''1 day'''
SELECT admit.event_create(631, venue_id => :'venue_id', name => 'E', starts_at => now(), ends_at => now());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(631, venue_id => :'venue_id', name => 'E', starts_at => now(), ends_at => now() - interval '1 second');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(631, venue_id => :'venue_id', name => 'E', starts_at => now(), ends_at => now() + interval '401 days');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(631, venue_id => :'venue_id', name => 'E', starts_at => NULL, ends_at => now());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(631, venue_id => :'venue_id', name => 'E', starts_at => '-infinity', ends_at => now()) IS NULL;
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(631, venue_id => :'venue_id', name => 'E', starts_at => now(), ends_at => '20000-01-01 00:00+00') IS NULL;
\echo :LAST_ERROR_SQLSTATE
SELECT :call, capacity => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT :call, capacity => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT :call, currency => 'euro');
\echo :LAST_ERROR_SQLSTATE
SELECT :call, currency => 'EU');
\echo :LAST_ERROR_SQLSTATE
SELECT :call, time_zone => 'Berlin');
\echo :LAST_ERROR_SQLSTATE
SELECT :call, entries_max => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT :call, duplicate_window_ms => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT :call, entry_fee_cents => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT :call, platform_fee_percentage => '101');
\echo :LAST_ERROR_SQLSTATE
SELECT :call, ticket_price_cents => -1);
\echo :LAST_ERROR_SQLSTATE
SELECT :call, pass_prices_cents => '{"0": 100}');
\echo :LAST_ERROR_SQLSTATE
SELECT :call, promoter_account_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT :call, currency => 'JPY', promoter_account_id => :'vendor');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_create(631, venue_id => admit.uuid7(), name => 'E', starts_at => now(), ends_at => now() + interval '1 day');
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) AS events FROM admit.event WHERE tenant_id = 631;
-- Changes of an event: each end of it alone must still fit the other.
SELECT admit.event_update(631, event_id => :'event_id', ends_at => now() - interval '2 hours');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(631, event_id => :'event_id', starts_at => now() + interval '2 days');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(631, event_id => :'event_id', capacity => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(631, event_id => :'event_id', time_zone => 'Nowhere');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(631, event_id => :'event_id', status => 'over');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.event_update(631, event_id => admit.uuid7(), name => 'E');
\echo :LAST_ERROR_SQLSTATE
SELECT name, capacity, reentry_allowed, time_zone, status FROM admit.event_update(631, event_id => :'event_id', name => 'Good Friday', capacity => 2,
    reentry_allowed => true, duplicate_window_ms => 0);
