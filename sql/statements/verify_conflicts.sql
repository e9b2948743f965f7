-- Each scan that was let in against the rules is there for staff to see, and each that is there was made.
SELECT (SELECT count(*) FROM admit.journal AS j
        WHERE j.tenant_id = $1 AND j.action = 'scan.conflict' AND NOT EXISTS (
            SELECT FROM admit.scan_conflict AS c WHERE c.tenant_id = $1 AND c.scan_id = j.entry_id))
     + (SELECT count(*) FROM admit.journal AS j
        WHERE j.tenant_id = $1 AND j.action = 'scan.admitted' AND j.body -> 'offline' ->> 'other_scan_id' IS NOT NULL
          AND NOT EXISTS (
              SELECT FROM admit.scan_conflict AS c
              WHERE c.tenant_id = $1 AND c.scan_id::text = j.body -> 'offline' ->> 'other_scan_id'))
     + (SELECT count(*) FROM admit.scan_conflict AS c
        WHERE c.tenant_id = $1 AND NOT EXISTS (
            SELECT FROM admit.journal AS j
            WHERE j.tenant_id = $1 AND j.entry_id = c.scan_id AND j.action LIKE 'scan.%'))
