-- Holds that ended an hour ago and that no order belongs to any more, at most 1,000 a round. Those
-- that became orders stay as long as their orders.
DELETE FROM admit.hold AS h
USING (
    SELECT hold_id FROM admit.hold
    WHERE tenant_id = $1 AND state IN ('released', 'expired') AND order_id IS NULL AND expires_at < $2 - interval '1 hour'
    LIMIT 1000 FOR UPDATE SKIP LOCKED
) AS old
WHERE h.tenant_id = $1 AND h.hold_id = old.hold_id
