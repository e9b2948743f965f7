-- A tenant whose free tickets are shown at two events: signed ones at one, with rotating codes at the other, where each of
-- its devices has a token. Variables: signed, uploaded, rotating (tickets, in tens), devices.
SELECT api_key FROM admit.tenant_create(4, 'Signed') \gset
SELECT venue_id FROM admit.venue_create(4, name => 'Arena') \gset
SELECT gate_id FROM admit.gate_create(4, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
CREATE TABLE bench.gate_event AS
SELECT n.name, e.event_id, t.ticket_type_id, :'venue_id'::uuid AS venue_id
FROM (VALUES ('signed'), ('rotating')) AS n (name)
CROSS JOIN LATERAL admit.event_create(4, venue_id => :'venue_id', name => n.name, starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day') AS e
CROSS JOIN LATERAL admit.ticket_type_create(4, event_id => e.event_id, name => 'Free', price_cents => 0, total => 1000000) AS t;
SELECT policy FROM bench.gate_event AS e CROSS JOIN LATERAL admit.policy_set(4, event_id => e.event_id,
    policy => '{"rotating_codes": true, "rotating_tolerance_seconds": 300}') WHERE e.name = 'rotating';
CREATE TABLE bench.gate_device AS
SELECT e.name, number, d.device_id, d.device_token
FROM bench.gate_event AS e
CROSS JOIN LATERAL generate_series(1, CASE e.name WHEN 'rotating' THEN :devices ELSE 2 END) AS number
CROSS JOIN LATERAL admit.device_register(4, name => 'Gate ' || number, gate_id => :'gate_id', event_id => e.event_id) AS d;

CREATE TABLE bench.shown_ticket (name text, token text, fixed text, rotation_key text);
-- Wallets with ten tickets each, and what their holders show; a hundred wallets a transaction, or the counts of what is
-- left would be updated more often than their old versions can be removed.
CREATE PROCEDURE bench.show_tickets(asked text, tickets integer) LANGUAGE plpgsql AS $$
BEGIN
    FOR batch IN 0 .. (tickets - 1) / 1000 LOOP
        INSERT INTO bench.shown_ticket
        SELECT asked, shown.token, shown.rotation ->> 'fixed', shown.rotation ->> 'key'
        FROM (
            -- In the list of columns a function is called for each row.
            SELECT number, e.ticket_type_id, (admit.wallet_open(4, event_id => e.event_id, venue_id => e.venue_id)).session_token
            FROM bench.gate_event AS e
            CROSS JOIN generate_series(1, least(100, (tickets - batch * 1000) / 10)) AS number
            WHERE e.name = asked OFFSET 0
        ) AS w
        CROSS JOIN LATERAL admit.order_create(4, order_id => CASE WHEN number > 0 THEN admit.uuid7() END,
            session_token => w.session_token, pay_with => 'nothing',
            lines => jsonb_build_array(jsonb_build_object('ticket_type_id', w.ticket_type_id, 'quantity', 10))) AS o
        CROSS JOIN jsonb_array_elements(o.tickets) AS ticket
        CROSS JOIN LATERAL admit.ticket_token(4, ticket_id => (ticket ->> 'ticket_id')::uuid, session_token => w.session_token) AS shown;
        COMMIT;
    END LOOP;
END
$$;
CALL bench.show_tickets('signed', :signed + :uploaded);
CALL bench.show_tickets('rotating', :rotating);
-- In no order that wallets or issue would give, and each once: of a sequence that costs nothing to speak of.
CREATE TABLE bench.signed_ticket AS
SELECT row_number() OVER (ORDER BY random())::integer AS number, token FROM bench.shown_ticket WHERE name = 'signed';
ALTER TABLE bench.signed_ticket ADD PRIMARY KEY (number);
CREATE SEQUENCE bench.next_signed CACHE 50;
SELECT count(DISTINCT token) = :signed + :uploaded AS "each with a token" FROM bench.signed_ticket;
-- What two devices send when their network is back: 5,000 scans a batch, of tickets that nobody scans online.
CREATE TABLE bench.upload_batch AS
SELECT (number - :signed - 1) / 5000 + 1 AS number, jsonb_agg(jsonb_build_object('nonce', gen_random_uuid(), 'token', token,
    'kind', 'entry', 'outcome', 'admitted', 'scanned_at', now() - random() * interval '10 minutes')) AS scans
FROM bench.signed_ticket WHERE number > :signed GROUP BY 1;
ALTER TABLE bench.upload_batch ADD PRIMARY KEY (number);
CREATE SEQUENCE bench.next_batch;
VACUUM ANALYZE;
