-- Ways to pay that a provider keeps for a wallet's holder. Of a card no more than what its holder knows it by.
CREATE TABLE admit.payment_customer (
    tenant_id integer NOT NULL,
    wallet_id uuid NOT NULL,
    provider text NOT NULL,
    live boolean NOT NULL,
    provider_reference text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, wallet_id, provider, live),
    CONSTRAINT payment_customer_reference UNIQUE (tenant_id, provider, provider_reference)
);
COMMENT ON TABLE admit.payment_customer IS 'Wallets'' customers at payment providers, one a wallet and mode.';

CREATE TABLE admit.payment_method_setup (
    tenant_id integer NOT NULL,
    setup_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    provider text NOT NULL,
    live boolean NOT NULL,
    provider_reference text,
    -- With which the holder's client gives the provider the method.
    sealed_client_secret bytea,
    state text NOT NULL CHECK (state IN ('pending', 'failed', 'cancelled', 'succeeded')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, setup_id)
) WITH (fillfactor = 70);
CREATE INDEX payment_method_setup_wallet ON admit.payment_method_setup (tenant_id, wallet_id, setup_id);
COMMENT ON TABLE admit.payment_method_setup IS 'Addings of payment methods: what the provider makes for each, and where it is.';

CREATE TABLE admit.payment_method (
    tenant_id integer NOT NULL,
    payment_method_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    provider text NOT NULL,
    live boolean NOT NULL,
    provider_reference text NOT NULL,
    kind text,
    brand text,
    last4 text CHECK (last4 ~ '^[0-9]{4}$'),
    expiry_month integer CHECK (expiry_month BETWEEN 1 AND 12),
    expiry_year integer,
    is_default boolean NOT NULL DEFAULT false,
    -- When the provider told it.
    told_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (tenant_id, payment_method_id),
    CONSTRAINT payment_method_reference UNIQUE (tenant_id, provider, provider_reference),
    -- A removed one stays as a mark, so that a late report does not bring it back.
    CONSTRAINT payment_method_removed_is_bare CHECK (CASE WHEN removed_at IS NULL THEN kind IS NOT NULL
        ELSE NOT is_default AND num_nonnulls(kind, brand, last4, expiry_month, expiry_year) = 0 END)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX payment_method_default ON admit.payment_method (tenant_id, wallet_id, live) WHERE is_default;
CREATE INDEX payment_method_wallet ON admit.payment_method (tenant_id, wallet_id, payment_method_id) WHERE removed_at IS NULL;
COMMENT ON TABLE admit.payment_method IS 'Payment methods that providers keep for wallets'' holders, and marks of those that were removed.';
