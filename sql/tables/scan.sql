-- Scans by device and nonce; what was decided is in the journal entry.
CREATE TABLE admit.scan (
    tenant_id integer NOT NULL,
    device_id uuid NOT NULL,
    nonce uuid NOT NULL,
    lineage bigint NOT NULL,
    xid bigint NOT NULL,
    request_digest bigint NOT NULL,
    ord integer NOT NULL,
    -- Of a ticket's passages: which ticket, and which of its entries this was; none for an exit.
    ticket_id uuid,
    use_number integer,
    CONSTRAINT scan_pkey PRIMARY KEY (tenant_id, device_id, nonce)
);
-- One admission a use of a ticket, whatever else goes wrong.
CREATE UNIQUE INDEX scan_ticket_use ON admit.scan (tenant_id, ticket_id, use_number) WHERE ticket_id IS NOT NULL;
COMMENT ON TABLE admit.scan IS 'One row a scan: the same device and nonce give the same answer.';

CREATE TABLE admit.scan_annulment (
    tenant_id integer NOT NULL,
    scan_id uuid NOT NULL,
    event_id uuid NOT NULL,
    annulled_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, scan_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event
);
COMMENT ON TABLE admit.scan_annulment IS 'Scans that were taken back: each once. Why and by whom is in the journal.';

CREATE TABLE admit.scan_conflict (
    tenant_id integer NOT NULL,
    -- The scan's journal entry, and that of the scan that it collides with.
    scan_id uuid NOT NULL,
    other_scan_id uuid,
    verdict text NOT NULL CHECK (verdict IN ('duplicate', 'conflict', 'error')),
    reason text,
    event_id uuid,
    gate_id uuid,
    device_id uuid,
    ticket_id uuid,
    wallet_id uuid,
    scanned_at timestamptz NOT NULL,
    detected_at timestamptz NOT NULL,
    resolved_at timestamptz,
    note text,
    PRIMARY KEY (tenant_id, scan_id),
    CHECK ((resolved_at IS NULL) = (note IS NULL))
);
CREATE INDEX scan_conflict_open ON admit.scan_conflict (tenant_id, event_id, scan_id) WHERE resolved_at IS NULL;
COMMENT ON TABLE admit.scan_conflict IS 'Scans made without a network that the rules deny or that another scan displaces, for staff to look at.';
