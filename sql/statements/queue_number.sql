-- Gives places to those who have none, by lot; the room is locked.
WITH newcomers AS (
    SELECT q.wallet_id, $3 + row_number() OVER (ORDER BY q.lot, q.wallet_id) AS place
    FROM (SELECT wallet_id, lot FROM admit.queue_place
          WHERE tenant_id = $1 AND event_id = $2 AND place IS NULL ORDER BY lot, wallet_id LIMIT 20000) AS q
), numbered AS (
    UPDATE admit.queue_place AS q SET place = newcomers.place FROM newcomers
    WHERE q.tenant_id = $1 AND q.event_id = $2 AND q.wallet_id = newcomers.wallet_id
    RETURNING 1
)
SELECT count(*) FROM numbered
