-- People who work at doors.
CREATE TABLE admit.staff (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    staff_id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    -- Venues and events are never deleted; verify() looks that these exist.
    venue_ids uuid[] NOT NULL,
    event_ids uuid[] NOT NULL,
    code_hash bytea NOT NULL,
    -- Secrets of the second factor, encrypted under the master key.
    totp_sealed bytea,
    totp_pending_sealed bytea,
    totp_last_step bigint,
    -- Of the code with which the person may enrol a second factor.
    enrolment_code_hash bytea,
    enrolment_expires_at timestamptz,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    locked_until timestamptz,
    created_at timestamptz NOT NULL,
    deactivated_at timestamptz,
    PRIMARY KEY (tenant_id, staff_id),
    CHECK (venue_ids <> '{}' OR event_ids = '{}'),
    CHECK ((enrolment_code_hash IS NULL) = (enrolment_expires_at IS NULL)),
    -- Enrolled already.
    CHECK (totp_sealed IS NULL OR enrolment_code_hash IS NULL)
) WITH (fillfactor = 70);
COMMENT ON TABLE admit.staff IS 'People who work at doors; of their codes only SHA-256 is kept.';
COMMENT ON COLUMN admit.staff.venue_ids IS 'Where the person works; none for everywhere.';
COMMENT ON COLUMN admit.staff.event_ids IS 'The events where the person works; none for all of the venues.';
COMMENT ON COLUMN admit.staff.totp_last_step IS 'The period of the last code that was used: it and the ones before are over.';
COMMENT ON COLUMN admit.staff.failures IS 'Wrong codes of the second factor in a row.';

CREATE TABLE admit.staff_recovery_code (
    tenant_id integer NOT NULL,
    staff_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, staff_id, code_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES admit.staff
);
COMMENT ON TABLE admit.staff_recovery_code IS 'Recovery codes that are left; a used one is gone.';

CREATE TABLE admit.staff_session (
    tenant_id integer NOT NULL,
    session_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    device_id uuid NOT NULL,
    secret_hash bytea NOT NULL,
    venue_id uuid NOT NULL,
    event_id uuid,
    second_factor boolean NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, session_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES admit.staff,
    FOREIGN KEY (tenant_id, device_id) REFERENCES admit.device,
    CHECK (expires_at > created_at)
) WITH (fillfactor = 70);
-- One person at a device.
CREATE UNIQUE INDEX staff_session_device ON admit.staff_session (tenant_id, device_id) WHERE ended_at IS NULL;
CREATE INDEX staff_session_staff ON admit.staff_session (tenant_id, staff_id, session_id);
COMMENT ON TABLE admit.staff_session IS 'Log-ins of people on devices; only SHA-256 of the credential''s secret is kept.';

CREATE TABLE admit.staff_totp_role (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    role text NOT NULL,
    PRIMARY KEY (tenant_id, role)
);
COMMENT ON TABLE admit.staff_totp_role IS 'Roles whose people need a second factor to log in.';

-- What a person did; other entries are not in it, so scans of devices pay nothing for it.
CREATE INDEX journal_staff ON admit.journal (tenant_id, actor_id, entry_id) WHERE actor_kind = 'staff';
