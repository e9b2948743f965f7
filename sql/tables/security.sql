-- Row-level security on every table: a tenant's functions see that tenant's rows only.
-- Run last; runs over all tables of the schema, so that none can be forgotten.
DO $$
DECLARE
    table_name name;
BEGIN
    FOR table_name IN
        SELECT relname FROM pg_catalog.pg_class
        WHERE relnamespace = 'admit'::pg_catalog.regnamespace AND relkind = 'r' AND relname <> 'schema_version'
          AND NOT relforcerowsecurity
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE admit.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE pg_catalog.format(
            'CREATE POLICY tenant_only ON admit.%I USING (tenant_id = admit.current_tenant())',
            table_name
        );
    END LOOP;
END
$$;

-- Background work has to know which tenants there are.
CREATE POLICY every_tenant ON admit.tenant FOR SELECT
    USING (admit.current_tenant() = -1);
