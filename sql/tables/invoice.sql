-- Sellers, invoices and credit notes.
CREATE TABLE admit.seller (
    tenant_id integer NOT NULL PRIMARY KEY REFERENCES admit.tenant,
    name text NOT NULL,
    address text NOT NULL,
    tax_id text,
    invoice_prefix text NOT NULL,
    credit_note_prefix text NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE admit.seller IS 'What invoices say of the seller: one row a tenant.';

CREATE TABLE admit.invoice_series (
    tenant_id integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    -- Counted up under its row lock in the transaction that issues: no gap.
    last_number bigint NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);
COMMENT ON TABLE admit.invoice_series IS 'The last numbers of invoices and credit notes.';

CREATE TABLE admit.invoice (
    tenant_id integer NOT NULL,
    invoice_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
    number bigint NOT NULL,
    order_id uuid NOT NULL,
    refund_id uuid,
    event_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    total_cents bigint NOT NULL,
    -- The whole document as it was issued; never changed.
    content jsonb NOT NULL,
    issued_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, invoice_id),
    CONSTRAINT invoice_refund CHECK ((kind = 'credit_note') = (refund_id IS NOT NULL))
);
CREATE UNIQUE INDEX invoice_number ON admit.invoice (tenant_id, kind, number);
-- One invoice an order, one credit note a refund.
CREATE UNIQUE INDEX invoice_document ON admit.invoice (tenant_id, order_id, coalesce(refund_id, order_id));
CREATE INDEX invoice_wallet ON admit.invoice (tenant_id, wallet_id, invoice_id);
COMMENT ON TABLE admit.invoice IS 'Issued invoices and credit notes.';

CREATE TABLE admit.refund_request (
    tenant_id integer NOT NULL,
    refund_request_id uuid NOT NULL,
    order_id uuid NOT NULL,
    event_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    ticket_ids uuid[],
    reason text NOT NULL,
    state text NOT NULL CHECK (state IN ('requested', 'granted', 'rejected', 'withdrawn')),
    rejection text,
    refund_id uuid,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    PRIMARY KEY (tenant_id, refund_request_id),
    CONSTRAINT refund_request_decided CHECK (
        CASE state WHEN 'requested' THEN decided_at IS NULL AND refund_id IS NULL AND rejection IS NULL
                   WHEN 'granted' THEN decided_at IS NOT NULL AND refund_id IS NOT NULL AND rejection IS NULL
                   WHEN 'withdrawn' THEN decided_at IS NOT NULL AND refund_id IS NULL AND rejection IS NULL
                   ELSE decided_at IS NOT NULL AND refund_id IS NULL AND rejection IS NOT NULL END)
);
CREATE UNIQUE INDEX refund_request_open ON admit.refund_request (tenant_id, order_id) WHERE state = 'requested';
CREATE INDEX refund_request_order ON admit.refund_request (tenant_id, order_id);
CREATE INDEX refund_request_wallet ON admit.refund_request (tenant_id, wallet_id, refund_request_id);
COMMENT ON TABLE admit.refund_request IS 'What buyers ask to be paid back, and what became of it.';
