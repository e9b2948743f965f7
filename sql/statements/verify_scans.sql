-- Each scan has its entry, and each scan entry has its scan.
SELECT (SELECT count(*) FROM admit.scan AS s
        WHERE s.tenant_id = $1 AND NOT EXISTS (
            SELECT FROM admit.journal AS j
            WHERE j.tenant_id = $1 AND j.lineage = s.lineage AND j.xid = s.xid AND j.ord = s.ord
              AND j.action IN ('scan.admitted', 'scan.denied', 'scan.conflict')))
     + abs((SELECT count(*) FROM admit.scan AS s WHERE s.tenant_id = $1)
         - (SELECT count(*) FROM admit.journal AS j
            WHERE j.tenant_id = $1 AND j.action IN ('scan.admitted', 'scan.denied', 'scan.conflict')))
