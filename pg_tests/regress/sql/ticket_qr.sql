-- QR codes of tickets: for their holder, while they are active.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner FROM admit.tenant_create(352, 'Pictures') \gset
SELECT venue_id FROM admit.venue_create(352, name => 'Hall') \gset
SELECT event_id FROM admit.event_create(352, venue_id => :'venue_id', name => 'Rock & "Roll" <live>', starts_at => now(), ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id FROM admit.ticket_type_create(352, event_id => :'event_id', name => 'Standing', price_cents => 0) \gset
SELECT session_token AS guest FROM admit.wallet_open(352, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT session_token AS stranger FROM admit.wallet_open(352, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT state FROM admit.order_create(352, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'nothing',
    lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'ticket_type_id', 'quantity', 2)));
SELECT min(i ->> 'ticket_id') AS ticket, max(i ->> 'ticket_id') AS second FROM admit.ticket_list(352, session_token => :'guest') AS l, jsonb_array_elements(l.items) AS i \gset
-- The holder's picture: a signed ticket, with a title that is escaped.
SELECT media_type, encoding, regexp_replace(file_name, '-.*-', '-NUMBER-') AS file_name, (regexp_match(content, '<title>.*</title>'))[1] AS title, content LIKE '<svg %width="512" height="512" viewBox="0 0 53 53"%' AS version_7
FROM admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest');
SELECT media_type, encoding, substr(decode(content, 'base64'), 2, 3) AS head, get_byte(decode(content, 'base64'), 18) * 256 + get_byte(decode(content, 'base64'), 19) AS width, get_byte(decode(content, 'base64'), 24) AS bits
FROM admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest', form => 'code', format => 'png', size_pixels => 200);
SELECT a.content <> b.content AS another_ticket, a.content = c.content AS same_again FROM admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest') AS a,
    admit.ticket_qr(352, ticket_id => :'second', session_token => :'guest') AS b, admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest') AS c;
-- Every form in the smallest version that holds it; print takes more of it for correction.
SELECT asked AS form, purpose, ((regexp_match(content, 'viewBox="0 0 (\d+)'))[1]::integer - 25) / 4 AS version
FROM unnest(ARRAY['code', 'short', 'signed', 'rotating'], ARRAY['print', 'print', 'print', 'screen']) AS f (asked, purpose),
    LATERAL admit.ticket_qr(352, ticket_id => :'ticket', form => asked, purpose => f.purpose, session_token => :'guest');
SELECT admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest', form => 'rotating', purpose => 'print');
-- Nobody else's.
SELECT admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'stranger');
SELECT admit.ticket_qr(352, ticket_id => :'ticket');
SELECT admit.dispatch(352, 'ticket.qr', :'owner', jsonb_build_object('ticket_id', :'ticket')::text);
SELECT admit.ticket_qr(352, ticket_id => admit.uuid7(), session_token => :'guest');
-- What is wrong is refused by name.
SELECT admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest', form => 'barcode');
SELECT admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest', format => 'gif');
SELECT admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest', size_pixels => 100000);
-- A ticket that is not active has none.
SELECT state FROM admit.ticket_cancel(352, ticket_id => :'ticket', reason => 'lost');
SELECT admit.ticket_qr(352, ticket_id => :'ticket', session_token => :'guest');
SELECT media_type FROM admit.ticket_qr(352, ticket_id => :'second', session_token => :'guest');
SELECT * FROM admit.verify(352) WHERE violations <> 0;
