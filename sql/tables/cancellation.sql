-- Events that were called off, and their refunds.
CREATE TABLE admit.cancellation (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    reason text NOT NULL,
    keep_fees boolean NOT NULL,
    -- The round that goes over the event's orders has come as far as this one.
    tried_to uuid NOT NULL,
    cancelled_at timestamptz NOT NULL,
    -- Background work rests until then.
    next_round_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, event_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.cancellation IS 'Events that were called off, and how far their orders are paid back.';

CREATE TABLE admit.cancellation_refund (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    order_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('refunded', 'failed')),
    attempts integer NOT NULL,
    refund_id uuid,
    amount_cents bigint,
    error text,
    detail text,
    tried_at timestamptz NOT NULL,
    retry_at timestamptz,
    PRIMARY KEY (tenant_id, event_id, order_id),
    CHECK (CASE state WHEN 'refunded' THEN refund_id IS NOT NULL AND amount_cents IS NOT NULL
                      ELSE error IS NOT NULL AND detail IS NOT NULL AND retry_at IS NOT NULL END)
);
COMMENT ON TABLE admit.cancellation_refund IS 'Orders of cancelled events: paid back, or why not so far.';
