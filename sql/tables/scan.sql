-- Scans by device and nonce; what was decided is in the journal entry.
CREATE TABLE admit.scan (
    tenant_id integer NOT NULL,
    device_id uuid NOT NULL,
    nonce uuid NOT NULL,
    lineage bigint NOT NULL,
    xid bigint NOT NULL,
    request_digest bigint NOT NULL,
    ord integer NOT NULL,
    CONSTRAINT scan_pkey PRIMARY KEY (tenant_id, device_id, nonce)
);
COMMENT ON TABLE admit.scan IS 'One row a scan: the same device and nonce give the same answer.';
