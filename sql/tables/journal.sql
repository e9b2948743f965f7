-- The append-only journal and its seal.
CREATE TABLE admit.journal (
    tenant_id integer NOT NULL,
    ord integer NOT NULL,
    lineage bigint NOT NULL,
    xid bigint NOT NULL,
    entry_id uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor_id uuid,
    event_id uuid,
    gate_id uuid,
    wallet_id uuid,
    action text NOT NULL,
    actor_kind text NOT NULL,
    currency text,
    leg_account uuid[],
    leg_amount bigint[],
    body json NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, lineage, xid, ord),
    -- Conservation: as many accounts as amounts, no zero, and they sum to zero.
    CONSTRAINT journal_legs_balance CHECK (admit.legs_balance(leg_account, leg_amount))
);
CREATE UNIQUE INDEX journal_entry_id ON admit.journal (tenant_id, entry_id);
CREATE INDEX journal_wallet ON admit.journal (tenant_id, wallet_id, entry_id);
COMMENT ON TABLE admit.journal IS 'Facts with their money legs; never updated, never deleted.';
COMMENT ON COLUMN admit.journal.lineage IS 'System identifier of the cluster that wrote the row.';
COMMENT ON COLUMN admit.journal.xid IS 'Full 64-bit id of the writing transaction.';
COMMENT ON COLUMN admit.journal.ord IS 'Position inside the transaction.';
COMMENT ON COLUMN admit.journal.body IS 'Details as canonical JSON (RFC 8785): the very bytes that the hash covers.';
COMMENT ON COLUMN admit.journal.hash IS 'RFC 6962 leaf hash of the canonical content.';

CREATE TABLE admit.seal (
    tenant_id integer NOT NULL PRIMARY KEY REFERENCES admit.tenant,
    lineage bigint NOT NULL DEFAULT 0,
    xid bigint NOT NULL DEFAULT 0,
    ord integer NOT NULL DEFAULT 0,
    last_seq bigint NOT NULL DEFAULT 0,
    block_count bigint NOT NULL DEFAULT 0,
    block_hash bytea NOT NULL,
    frontier bytea NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.seal IS 'How far each tenant''s journal is sealed and folded; the lock of tick.';

CREATE TABLE admit.block (
    tenant_id integer NOT NULL,
    block_number bigint NOT NULL,
    lineage bigint NOT NULL,
    from_xid bigint NOT NULL,
    from_ord integer NOT NULL,
    to_xid bigint NOT NULL,
    to_ord integer NOT NULL,
    first_seq bigint NOT NULL,
    entry_count integer NOT NULL,
    entries_root bytea NOT NULL,
    previous_hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    checkpoint text NOT NULL,
    PRIMARY KEY (tenant_id, block_number)
);
CREATE INDEX block_position ON admit.block (tenant_id, lineage, to_xid, to_ord);
COMMENT ON TABLE admit.block IS 'Sealed blocks of the journal with their signed checkpoints.';

CREATE TABLE admit.log_node (
    tenant_id integer NOT NULL,
    level smallint NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, level, position)
);
COMMENT ON TABLE admit.log_node IS 'Complete nodes of the RFC 6962 tree over the blocks.';
