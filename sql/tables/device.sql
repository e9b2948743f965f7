-- Scanning devices, what they may do, and wrong codes that are counted.
CREATE TABLE admit.device_profile (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    profile text NOT NULL,
    -- None: all that the role device allows.
    commands text[],
    scan_kinds text[] NOT NULL,
    offline_allowed boolean NOT NULL,
    PRIMARY KEY (tenant_id, profile)
);
COMMENT ON TABLE admit.device_profile IS 'What devices of a profile may do, of what the role device allows.';

CREATE TABLE admit.device (
    tenant_id integer NOT NULL,
    device_id uuid NOT NULL,
    name text NOT NULL,
    gate_id uuid NOT NULL,
    -- Events are never deleted; verify() looks that these exist.
    event_ids uuid[] NOT NULL,
    profile text NOT NULL,
    zones text[] NOT NULL,
    secret_hash bytea,
    -- Of the token that the last renewal replaced: it may ask for that renewal's answer once more.
    replaced_secret_hash bytea,
    token_expires_at timestamptz,
    pairing_code_hash bytea,
    code_expires_at timestamptz,
    paired_at timestamptz,
    -- Of the used code and the device's nonce: both together give a token once more, two minutes long.
    pairing_retry_hash bytea,
    brand text,
    model text,
    software_version text,
    last_seen_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, device_id),
    FOREIGN KEY (tenant_id, gate_id) REFERENCES admit.gate,
    FOREIGN KEY (tenant_id, profile) REFERENCES admit.device_profile,
    CHECK ((secret_hash IS NULL) = (token_expires_at IS NULL)),
    CHECK ((pairing_code_hash IS NULL) = (code_expires_at IS NULL)),
    -- A revoked device cannot be paired.
    CHECK (revoked_at IS NULL OR pairing_code_hash IS NULL AND pairing_retry_hash IS NULL)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX device_pairing_code ON admit.device (tenant_id, pairing_code_hash) WHERE pairing_code_hash IS NOT NULL;
CREATE UNIQUE INDEX device_pairing_retry ON admit.device (tenant_id, pairing_retry_hash) WHERE pairing_retry_hash IS NOT NULL;
COMMENT ON TABLE admit.device IS 'Scanning devices; of tokens and pairing codes only SHA-256 is kept.';
COMMENT ON COLUMN admit.device.event_ids IS 'The events it scans for; none for any event of its gate''s venue.';
COMMENT ON COLUMN admit.device.zones IS 'The zones that it guards.';
COMMENT ON COLUMN admit.device.last_seen_at IS 'When it was heard of, to the minute; scans do not write it, for that would be a second hot row.';

CREATE TABLE admit.code_guess (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    purpose text NOT NULL CHECK (purpose IN ('pairing', 'staff_login')),
    subject_hash bytea NOT NULL,
    failures integer NOT NULL CHECK (failures >= 0),
    failures_in_window integer NOT NULL CHECK (failures_in_window >= failures),
    window_ends_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, purpose, subject_hash)
) WITH (fillfactor = 70);
COMMENT ON TABLE admit.code_guess IS 'Wrong codes by who sent them: a locked row while a code is tried, so that parallel guesses are counted one by one.';
COMMENT ON COLUMN admit.code_guess.failures IS 'Wrong codes since the last right one, or since the window began.';
COMMENT ON COLUMN admit.code_guess.failures_in_window IS 'All wrong codes of the window, also those that a right one has forgiven.';
COMMENT ON COLUMN admit.code_guess.subject_hash IS 'SHA-256 of the sender''s network or device.';
