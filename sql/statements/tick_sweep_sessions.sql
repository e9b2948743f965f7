-- Sessions that ended or expired a week ago, at most 1,000 a round.
DELETE FROM admit.wallet_session AS s
USING (
    SELECT session_id FROM admit.wallet_session
    WHERE tenant_id = $1 AND (ended_at < $2 - interval '7 days' OR expires_at < $2 - interval '7 days')
    LIMIT 1000 FOR UPDATE SKIP LOCKED
) AS old
WHERE s.tenant_id = $1 AND s.session_id = old.session_id
