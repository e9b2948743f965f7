-- Accounts that only collect credits: no scan updates a row here.
CREATE TABLE admit.account (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    account_id uuid NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    -- Sum of the account's legs in sealed blocks; unsealed legs are added when it is read.
    settled_cents bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, account_id),
    UNIQUE (tenant_id, kind, name, currency)
) WITH (fillfactor = 70);
COMMENT ON TABLE admit.account IS 'Ledger accounts beside wallets; balance = settled_cents + unsealed legs.';
