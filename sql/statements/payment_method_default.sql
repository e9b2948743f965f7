-- Makes a locked wallet's oldest method its default where it has none.
UPDATE admit.payment_method AS m
SET is_default = true
WHERE m.tenant_id = $1 AND m.payment_method_id = (
    SELECT o.payment_method_id
    FROM admit.payment_method AS o
    WHERE o.tenant_id = $1 AND o.wallet_id = $2 AND o.live = $3 AND o.removed_at IS NULL
      AND NOT EXISTS (
          SELECT FROM admit.payment_method AS d
          WHERE d.tenant_id = $1 AND d.wallet_id = $2 AND d.live = $3 AND d.removed_at IS NULL AND d.is_default)
    ORDER BY o.payment_method_id LIMIT 1)
