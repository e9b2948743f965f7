-- Wallets: the guards of guests' money. No index covers a column that a scan changes.
CREATE TABLE admit.wallet (
    tenant_id integer NOT NULL,
    wallet_id uuid NOT NULL,
    balance_cents bigint NOT NULL DEFAULT 0 CONSTRAINT wallet_balance_not_negative CHECK (balance_cents >= 0),
    currency text NOT NULL,
    frozen boolean NOT NULL DEFAULT false,
    event_id uuid NOT NULL,
    venue_id uuid NOT NULL,
    binding_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, wallet_id)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX wallet_binding ON admit.wallet (tenant_id, binding_hash);
COMMENT ON TABLE admit.wallet IS 'One row a wallet: its exact balance in minor units.';

CREATE TABLE admit.wallet_session (
    tenant_id integer NOT NULL,
    session_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, session_id)
);
CREATE INDEX wallet_session_wallet ON admit.wallet_session (tenant_id, wallet_id) WHERE ended_at IS NULL;
COMMENT ON TABLE admit.wallet_session IS 'Sessions of wallets on devices.';

CREATE TABLE admit.wallet_recovery (
    tenant_id integer NOT NULL,
    wallet_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, wallet_id)
);
CREATE UNIQUE INDEX wallet_recovery_code ON admit.wallet_recovery (tenant_id, code_hash);
COMMENT ON TABLE admit.wallet_recovery IS 'One live recovery code a wallet; only its hash is kept.';

CREATE TABLE admit.wallet_link (
    tenant_id integer NOT NULL,
    wallet_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, wallet_id, kind)
);
COMMENT ON TABLE admit.wallet_link IS 'Personal data: contacts that a wallet''s holder linked. Erasable.';
