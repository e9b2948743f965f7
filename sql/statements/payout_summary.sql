-- Payouts by currency and state, and the one that has waited longest.
SELECT p.currency,
       count(*) FILTER (WHERE p.state = 'pending'), coalesce(sum(p.amount_cents) FILTER (WHERE p.state = 'pending'), 0)::bigint,
       count(*) FILTER (WHERE p.state = 'paid'), coalesce(sum(p.amount_cents) FILTER (WHERE p.state = 'paid'), 0)::bigint,
       count(*) FILTER (WHERE p.state = 'failed'), coalesce(sum(p.amount_cents) FILTER (WHERE p.state = 'failed'), 0)::bigint,
       max(p.paid_at), (array_agg(p.payout_id ORDER BY p.payout_id) FILTER (WHERE p.state = 'pending'))[1]
FROM admit.payout AS p
WHERE p.tenant_id = $1 AND ($2::uuid IS NULL OR p.account_id = $2)
GROUP BY p.currency
ORDER BY p.currency
