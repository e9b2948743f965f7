-- Live sessions of wallets that can pay in a currency ($2), the newest ones: session, wallet, begin, end, balance.
WITH newest AS (
    SELECT s.session_id, s.wallet_id, s.created_at, s.expires_at, w.balance_cents
    FROM admit.wallet_session AS s
    JOIN admit.wallet AS w ON w.tenant_id = s.tenant_id AND w.wallet_id = s.wallet_id
    WHERE s.tenant_id = $1 AND s.ended_at IS NULL AND s.expires_at > $3
      AND NOT w.frozen AND w.balance_cents > 0 AND w.currency = $2
    ORDER BY s.created_at DESC, s.session_id DESC LIMIT $4
)
SELECT string_agg(uuid_send(session_id) || uuid_send(wallet_id) || timestamptz_send(created_at)
                  || timestamptz_send(expires_at) || int8send(balance_cents), '')
FROM newest
