-- Ticket types, the pools of places that they draw on, and holds.
CREATE TABLE admit.ticket_type (
    tenant_id integer NOT NULL,
    ticket_type_id uuid NOT NULL,
    event_id uuid NOT NULL,
    -- Its number at the event: signed tickets carry it, so that a gate without a network knows their type.
    class integer NOT NULL CHECK (class BETWEEN 1 AND 65535),
    name text NOT NULL,
    description text,
    price_cents bigint NOT NULL CHECK (price_cents >= 0),
    order_max integer NOT NULL CHECK (order_max BETWEEN 1 AND 100),
    wallet_max integer CHECK (wallet_max > 0),
    sale_starts_at timestamptz,
    sale_ends_at timestamptz,
    offer text NOT NULL CHECK (offer IN ('public', 'hidden', 'staff')),
    zones text[] NOT NULL,
    valid_from timestamptz,
    valid_until timestamptz,
    pass_days integer CHECK (pass_days BETWEEN 1 AND 366),
    -- Areas of the event's layout; none for places without seats.
    seat_areas text[] NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'archived')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, ticket_type_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event,
    CHECK (sale_starts_at < sale_ends_at),
    CHECK (valid_from < valid_until)
);
CREATE UNIQUE INDEX ticket_type_class ON admit.ticket_type (tenant_id, event_id, class);
COMMENT ON TABLE admit.ticket_type IS 'What is sold for an event.';

CREATE TABLE admit.pool (
    tenant_id integer NOT NULL,
    -- A ticket type's id for its own pool, the event's id for the event's capacity.
    pool_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ticket_type', 'shared', 'event')),
    name text NOT NULL,
    -- None: no limit, the buckets start with 2^40 places.
    total bigint CHECK (total > 0),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, pool_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event
);
CREATE INDEX pool_event ON admit.pool (tenant_id, event_id);
COMMENT ON TABLE admit.pool IS 'Pools of places: each type''s own, shared ones, and the event''s capacity.';

CREATE TABLE admit.ticket_type_pool (
    tenant_id integer NOT NULL,
    ticket_type_id uuid NOT NULL,
    pool_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, ticket_type_id, pool_id),
    FOREIGN KEY (tenant_id, ticket_type_id) REFERENCES admit.ticket_type,
    FOREIGN KEY (tenant_id, pool_id) REFERENCES admit.pool
);
COMMENT ON TABLE admit.ticket_type_pool IS 'Which pools a ticket type draws on, its own among them.';

CREATE TABLE admit.bucket (
    tenant_id integer NOT NULL,
    pool_id uuid NOT NULL,
    bucket smallint NOT NULL,
    available bigint NOT NULL,
    held bigint NOT NULL DEFAULT 0,
    sold bigint NOT NULL DEFAULT 0,
    -- Changes with the pools of a type: what was planned with the older ones must not match.
    generation integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, pool_id, bucket),
    CONSTRAINT bucket_not_negative CHECK (least(available, held, sold) >= 0)
) WITH (fillfactor = 10);
COMMENT ON TABLE admit.bucket IS 'A pool''s places in several rows, so that buyers do not wait for each other: free, held and sold.';

CREATE TABLE admit.hold (
    tenant_id integer NOT NULL,
    hold_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    event_id uuid NOT NULL,
    -- The order that took it over.
    order_id uuid,
    state text NOT NULL DEFAULT 'open',
    -- Whether its wallet's quotas count it.
    limited boolean NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    request_digest bigint NOT NULL,
    line_type uuid[] NOT NULL,
    line_quantity integer[] NOT NULL,
    -- From which buckets its places were taken.
    bucket_pool uuid[] NOT NULL,
    bucket_number smallint[] NOT NULL,
    bucket_quantity bigint[] NOT NULL,
    -- The seat of each ticket in the order of the lines, null for one without; empty if none has any.
    unit_seat integer[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, hold_id)
) WITH (fillfactor = 70);
CREATE INDEX hold_live ON admit.hold (tenant_id, event_id, expires_at) WHERE state IN ('open', 'ordered');
COMMENT ON TABLE admit.hold IS 'Places kept for a buyer until a time; swept an hour after its end.';

CREATE TABLE admit.wallet_quota (
    tenant_id integer NOT NULL,
    ticket_type_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    taken integer NOT NULL CONSTRAINT wallet_quota_not_negative CHECK (taken >= 0),
    PRIMARY KEY (tenant_id, ticket_type_id, wallet_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE admit.wallet_quota IS 'How many of a limited ticket type a wallet holds or has bought.';

CREATE TABLE admit.waiting_room (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    admit_per_minute integer NOT NULL CHECK (admit_per_minute > 0),
    opens_at timestamptz NOT NULL,
    pass_seconds integer NOT NULL CHECK (pass_seconds BETWEEN 60 AND 86400),
    -- Places given out, and how many of them were let in.
    last_place bigint NOT NULL DEFAULT 0,
    front_place bigint NOT NULL DEFAULT 0,
    left_over bigint NOT NULL DEFAULT 0,
    advanced_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, event_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.waiting_room IS 'Waiting rooms of on-sales: how fast buyers are let in, and how far it is.';

CREATE TABLE admit.queue_place (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    -- Random before the room opens, the time of arrival afterwards.
    lot bigint NOT NULL,
    place bigint,
    joined_at timestamptz NOT NULL,
    admitted_at timestamptz,
    PRIMARY KEY (tenant_id, event_id, wallet_id)
) WITH (fillfactor = 70);
CREATE INDEX queue_place_unnumbered ON admit.queue_place (tenant_id, event_id, lot) WHERE place IS NULL;
CREATE UNIQUE INDEX queue_place_number ON admit.queue_place (tenant_id, event_id, place) WHERE admitted_at IS NULL;
COMMENT ON TABLE admit.queue_place IS 'Buyers in waiting rooms: one place a wallet and event.';
