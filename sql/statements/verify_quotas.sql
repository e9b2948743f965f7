-- What a wallet's quota counts is what it holds and has bought of the type.
SELECT count(*)
FROM admit.wallet_quota AS q
WHERE q.tenant_id = $1
  AND q.taken <> (
      SELECT count(*) FROM admit.ticket AS t
      WHERE t.tenant_id = $1 AND t.wallet_id = q.wallet_id AND t.ticket_type_id = q.ticket_type_id
        AND t.state IN ('active', 'used', 'expired'))
    + (SELECT coalesce(sum(line.quantity), 0)
       FROM admit.hold AS h
       CROSS JOIN LATERAL unnest(h.line_type, h.line_quantity) AS line (ticket_type_id, quantity)
       WHERE h.tenant_id = $1 AND h.wallet_id = q.wallet_id AND h.state IN ('open', 'ordered')
         AND line.ticket_type_id = q.ticket_type_id)
