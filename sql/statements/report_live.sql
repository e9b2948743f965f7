-- An event's figures by gate, all from one snapshot; one row without a gate where there is none.
-- People inside are counted by the places they took: a wallet may enter again without having left.
SELECT s.last_seq, e.capacity,
       coalesce((SELECT m.entries FROM admit.event_minute AS m
                 WHERE m.tenant_id = $1 AND m.event_id = $2 AND m.minute = $3), 0),
       coalesce(e.capacity::bigint, 1::bigint << 40) - (
           SELECT sum(p.available) FROM admit.place AS p
           WHERE p.tenant_id = $1 AND p.pool_id = $2)::bigint,
       f.gate_id, g.name, f.entries, f.reentries, f.exits, f.denied, f.sales, f.charged_cents
FROM admit.event AS e
JOIN admit.seal AS s ON s.tenant_id = e.tenant_id
LEFT JOIN admit.event_figure AS f ON f.tenant_id = e.tenant_id AND f.event_id = e.event_id
LEFT JOIN admit.gate AS g ON g.tenant_id = f.tenant_id AND g.gate_id = f.gate_id
WHERE e.tenant_id = $1 AND e.event_id = $2
ORDER BY g.name, f.gate_id
