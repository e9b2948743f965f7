-- Figures that tick adds up from sealed blocks.
CREATE TABLE admit.event_figure (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    gate_id uuid NOT NULL,
    entries bigint NOT NULL,
    reentries bigint NOT NULL,
    exits bigint NOT NULL,
    denied bigint NOT NULL,
    sales bigint NOT NULL,
    charged_cents bigint NOT NULL,
    PRIMARY KEY (tenant_id, event_id, gate_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.event_figure IS 'Live figures by event and gate, as of the last sealed block.';

CREATE TABLE admit.event_minute (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    minute timestamptz NOT NULL,
    entries bigint NOT NULL,
    PRIMARY KEY (tenant_id, event_id, minute)
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.event_minute IS 'Admitted entries by minute, kept for 48 hours.';

CREATE TABLE admit.alert (
    tenant_id integer NOT NULL,
    alert_id uuid NOT NULL,
    event_id uuid,
    kind text NOT NULL,
    message text NOT NULL,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, alert_id)
);
COMMENT ON TABLE admit.alert IS 'Alerts for staff.';

CREATE TABLE admit.sale_figure (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    ticket_type_id uuid NOT NULL,
    sold bigint NOT NULL,
    refunded bigint NOT NULL,
    revenue_cents bigint NOT NULL,
    PRIMARY KEY (tenant_id, event_id, ticket_type_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE admit.sale_figure IS 'Live figures of ticket sales by event and type, as of the last sealed block.';
