-- Payments compared with their provider's own list of them.
CREATE TABLE admit.reconciliation (
    tenant_id integer NOT NULL,
    reconciliation_id uuid NOT NULL,
    provider text NOT NULL,
    -- Live or test mode: payments of the other one are in another list.
    live boolean NOT NULL,
    -- The UTC day that it began by itself for; none for one that somebody asked for.
    day date,
    created_from timestamptz NOT NULL,
    created_until timestamptz NOT NULL CHECK (created_until > created_from),
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    -- Why it failed.
    reason text,
    pages integer NOT NULL DEFAULT 0,
    compared bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL,
    -- When a page was last compared.
    updated_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, reconciliation_id),
    FOREIGN KEY (tenant_id, provider) REFERENCES admit.provider,
    CONSTRAINT reconciliation_end CHECK ((state = 'running') = (ended_at IS NULL) AND (state = 'failed') = (reason IS NOT NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX reconciliation_running ON admit.reconciliation (tenant_id, provider) WHERE state = 'running';
CREATE UNIQUE INDEX reconciliation_day ON admit.reconciliation (tenant_id, provider, day) WHERE day IS NOT NULL;
COMMENT ON TABLE admit.reconciliation IS 'Comparisons of payments with their provider''s list.';

CREATE TABLE admit.reconciliation_seen (
    tenant_id integer NOT NULL,
    reconciliation_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, reconciliation_id, payment_id),
    FOREIGN KEY (tenant_id, reconciliation_id) REFERENCES admit.reconciliation
);
COMMENT ON TABLE admit.reconciliation_seen IS 'Payments that a running reconciliation has seen in the provider''s list.';

CREATE TABLE admit.reconciliation_finding (
    tenant_id integer NOT NULL,
    finding_id uuid NOT NULL,
    reconciliation_id uuid NOT NULL,
    kind text NOT NULL,
    payment_id uuid,
    provider_reference text,
    ours text,
    theirs text,
    -- What took the place of the webhook that was missed.
    delivery_id uuid,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, finding_id),
    FOREIGN KEY (tenant_id, reconciliation_id) REFERENCES admit.reconciliation,
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES admit.webhook_delivery,
    CONSTRAINT reconciliation_finding_missed CHECK (starts_with(kind, 'missed_') = (delivery_id IS NOT NULL))
);
CREATE INDEX reconciliation_finding_of ON admit.reconciliation_finding (tenant_id, reconciliation_id, finding_id);
COMMENT ON TABLE admit.reconciliation_finding IS 'What reconciliations found: missed webhooks and differences.';
