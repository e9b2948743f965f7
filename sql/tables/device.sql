CREATE TABLE admit.device (
    tenant_id integer NOT NULL,
    device_id uuid NOT NULL,
    name text NOT NULL,
    gate_id uuid NOT NULL,
    event_id uuid,
    secret_hash bytea NOT NULL,
    -- Of the token that the last renewal replaced: it may ask for that renewal's answer once more.
    replaced_secret_hash bytea,
    token_expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, device_id),
    FOREIGN KEY (tenant_id, gate_id) REFERENCES admit.gate,
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event
);
COMMENT ON TABLE admit.device IS 'Scanning devices; only SHA-256 of the tokens'' secrets is kept.';
