-- Fee schedules: one row a version, never changed.
CREATE TABLE admit.fee_version (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    fee_version bigint NOT NULL,
    scope text NOT NULL CHECK (scope IN ('platform', 'venue', 'event', 'gate')),
    -- The tenant's number-free nil id for the platform scope.
    scope_id uuid NOT NULL,
    rules jsonb NOT NULL,
    rounding text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, fee_version)
);
CREATE INDEX fee_version_scope ON admit.fee_version (tenant_id, scope, scope_id, fee_version DESC);
COMMENT ON TABLE admit.fee_version IS 'Versions of fee schedules; the newest of a scope applies.';
