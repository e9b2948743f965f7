-- Codes that venues put up, and how often they were visited.
CREATE TABLE admit.venue_code (
    tenant_id integer NOT NULL,
    venue_code_id uuid NOT NULL,
    venue_id uuid NOT NULL,
    event_id uuid,
    gate_id uuid,
    kind text NOT NULL CHECK (kind IN ('entry', 'vip', 'staff', 'vendor')),
    label text NOT NULL,
    -- Readable, so that it can be printed again: it hangs on a wall, admits nobody and moves no money.
    code text NOT NULL CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{26}$'),
    expires_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, venue_code_id),
    FOREIGN KEY (tenant_id, venue_id) REFERENCES admit.venue,
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event,
    FOREIGN KEY (tenant_id, gate_id) REFERENCES admit.gate,
    CONSTRAINT venue_code_code UNIQUE (tenant_id, code)
);
CREATE INDEX venue_code_venue ON admit.venue_code (tenant_id, venue_id, venue_code_id);
COMMENT ON TABLE admit.venue_code IS 'Codes that venues put up; they lead to a wallet and admit nobody.';
COMMENT ON COLUMN admit.venue_code.event_id IS 'The event that it leads to; none for the venue''s current or next one.';

CREATE TABLE admit.venue_code_count (
    tenant_id integer NOT NULL,
    venue_code_id uuid NOT NULL,
    bucket smallint NOT NULL,
    scans bigint NOT NULL CHECK (scans > 0),
    first_scan_at timestamptz NOT NULL,
    last_scan_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, venue_code_id, bucket),
    FOREIGN KEY (tenant_id, venue_code_id) REFERENCES admit.venue_code
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.venue_code_count IS 'Visits of codes, in buckets so that visitors of one poster do not wait for each other.';
