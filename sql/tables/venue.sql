-- Venues, gates, events and their capacity.
CREATE TABLE admit.venue (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    venue_id uuid NOT NULL,
    name text NOT NULL,
    address text,
    venue_type text,
    capacity integer CHECK (capacity > 0),
    nfc_tag_id text,
    time_zone text NOT NULL,
    account_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'archived')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, venue_id),
    FOREIGN KEY (tenant_id, account_id) REFERENCES admit.account
);
COMMENT ON TABLE admit.venue IS 'Venues.';

CREATE TABLE admit.gate (
    tenant_id integer NOT NULL,
    gate_id uuid NOT NULL,
    venue_id uuid NOT NULL,
    name text NOT NULL,
    gate_type text NOT NULL CHECK (gate_type IN ('door', 'concession', 'merchandise')),
    vendor_account_id uuid,
    nfc_tag_id text,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'archived')),
    PRIMARY KEY (tenant_id, gate_id),
    FOREIGN KEY (tenant_id, venue_id) REFERENCES admit.venue,
    FOREIGN KEY (tenant_id, vendor_account_id) REFERENCES admit.account
);
CREATE INDEX gate_venue ON admit.gate (tenant_id, venue_id);
COMMENT ON TABLE admit.gate IS 'Gates: doors, bars and stands of a venue.';

CREATE TABLE admit.event (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    venue_id uuid NOT NULL,
    name text NOT NULL,
    description text,
    currency text NOT NULL,
    time_zone text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    requires_pass boolean NOT NULL,
    pass_prices_cents jsonb,
    ticket_price_cents bigint CHECK (ticket_price_cents >= 0),
    capacity integer CHECK (capacity > 0),
    reentry_allowed boolean NOT NULL,
    entries_max integer CHECK (entries_max > 0),
    exit_scans boolean NOT NULL,
    duplicate_window_ms bigint NOT NULL CHECK (duplicate_window_ms BETWEEN 0 AND 86400000),
    promoter_account_id uuid,
    organizer_account_id uuid,
    visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'unlisted', 'private')),
    age_min integer CHECK (age_min BETWEEN 0 AND 150),
    hold_seconds integer NOT NULL DEFAULT 600 CHECK (hold_seconds BETWEEN 30 AND 86400),
    hold_seconds_max integer NOT NULL DEFAULT 1800 CHECK (hold_seconds_max BETWEEN 30 AND 604800),
    payment_seconds integer NOT NULL DEFAULT 1800 CHECK (payment_seconds BETWEEN 60 AND 604800),
    -- The rules of its doors beside these columns.
    policy jsonb NOT NULL DEFAULT '{}',
    -- When the last of the tickets that nobody used was expired, a day after the end.
    tickets_expired_at timestamptz,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'archived', 'cancelled')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, event_id),
    FOREIGN KEY (tenant_id, venue_id) REFERENCES admit.venue,
    FOREIGN KEY (tenant_id, promoter_account_id) REFERENCES admit.account,
    FOREIGN KEY (tenant_id, organizer_account_id) REFERENCES admit.account,
    CHECK (starts_at < ends_at)
);
CREATE INDEX event_venue ON admit.event (tenant_id, venue_id);
COMMENT ON TABLE admit.event IS 'Events and their rules of entry.';

CREATE TABLE admit.place (
    tenant_id integer NOT NULL,
    pool_id uuid NOT NULL,
    bucket smallint NOT NULL,
    available bigint NOT NULL CONSTRAINT place_not_negative CHECK (available >= 0),
    PRIMARY KEY (tenant_id, pool_id, bucket)
) WITH (fillfactor = 10);
COMMENT ON TABLE admit.place IS 'Places left inside an event or venue, in buckets so that scans do not wait for each other.';

CREATE TABLE admit.presence (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    entries integer NOT NULL,
    inside boolean NOT NULL,
    admitted_at timestamptz,
    gate_id uuid,
    -- The last day with an entry, in days since 2000-01-01 in the event's time zone, and the entries of that day.
    last_day integer,
    day_entries integer NOT NULL DEFAULT 0,
    -- How many of its entries were annulled.
    annulled integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, wallet_id, event_id)
) WITH (fillfactor = 70);
COMMENT ON TABLE admit.presence IS 'What a wallet did at an event: admitted entries, inside or not.';
