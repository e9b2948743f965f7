UPDATE admit.payment
SET refunded_cents = $3, refunded_in_all_cents = $4, taken_back_cents = $5, disputed_cents = $6
WHERE tenant_id = $1 AND payment_id = $2
