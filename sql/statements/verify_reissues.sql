-- A ticket's generation is the number of its reissues, each of which replaced the generation before; no code that was
-- replaced is good for any ticket; a granted request names the reissue that it became.
SELECT (SELECT count(*)
        FROM admit.ticket AS t
        LEFT JOIN (SELECT r.ticket_id, count(*) AS reissues, min(r.generation) AS first, max(r.generation) AS last
                   FROM admit.ticket_reissue AS r WHERE r.tenant_id = $1 GROUP BY r.ticket_id) AS done USING (ticket_id)
        WHERE t.tenant_id = $1
          AND (t.generation <> coalesce(done.reissues, 0)
               OR done.reissues > 0 AND (done.first <> 0 OR done.last <> t.generation - 1)))
     + (SELECT count(*) FROM admit.ticket_reissue AS r WHERE r.tenant_id = $1
          AND (NOT EXISTS (SELECT FROM admit.ticket AS t WHERE t.tenant_id = $1 AND t.ticket_id = r.ticket_id)
               OR EXISTS (SELECT FROM admit.ticket AS t WHERE t.tenant_id = $1 AND t.code_hash = r.code_hash)))
     + (SELECT count(*) FROM (SELECT FROM admit.ticket_reissue AS r WHERE r.tenant_id = $1
                              GROUP BY r.code_hash HAVING count(*) > 1) AS repeated)
     + (SELECT count(*) FROM admit.reissue_request AS q WHERE q.tenant_id = $1 AND q.state = 'granted'
          AND NOT EXISTS (SELECT FROM admit.ticket_reissue AS r WHERE r.tenant_id = $1 AND r.ticket_id = q.ticket_id
                            AND r.reissue_request_id = q.reissue_request_id AND r.generation = q.generation - 1))
