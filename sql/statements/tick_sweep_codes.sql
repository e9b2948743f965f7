-- Counts of wrong codes whose window has ended, at most 1,000 a round.
DELETE FROM admit.code_guess AS g
USING (
    SELECT purpose, subject_hash FROM admit.code_guess
    WHERE tenant_id = $1 AND window_ends_at < $2
    LIMIT 1000 FOR UPDATE SKIP LOCKED
) AS old
WHERE g.tenant_id = $1 AND g.purpose = old.purpose AND g.subject_hash = old.subject_hash
