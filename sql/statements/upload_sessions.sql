-- Which of the sessions exist, and when they were ended.
SELECT s.session_id, s.wallet_id, s.ended_at
FROM admit.wallet_session AS s
WHERE s.tenant_id = $1 AND s.session_id = ANY ($2)
