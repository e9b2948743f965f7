-- Reserved seating: layouts of venues, and the seats of each event.
CREATE TABLE admit.seat_layout (
    tenant_id integer NOT NULL,
    layout_id uuid NOT NULL,
    venue_id uuid NOT NULL,
    name text NOT NULL,
    -- As it was described. It never changes: seats are counted through it, in its order, from 0.
    layout jsonb NOT NULL,
    seat_count integer NOT NULL CHECK (seat_count > 0),
    areas text[] NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, layout_id),
    FOREIGN KEY (tenant_id, venue_id) REFERENCES admit.venue
);
CREATE INDEX seat_layout_venue ON admit.seat_layout (tenant_id, venue_id, layout_id);
COMMENT ON TABLE admit.seat_layout IS 'How the seats of a venue are arranged; a layout never changes.';

CREATE TABLE admit.seating (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    layout_id uuid NOT NULL,
    single_seats boolean NOT NULL,
    PRIMARY KEY (tenant_id, event_id),
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.event,
    FOREIGN KEY (tenant_id, layout_id) REFERENCES admit.seat_layout
);
COMMENT ON TABLE admit.seating IS 'By which layout an event is seated.';

-- One row is one seat: whoever writes it has it.
CREATE TABLE admit.event_seat (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    seat integer NOT NULL CHECK (seat >= 0),
    area text NOT NULL,
    state text NOT NULL DEFAULT 'available' CHECK (state IN ('available', 'held', 'sold', 'blocked')),
    -- Who holds it.
    hold_id uuid,
    PRIMARY KEY (tenant_id, event_id, seat),
    FOREIGN KEY (tenant_id, event_id) REFERENCES admit.seating (tenant_id, event_id),
    CONSTRAINT event_seat_held_by_one CHECK ((state = 'held') = (hold_id IS NOT NULL))
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.event_seat IS 'The seats of an event with their states.';
