-- The tickets of an event that entries of the journal since a transaction name, by their ids or by their order: more
-- than have changed, never fewer. Entries that change many tickets at once name none. Every entry that is seen counts,
-- finished or not when the caller's position was taken; those that are not seen yet come above the next position.
WITH entry AS MATERIALIZED (
    SELECT j.action, j.event_id, CASE WHEN j.event_id = $4 THEN j.body END AS body
    FROM admit.journal AS j
    WHERE j.tenant_id = $1 AND j.lineage = $2 AND j.xid >= $3
    ORDER BY j.xid, j.ord LIMIT $5
), own AS MATERIALIZED (
    SELECT action, body FROM entry WHERE event_id = $4 AND action <> 'scan.denied'
), named AS (
    SELECT body ->> 'ticket_id' AS ticket_id FROM own
    UNION ALL
    SELECT listed.ticket_id FROM own, json_array_elements_text(
        CASE WHEN json_typeof(body -> 'tickets') = 'array' THEN body -> 'tickets' ELSE '[]' END) AS listed (ticket_id)
), ordered AS (
    SELECT DISTINCT body ->> 'order_id' AS order_id FROM own
), ids AS (
    SELECT ticket_id::uuid FROM named WHERE ticket_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    UNION
    SELECT t.ticket_id FROM ordered AS o
    JOIN admit.ticket AS t ON t.tenant_id = $1 AND t.order_id = o.order_id::uuid
    WHERE o.order_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
)
SELECT (SELECT count(*) FROM entry),
       (SELECT coalesce(bool_or(action = 'key.revoked' OR event_id = $4 AND action IN ('event.cancelled', 'ticket.expired')), false)
        FROM entry),
       ARRAY(SELECT ids.ticket_id FROM ids LIMIT $6)
