-- Tenants, their keys, roles and credentials.
CREATE TABLE admit.tenant (
    tenant_id integer NOT NULL PRIMARY KEY,
    name text NOT NULL,
    currency text NOT NULL,
    -- A new random value with every change of configuration: backends keep parsed
    -- configuration for as long as this stays the same.
    revision uuid NOT NULL,
    fee_version bigint NOT NULL DEFAULT 0,
    -- Refunds and voids above it need a second person.
    approval_limit_cents bigint CHECK (approval_limit_cents >= 0),
    -- Where codes of venues lead to; none: nowhere.
    link_base_url text CHECK (link_base_url LIKE 'https://%'),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE admit.tenant IS 'One row a tenant; revision changes with every change of configuration.';

CREATE TABLE admit.signing_key (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    key_id integer NOT NULL CHECK (key_id BETWEEN 1 AND 65535),
    purpose text NOT NULL CHECK (purpose IN ('session', 'receipt', 'checkpoint', 'ticket', 'ticket_signing', 'device')),
    is_current boolean NOT NULL,
    public_key bytea,
    sealed_secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, key_id),
    CONSTRAINT signing_key_revoked CHECK (NOT (is_current AND revoked_at IS NOT NULL))
);
CREATE UNIQUE INDEX signing_key_current ON admit.signing_key (tenant_id, purpose) WHERE is_current;
COMMENT ON TABLE admit.signing_key IS 'Signing keys; secrets are encrypted under the master key, which is not in the database.';

CREATE TABLE admit.key_schedule (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    purpose text NOT NULL,
    every_days integer NOT NULL CHECK (every_days BETWEEN 1 AND 3650),
    PRIMARY KEY (tenant_id, purpose)
);
COMMENT ON TABLE admit.key_schedule IS 'After how many days a purpose''s signing key is followed by a new one.';

CREATE TABLE admit.role_command (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    role text NOT NULL,
    command text NOT NULL,
    PRIMARY KEY (tenant_id, role, command)
);
COMMENT ON TABLE admit.role_command IS 'Which role may carry out which command; nothing else is allowed.';

CREATE TABLE admit.api_key (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    api_key_id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    secret_hash bytea NOT NULL,
    venue_id uuid,
    event_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, api_key_id)
);
COMMENT ON TABLE admit.api_key IS 'API keys; only SHA-256 of the secret is kept.';

CREATE TABLE admit.idempotency (
    tenant_id integer NOT NULL,
    actor_id uuid NOT NULL,
    idempotency_key text NOT NULL,
    command text NOT NULL,
    request_hash bytea NOT NULL,
    -- The answer, encrypted under the master key: it may hold a new credential.
    sealed_answer bytea,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, actor_id, idempotency_key)
) WITH (fillfactor = 70);
CREATE INDEX idempotency_created_at ON admit.idempotency (tenant_id, created_at);
COMMENT ON TABLE admit.idempotency IS 'Answers by idempotency key; rows older than 24 hours are removed by tick.';
