-- Which of the events and gates exist.
SELECT e.event_id FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = ANY ($2)
UNION ALL
SELECT g.gate_id FROM admit.gate AS g WHERE g.tenant_id = $1 AND g.gate_id = ANY ($3)
