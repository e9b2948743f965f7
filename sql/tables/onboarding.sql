-- Onboarding of connected accounts at payment providers.
CREATE TABLE admit.provider_onboarding (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    onboarding_id uuid NOT NULL,
    provider text NOT NULL,
    live boolean NOT NULL,
    refresh_url text NOT NULL,
    return_url text NOT NULL,
    -- The account at the provider; none while that is being made.
    account text,
    -- Whoever has the link acts for the account: it is kept like a password, and nowhere else.
    sealed_url bytea,
    expires_at timestamptz,
    state text NOT NULL CHECK (state IN ('pending', 'ready', 'failed')),
    failure text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, onboarding_id),
    CONSTRAINT provider_onboarding_link CHECK (
        (state = 'ready') = (sealed_url IS NOT NULL) AND (state = 'ready') = (expires_at IS NOT NULL)
        AND (state <> 'ready' OR account IS NOT NULL)),
    CONSTRAINT provider_onboarding_failure CHECK ((state = 'failed') = (failure IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX provider_onboarding_state ON admit.provider_onboarding (tenant_id, provider, live, state);
COMMENT ON TABLE admit.provider_onboarding IS 'Links with which owners of connected accounts tell the provider about themselves.';

CREATE TABLE admit.connected_account (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    provider text NOT NULL,
    live boolean NOT NULL,
    -- The first onboarding, which asks for it.
    onboarding_id uuid NOT NULL,
    country text NOT NULL,
    -- The account at the provider; none until that has made it.
    account text,
    created_at timestamptz NOT NULL,
    made_at timestamptz,
    PRIMARY KEY (tenant_id, provider, live),
    FOREIGN KEY (tenant_id, onboarding_id) REFERENCES admit.provider_onboarding,
    CONSTRAINT connected_account_made CHECK ((account IS NULL) = (made_at IS NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE admit.connected_account IS 'Connected accounts that admit asks providers for, one a tenant and mode.';
