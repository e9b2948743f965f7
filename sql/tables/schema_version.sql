CREATE TABLE admit.schema_version (
    version integer NOT NULL PRIMARY KEY,
    migrated_at timestamptz NOT NULL
);
COMMENT ON TABLE admit.schema_version IS 'Which versions of the tables admit.migrate() has made, and when.';
