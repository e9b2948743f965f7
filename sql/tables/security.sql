-- Row-level security on every table: a tenant's functions see that tenant's rows only. Runs over all
-- tables of the schema, so that none can be forgotten, after every migration and whenever
-- admit.migrate() is called: DROP EXTENSION ... CASCADE takes policies and the journal's constraint along.
DO $$
DECLARE
    table_name name;
BEGIN
    FOR table_name IN
        SELECT c.relname FROM pg_catalog.pg_class AS c
        WHERE c.relnamespace = 'admit'::pg_catalog.regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_version'
          AND NOT (c.relforcerowsecurity AND EXISTS (
              SELECT FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid AND p.polname = 'tenant_only'))
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE admit.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE pg_catalog.format(
            'CREATE POLICY tenant_only ON admit.%I USING (tenant_id = admit.current_tenant())',
            table_name
        );
    END LOOP;
    -- Background work has to know which tenants there are.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = 'admit.tenant'::pg_catalog.regclass AND polname = 'every_tenant') THEN
        CREATE POLICY every_tenant ON admit.tenant FOR SELECT USING (admit.current_tenant() = -1);
    END IF;
    -- Workers have to know which tenants' effects are due.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = 'admit.effect'::pg_catalog.regclass AND polname = 'every_tenant') THEN
        CREATE POLICY every_tenant ON admit.effect FOR SELECT USING (admit.current_tenant() = -1);
    END IF;
    -- Conservation.
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint
                   WHERE conrelid = 'admit.journal'::pg_catalog.regclass AND conname = 'journal_legs_balance') THEN
        ALTER TABLE admit.journal ADD CONSTRAINT journal_legs_balance CHECK (admit.legs_balance(leg_account, leg_amount));
    END IF;
END
$$;
