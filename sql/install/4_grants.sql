-- Deny by default: every function belongs to admit_owner and is taken from PUBLIC.
DO $$
DECLARE
    function_id oid;
    type_id oid;
BEGIN
    FOR function_id IN SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace = 'admit'::pg_catalog.regnamespace LOOP
        EXECUTE pg_catalog.format('ALTER FUNCTION %s OWNER TO admit_owner', function_id::pg_catalog.regprocedure);
        EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', function_id::pg_catalog.regprocedure);
        EXECUTE pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO admit_backend', function_id::pg_catalog.regprocedure);
    END LOOP;
END
$$;
-- What only the server's operator does is not a backend's.
REVOKE EXECUTE ON FUNCTION admit.migrate(), admit.tenant_create(integer, text, text),
    admit.dispatch(integer, text, text, text, text, text), admit.effect_take(uuid, integer),
    admit.effect_report(integer, uuid, integer, integer, jsonb, bytea) FROM admit_backend;
GRANT EXECUTE ON FUNCTION admit.migrate(), admit.tenant_create(integer, text, text), admit.tick(integer),
    admit.verify(integer), admit.readiness(), admit.metrics() TO admit_operator;
-- The shim has no authority of its own: credentials are verified by dispatch and webhook. It carries
-- requests to payment providers, with the tenants' keys in them, and the answers back.
GRANT EXECUTE ON FUNCTION admit.dispatch(integer, text, text, text, text, text),
    admit.webhook(integer, text, bytea, jsonb), admit.effect_take(uuid, integer),
    admit.effect_report(integer, uuid, integer, integer, jsonb, bytea), admit.readiness(), admit.metrics(), admit.tick(integer) TO admit_shim;
-- Views are for people who may read the catalogue; their functions are harmless, and run with the reader's rights.
ALTER VIEW admit.error_code OWNER TO admit_owner;
ALTER VIEW admit.command OWNER TO admit_owner;
GRANT SELECT ON admit.error_code, admit.command TO admit_backend, admit_operator;
GRANT EXECUTE ON FUNCTION admit.error_codes(), admit.commands() TO admit_operator;
