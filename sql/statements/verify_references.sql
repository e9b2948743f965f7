-- What hot inserts do not check with foreign keys.
SELECT (SELECT count(*) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.event_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = j.event_id))
     + (SELECT count(*) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.gate_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM admit.gate AS g WHERE g.tenant_id = $1 AND g.gate_id = j.gate_id))
     + (SELECT count(*) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.wallet_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.wallet_id = j.wallet_id))
     + (SELECT count(*) FROM admit.wallet AS w WHERE w.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = w.event_id))
     + (SELECT count(*) FROM admit.hold AS h WHERE h.tenant_id = $1 AND h.order_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM admit."order" AS o WHERE o.tenant_id = $1 AND o.order_id = h.order_id))
     + (SELECT count(*) FROM admit."order" AS o WHERE o.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.hold AS h WHERE h.tenant_id = $1 AND h.hold_id = o.hold_id))
     + (SELECT count(*) FROM admit."order" AS o WHERE o.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.wallet_id = o.wallet_id))
     + (SELECT count(*) FROM admit.ticket AS t WHERE t.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit."order" AS o WHERE o.tenant_id = $1 AND o.order_id = t.order_id))
     + (SELECT count(*) FROM admit.presence AS p WHERE p.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.wallet AS w WHERE w.tenant_id = $1 AND w.wallet_id = p.wallet_id))
     + (SELECT count(*) FROM admit.device AS d, unnest(d.event_ids) AS bound (event_id) WHERE d.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = bound.event_id))
     + (SELECT count(*) FROM admit.staff AS p, unnest(p.event_ids) AS bound (event_id) WHERE p.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = bound.event_id))
     + (SELECT count(*) FROM admit.staff AS p, unnest(p.venue_ids) AS bound (venue_id) WHERE p.tenant_id = $1
          AND NOT EXISTS (SELECT FROM admit.venue AS v WHERE v.tenant_id = $1 AND v.venue_id = bound.venue_id))
     + (SELECT count(*) FROM admit.journal AS j WHERE j.tenant_id = $1 AND j.actor_kind = 'staff'
          AND NOT EXISTS (SELECT FROM admit.staff AS p WHERE p.tenant_id = $1 AND p.staff_id = j.actor_id))
