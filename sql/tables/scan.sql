-- Scans by device and nonce; what was decided is in the journal entry.
CREATE TABLE admit.scan (
    tenant_id integer NOT NULL,
    device_id uuid NOT NULL,
    nonce uuid NOT NULL,
    lineage bigint NOT NULL,
    xid bigint NOT NULL,
    request_digest bigint NOT NULL,
    ord integer NOT NULL,
    -- Of a ticket's admissions: which ticket, and which of its entries this was.
    ticket_id uuid,
    use_number integer,
    CONSTRAINT scan_pkey PRIMARY KEY (tenant_id, device_id, nonce)
);
-- One admission a use of a ticket, whatever else goes wrong.
CREATE UNIQUE INDEX scan_ticket_use ON admit.scan (tenant_id, ticket_id, use_number) WHERE ticket_id IS NOT NULL;
COMMENT ON TABLE admit.scan IS 'One row a scan: the same device and nonce give the same answer.';
