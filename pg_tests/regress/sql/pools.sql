-- Pools: a type's own places, shared ones and an event's capacity; all or nothing over several of them; other sizes.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key IS NOT NULL AS created FROM admit.tenant_create(292, 'Pools');
SELECT venue_id FROM admit.venue_create(292, name => 'Hall') \gset
SELECT event_id AS night FROM admit.event_create(292, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT session_token AS guest FROM admit.wallet_open(292, event_id => :'night', venue_id => :'venue_id') \gset
CREATE FUNCTION pg_temp.figures(event_id uuid) RETURNS TABLE (kind text, name text, total bigint, available bigint, held bigint, sold bigint) LANGUAGE sql AS $$
SELECT i.* FROM admit.pool_list(292, event_id => figures.event_id) AS p, jsonb_to_recordset(p.items) AS i (kind text, name text, total bigint, available bigint, held bigint, sold bigint)
$$;
CREATE FUNCTION pg_temp.types(event_id uuid) RETURNS TABLE (name text, total bigint, available bigint, held bigint, sold bigint) LANGUAGE sql AS $$
SELECT i.* FROM admit.ticket_type_list(292, event_id => types.event_id) AS l, jsonb_to_recordset(l.items) AS i (name text, total bigint, available bigint, held bigint, sold bigint)
$$;
-- What a wallet gets of some types: its hold's quantities in the order asked, or the code of the refusal.
CREATE FUNCTION pg_temp.hold(session_token text, types uuid[], quantities integer[], partial boolean DEFAULT false) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT string_agg(coalesce(line ->> 'quantity', '-'), ' ' ORDER BY want.position)
        FROM admit.hold_create(292, hold_id => admit.uuid7(), session_token => hold.session_token, partial => hold.partial,
            lines => (SELECT jsonb_agg(jsonb_build_object('ticket_type_id', type, 'quantity', quantity)) FROM unnest(types, quantities) AS w (type, quantity))) AS h,
        unnest(types) WITH ORDINALITY AS want (type, position) LEFT JOIN LATERAL (SELECT line FROM jsonb_array_elements(h.lines) AS line WHERE (line ->> 'ticket_type_id')::uuid = want.type) AS line ON true);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
CREATE FUNCTION pg_temp.release_all(event_id uuid) RETURNS bigint LANGUAGE sql AS $$
SELECT count(admit.hold_release(292, hold_id => (i ->> 'hold_id')::uuid)) FROM admit.hold_list(292, event_id => release_all.event_id, state => 'open') AS l, jsonb_array_elements(l.items) AS i
$$;
-- Three types: Early with three of its own and Late without draw on a floor of four, Lounge has no limit at all.
SELECT pool_id AS floor, kind, name, total, available, held, sold FROM admit.pool_create(292, event_id => :'night', name => ' Floor ', total => 4) \gset
SELECT :'kind' AS kind, :'name' AS name, :total AS total, :available AS available, :held AS held, :sold AS sold;
SELECT ticket_type_id AS early FROM admit.ticket_type_create(292, event_id => :'night', name => 'Early', price_cents => 0, total => 3, pool_ids => jsonb_build_array(:'floor')) \gset
SELECT ticket_type_id AS late FROM admit.ticket_type_create(292, event_id => :'night', name => 'Late', price_cents => 0, pool_ids => jsonb_build_array(:'floor')) \gset
SELECT ticket_type_id AS lounge FROM admit.ticket_type_create(292, event_id => :'night', name => 'Lounge', price_cents => 0) \gset
SELECT * FROM pg_temp.types(:'night');
-- What has no limit shows none: the number behind it is never seen.
SELECT * FROM pg_temp.figures(:'night');
SELECT pg_temp.hold(:'guest', ARRAY[:'lounge']::uuid[], ARRAY[10]) AS lounge;
SELECT * FROM pg_temp.figures(:'night') WHERE name = 'Lounge';
-- The scarcest pool decides. Nothing is taken where not all can be.
SELECT pg_temp.hold(:'guest', ARRAY[:'early']::uuid[], ARRAY[4]) AS four_of_three;
SELECT pg_temp.hold(:'guest', ARRAY[:'early', :'late']::uuid[], ARRAY[2, 3]) AS five_of_four;
SELECT pg_temp.hold(:'guest', ARRAY[:'lounge', :'late', :'early']::uuid[], ARRAY[1, 1, 4]) AS last_line_too_many;
SELECT * FROM pg_temp.types(:'night');
SELECT pg_temp.hold(:'guest', ARRAY[:'early', :'late']::uuid[], ARRAY[3, 4], partial => true) AS partial;
SELECT * FROM pg_temp.types(:'night');
SELECT pg_temp.hold(:'guest', ARRAY[:'late']::uuid[], ARRAY[1]) AS full, pg_temp.hold(:'guest', ARRAY[:'late', :'early']::uuid[], ARRAY[1, 1], partial => true) AS partial_full,
    pg_temp.hold(:'guest', ARRAY[:'late', :'lounge']::uuid[], ARRAY[1, 2], partial => true) AS partial_lounge;
SELECT pg_temp.release_all(:'night') AS released;
SELECT * FROM pg_temp.types(:'night');
-- Other sizes: up, down to what is taken, not below; own pools and the event's change with their type and event.
SELECT pg_temp.hold(:'guest', ARRAY[:'early', :'late']::uuid[], ARRAY[1, 2]) AS taken;
SELECT state, jsonb_array_length(tickets) AS tickets FROM admit.order_create(292, order_id => admit.uuid7(), session_token => :'guest', pay_with => 'nothing', lines => jsonb_build_array(jsonb_build_object('ticket_type_id', :'late', 'quantity', 1)));
SELECT total, available, held, sold FROM admit.pool_update(292, pool_id => :'floor', total => 3);
\echo :LAST_ERROR_SQLSTATE
SELECT total, available, held, sold FROM admit.pool_update(292, pool_id => :'floor', total => 4, name => 'Ground floor');
SELECT pg_temp.hold(:'guest', ARRAY[:'late']::uuid[], ARRAY[1]) AS full;
SELECT name, total, available, held, sold FROM admit.pool_update(292, pool_id => :'floor', total => 2000);
SELECT pg_temp.hold(:'guest', ARRAY[:'late']::uuid[], ARRAY[10]) AS ten;
SELECT total, available, held, sold FROM admit.pool_update(292, pool_id => :'floor', total => 15);
SELECT pg_temp.hold(:'guest', ARRAY[:'late']::uuid[], ARRAY[2]) AS two_of_one, pg_temp.hold(:'guest', ARRAY[:'late']::uuid[], ARRAY[1]) AS one;
SELECT total, held, available FROM admit.ticket_type_update(292, ticket_type_id => :'early', total => 1);
SELECT total, held, available FROM admit.ticket_type_update(292, ticket_type_id => :'early', total => 100000000);
-- A type that had no limit gets one like any other.
SELECT pg_temp.hold(:'guest', ARRAY[:'lounge']::uuid[], ARRAY[3]) AS lounge, total, held, available FROM admit.ticket_type_update(292, ticket_type_id => :'lounge', total => 5);
SELECT total, held, available FROM admit.ticket_type_update(292, ticket_type_id => :'lounge', total => 2);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.hold(:'guest', ARRAY[:'lounge']::uuid[], ARRAY[3]) AS more, total, held, available FROM admit.ticket_type_get(292, ticket_type_id => :'lounge');
SELECT admit.pool_update(292, pool_id => :'early', total => 5);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.pool_update(292, pool_id => :'floor', total => 0);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.pool_update(292, pool_id => :'floor', name => '');
\echo :LAST_ERROR_SQLSTATE
SELECT admit.pool_update(292, pool_id => admit.uuid7(), total => 5);
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.release_all(:'night') AS released;
SELECT * FROM pg_temp.figures(:'night') WHERE kind = 'shared';
-- The first capacity comes before the first hold; it then bounds all types together.
SELECT pg_temp.hold(:'guest', ARRAY[:'lounge']::uuid[], ARRAY[1]) AS lounge;
SELECT capacity FROM admit.event_update(292, event_id => :'night', capacity => 5);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity FROM admit.event_get(292, event_id => :'night');
SELECT event_id AS ball FROM admit.event_create(292, venue_id => :'venue_id', name => 'Ball', starts_at => now() - interval '1 hour', ends_at => now() + interval '1 day') \gset
SELECT ticket_type_id AS gentleman FROM admit.ticket_type_create(292, event_id => :'ball', name => 'Gentleman', price_cents => 0, total => 4) \gset
SELECT ticket_type_id AS lady FROM admit.ticket_type_create(292, event_id => :'ball', name => 'Lady', price_cents => 0) \gset
SELECT pg_temp.hold(:'guest', ARRAY[:'gentleman']::uuid[], ARRAY[1]) AS early_bird, pg_temp.release_all(:'ball') AS given_back;
SELECT capacity FROM admit.event_update(292, event_id => :'ball', capacity => 5);
SELECT * FROM pg_temp.figures(:'ball') WHERE kind = 'event';
SELECT ticket_type_id AS child FROM admit.ticket_type_create(292, event_id => :'ball', name => 'Child', price_cents => 0) \gset
SELECT pg_temp.hold(:'guest', ARRAY[:'gentleman', :'lady', :'child']::uuid[], ARRAY[2, 2, 2]) AS six_of_five, pg_temp.hold(:'guest', ARRAY[:'gentleman', :'lady', :'child']::uuid[], ARRAY[2, 2, 1]) AS five;
SELECT * FROM pg_temp.types(:'ball');
SELECT admit.event_update(292, event_id => :'ball', capacity => 4);
\echo :LAST_ERROR_SQLSTATE
SELECT capacity, pg_temp.hold(:'guest', ARRAY[:'child']::uuid[], ARRAY[1]) AS one_more FROM admit.event_update(292, event_id => :'ball', capacity => 6);
SELECT admit.pool_update(292, pool_id => :'ball', total => 5);
\echo :LAST_ERROR_SQLSTATE
-- Bad pools.
CREATE FUNCTION pg_temp.try(command text, request jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM admit.call(292, command, request, NULL);
    RETURN 'ok';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;
SELECT bad, pg_temp.try('pool.create', jsonb_build_object('event_id', :'ball', 'name', 'P', 'total', 1) || bad) AS answer
FROM unnest(ARRAY['{"name": " "}', '{"total": 0}', '{"total": -1}', '{"total": 100000001}', '{"total": null}', '{"event_id": "00000000-0000-7000-8000-000000000001"}']::jsonb[]) AS bad;
SELECT what, pg_temp.try('ticket_type.create', jsonb_build_object('event_id', :'ball', 'name', 'T', 'price_cents', 0, 'pool_ids', pools)) AS answer
FROM (VALUES ('pool of another event', jsonb_build_array(:'floor')), ('own pool of a type', jsonb_build_array(:'lady')), ('the event''s own', jsonb_build_array(:'ball')), ('five', to_jsonb(ARRAY[:'floor', :'floor', :'floor', :'floor', :'floor'])), ('none', '[]')) AS bad (what, pools);
SELECT count(*) FILTER (WHERE answer = 'ok') AS made, min(answer) AS last FROM (SELECT pg_temp.try('pool.create', jsonb_build_object('event_id', :'ball', 'name', 'P' || i, 'total', 1)) AS answer FROM generate_series(1, 201) AS i) AS tries;
SELECT status, pg_temp.try('pool.create', jsonb_build_object('event_id', :'night', 'name', 'P', 'total', 1)) AS answer FROM admit.event_update(292, event_id => :'night', status => 'archived');
SELECT invariant, violations FROM admit.verify(292) WHERE violations <> 0;
