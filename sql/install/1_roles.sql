-- admit: admission, wallets, fees and their ledger.
\echo Use "CREATE EXTENSION admit" to load this file. \quit

-- Roles, shared by the databases of a cluster. None can log in or is a superuser.
DO $$
DECLARE
    role_name name;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['admit_owner', 'admit_backend', 'admit_shim', 'admit_operator']::name[] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON SCHEMA @extschema@ FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA @extschema@ TO admit_owner;
GRANT USAGE ON SCHEMA @extschema@ TO admit_backend, admit_shim, admit_operator;
