CREATE TABLE admit.payout (
    tenant_id integer NOT NULL,
    payout_id uuid NOT NULL,
    account_id uuid NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    currency text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'paid', 'failed')),
    provider_reference text,
    created_at timestamptz NOT NULL,
    paid_at timestamptz,
    failed_at timestamptz,
    PRIMARY KEY (tenant_id, payout_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES admit.account
);
CREATE UNIQUE INDEX payout_reference ON admit.payout (tenant_id, provider_reference) WHERE provider_reference IS NOT NULL;
COMMENT ON TABLE admit.payout IS 'Payouts: the account is debited when the payout is created, and credited again when it fails.';
