-- Orders and tickets.
CREATE TABLE admit."order" (
    tenant_id integer NOT NULL,
    order_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    event_id uuid NOT NULL,
    hold_id uuid NOT NULL,
    payment_id uuid,
    receipt_entry_id uuid,
    state text NOT NULL CHECK (state IN (
        'created', 'pending_payment', 'paid', 'partially_refunded', 'refunded', 'cancelled', 'expired')),
    paid_with text,
    order_number text NOT NULL,
    currency text NOT NULL,
    subtotal_cents bigint NOT NULL,
    fees_cents bigint NOT NULL,
    tax_cents bigint NOT NULL,
    total_cents bigint NOT NULL,
    refunded_cents bigint NOT NULL DEFAULT 0,
    request_digest bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    paid_at timestamptz,
    -- What was ordered, with charges and shares of one ticket each.
    items jsonb NOT NULL,
    PRIMARY KEY (tenant_id, order_id),
    CONSTRAINT order_adds_up CHECK (total_cents = subtotal_cents + fees_cents + tax_cents AND total_cents >= 0),
    CONSTRAINT order_refunded_at_most CHECK (refunded_cents BETWEEN 0 AND total_cents)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX order_number ON admit."order" (tenant_id, order_number);
CREATE INDEX order_wallet ON admit."order" (tenant_id, wallet_id, created_at, order_id);
CREATE INDEX order_event ON admit."order" (tenant_id, event_id, order_id);
COMMENT ON TABLE admit."order" IS 'Orders: what a buyer takes, what it costs, and what became of it.';

CREATE TABLE admit.order_refund (
    tenant_id integer NOT NULL,
    refund_id uuid NOT NULL,
    order_id uuid NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents >= 0),
    reason text NOT NULL,
    ticket_ids uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    -- Whether venue and platform kept their fees.
    fees_kept boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, refund_id)
);
CREATE INDEX order_refund_order ON admit.order_refund (tenant_id, order_id);
COMMENT ON TABLE admit.order_refund IS 'Refunds of an order''s tickets.';

CREATE TABLE admit.ticket (
    tenant_id integer NOT NULL,
    ticket_id uuid NOT NULL,
    order_id uuid NOT NULL,
    event_id uuid NOT NULL,
    ticket_type_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    -- Hash of the code: the code itself follows from a key that is not in the database.
    code_hash uuid NOT NULL,
    unit integer NOT NULL CHECK (unit > 0),
    code_key integer NOT NULL,
    -- Position of its type among the order's items.
    item smallint NOT NULL,
    generation smallint NOT NULL DEFAULT 0,
    inside boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'active',
    entries integer NOT NULL DEFAULT 0,
    days_used integer NOT NULL DEFAULT 0,
    -- The last day on which it admitted, in days since 2000-01-01 in the event's time zone.
    last_day integer,
    -- Its entries on that day, and how many of all entries were annulled.
    day_entries integer NOT NULL DEFAULT 0,
    annulled integer NOT NULL DEFAULT 0,
    admitted_at timestamptz,
    gate_id uuid,
    -- The step of the last rotating code that admitted; an earlier one does not.
    last_step bigint,
    -- Its seat by the event's layout, and whether that was given back.
    seat integer,
    seat_freed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, ticket_id)
) WITH (fillfactor = 70);
-- One ticket a paid unit.
CREATE UNIQUE INDEX ticket_unit ON admit.ticket (tenant_id, order_id, unit);
CREATE UNIQUE INDEX ticket_code ON admit.ticket (tenant_id, code_hash);
-- One ticket a seat. Scans do not change its columns, so they write no index.
CREATE UNIQUE INDEX ticket_seat ON admit.ticket (tenant_id, event_id, seat) WHERE seat IS NOT NULL AND NOT seat_freed;
CREATE INDEX ticket_event ON admit.ticket (tenant_id, event_id, ticket_id);
CREATE INDEX ticket_wallet ON admit.ticket (tenant_id, wallet_id, ticket_id);
COMMENT ON TABLE admit.ticket IS 'Tickets: one for each paid unit, consumed by scans.';

CREATE TABLE admit.ticket_reissue (
    tenant_id integer NOT NULL,
    ticket_id uuid NOT NULL,
    -- What the reissue replaced: the number of the codes, their hash and their key.
    generation smallint NOT NULL,
    code_hash uuid NOT NULL,
    code_key integer NOT NULL,
    reason text NOT NULL CHECK (reason IN ('lost', 'stolen', 'damaged', 'duplicated', 'other')),
    note text,
    reissue_request_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    reissued_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, ticket_id, generation)
);
-- An old code is known by it at the door.
CREATE UNIQUE INDEX ticket_reissue_code ON admit.ticket_reissue (tenant_id, code_hash);
COMMENT ON TABLE admit.ticket_reissue IS 'Codes of tickets that newer ones have replaced, and why.';

CREATE TABLE admit.reissue_request (
    tenant_id integer NOT NULL,
    reissue_request_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    event_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    reason text NOT NULL CHECK (reason IN ('lost', 'stolen', 'damaged', 'duplicated', 'other')),
    note text,
    state text NOT NULL CHECK (state IN ('requested', 'granted', 'rejected', 'withdrawn')),
    rejection text,
    -- The number of the codes that the ticket got.
    generation smallint,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    PRIMARY KEY (tenant_id, reissue_request_id),
    CONSTRAINT reissue_request_decided CHECK (
        (decided_at IS NULL) = (state = 'requested') AND (generation IS NULL) = (state <> 'granted')
        AND (rejection IS NULL) = (state <> 'rejected'))
);
CREATE UNIQUE INDEX reissue_request_open ON admit.reissue_request (tenant_id, ticket_id) WHERE state = 'requested';
CREATE INDEX reissue_request_ticket ON admit.reissue_request (tenant_id, ticket_id, reissue_request_id);
CREATE INDEX reissue_request_wallet ON admit.reissue_request (tenant_id, wallet_id, reissue_request_id);
COMMENT ON TABLE admit.reissue_request IS 'What holders ask for when a ticket''s codes are lost, and what became of it.';

CREATE TABLE admit.approval (
    tenant_id integer NOT NULL,
    approval_id uuid NOT NULL,
    command text NOT NULL,
    request jsonb NOT NULL,
    state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'granted', 'rejected')),
    requested_by_kind text NOT NULL,
    requested_by uuid,
    decided_by uuid,
    reason text,
    answer jsonb,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    PRIMARY KEY (tenant_id, approval_id)
);
COMMENT ON TABLE admit.approval IS 'What one person asked for and another has to grant.';
