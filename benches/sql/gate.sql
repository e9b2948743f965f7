-- A tenant with one event of 100,000 tickets, a tenth of them used, and 100 tickets whose codes are known. The many are
-- written directly: verify() is not run here.
SELECT api_key FROM admit.tenant_create(3, 'Gates') \gset
SELECT venue_id FROM admit.venue_create(3, name => 'Stadium', time_zone => 'Europe/Berlin') \gset
SELECT gate_id FROM admit.gate_create(3, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(3, venue_id => :'venue_id', name => 'Final', requires_pass => true,
    starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT device_id, device_token FROM admit.device_register(3, name => 'Gate', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT ticket_type_id FROM admit.ticket_type_create(3, event_id => :'event_id', name => 'Seat', price_cents => 0) \gset
SELECT session_token, wallet_id FROM admit.wallet_open(3, event_id => :'event_id', venue_id => :'venue_id') \gset
INSERT INTO admit.ticket (tenant_id, ticket_id, order_id, event_id, ticket_type_id, wallet_id, code_hash, unit, code_key, item, created_at,
                          entries, inside, state, days_used, last_day, admitted_at, gate_id)
SELECT 3, admit.uuid7(), admit.uuid7(), :'event_id', :'ticket_type_id', :'wallet_id', gen_random_uuid(), 1, k.key_id, 0, now(),
       used::integer, used, CASE WHEN used THEN 'used' ELSE 'active' END, used::integer, CASE WHEN used THEN current_date - date '2000-01-01' END,
       CASE WHEN used THEN now() - random() * interval '1 hour' END, CASE WHEN used THEN :'gate_id'::uuid END
FROM (SELECT number % 10 = 0 AS used FROM generate_series(1, 99900) AS number) AS sold
CROSS JOIN (SELECT key_id FROM admit.signing_key WHERE tenant_id = 3 AND purpose = 'ticket') AS k;
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE bench.gate AS SELECT :'event_id'::uuid AS event_id, :'device_id'::uuid AS device_id, :'device_token' AS device_token;
CREATE TABLE bench.gate_ticket AS
SELECT ticket ->> 'ticket_id' AS ticket_id
FROM generate_series(1, 10) AS number
-- A function that does not look at the row would be called once.
CROSS JOIN LATERAL admit.order_create(3, order_id => CASE WHEN number > 0 THEN admit.uuid7() END, session_token => :'session_token',
    pay_with => 'nothing', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'ticket_type_id', 'quantity', 10))) AS o
CROSS JOIN jsonb_array_elements(o.tickets) AS ticket;
ALTER TABLE bench.gate_ticket ADD COLUMN code text;
UPDATE bench.gate_ticket AS t SET code = (SELECT code FROM admit.ticket_get(3, ticket_id => t.ticket_id::uuid, session_token => :'session_token'));
VACUUM ANALYZE;
