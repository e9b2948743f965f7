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

-- Functions of the library. Each that runs SQL runs as admit_owner, sees one tenant, and pins its
-- search_path; legs_balance, current_tenant and uuid7 run none and are called too often to pay for pinning.

CREATE FUNCTION admit.migrate() RETURNS text
LANGUAGE c STRICT VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'migrate_wrapper';
COMMENT ON FUNCTION admit.migrate() IS
'Makes or upgrades the tables; does nothing when they are up to date. Run it after CREATE EXTENSION and after ALTER EXTENSION ... UPDATE. One transaction.';

CREATE FUNCTION admit.tenant_create(tenant_id integer, name text, currency text DEFAULT 'USD',
    OUT api_key_id uuid, OUT api_key text) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'tenant_create_wrapper';
COMMENT ON FUNCTION admit.tenant_create(integer, text, text) IS
'Creates a tenant with its signing keys, roles and an owner''s API key, which is shown only now. Errors: already_exists, invalid_request, master_key_unavailable.';

CREATE FUNCTION admit.dispatch(tenant_id integer, command text, credential text, body text,
    idempotency_key text DEFAULT NULL, context text DEFAULT NULL) RETURNS text
LANGUAGE c VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'dispatch_wrapper';
COMMENT ON FUNCTION admit.dispatch(integer, text, text, text, text, text) IS
'Carries out a command for a credential: the way in of every HTTP route. body and the answer are JSON; context is {"request_id", "trace_id", "client"}: all but client, the network that wrong codes are counted by, is kept in the journal. Errors: any of admit.error_code.';

CREATE FUNCTION admit.call(tenant_id integer, command text, request jsonb, idempotency_key text DEFAULT NULL) RETURNS jsonb
LANGUAGE c VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'call_wrapper';
COMMENT ON FUNCTION admit.call(integer, text, jsonb, text) IS
'Carries out a command for a trusted backend; the typed functions are made of it. Null fields of the request count as absent. Errors: any of admit.error_code.';

CREATE FUNCTION admit.scan(tenant_id integer, token text, device_id uuid, kind text, nonce uuid,
    event_id uuid DEFAULT NULL, gate_id uuid DEFAULT NULL, amount_cents bigint DEFAULT NULL, items jsonb DEFAULT NULL,
    scanned_at timestamptz DEFAULT NULL,
    OUT outcome text, OUT reason text, OUT rule text, OUT passes_at timestamptz, OUT action text, OUT entry_number integer, OUT inside boolean,
    OUT charged_cents bigint, OUT currency text, OUT charges jsonb, OUT balance_cents bigint, OUT prior jsonb,
    OUT scan_id uuid, OUT wallet_id uuid, OUT recorded_at timestamptz, OUT receipt text) RETURNS SETOF record
LANGUAGE c VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'scan_wrapper';
COMMENT ON FUNCTION admit.scan(integer, text, uuid, text, uuid, uuid, uuid, bigint, jsonb, timestamptz) IS
'Scans a wallet at a gate: resolves, charges, splits, logs and answers in one transaction. kind is entry, exit, concession, merchandise or general; amounts are minor units. The same device and nonce give the same answer. A denial is an answer (outcome, reason); errors: invalid_request, invalid_amount, not_found, nonce_reused; 23505 while another wallet''s scan with this nonce is under way: try again.';

CREATE FUNCTION admit.reserve(tenant_id integer, wallet_id uuid, ticket_type_id uuid, quantity integer, hold_id uuid,
    partial boolean DEFAULT false,
    OUT hold_id uuid, OUT state text, OUT quantity integer, OUT expires_at timestamptz) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'reserve_wrapper';
COMMENT ON FUNCTION admit.reserve(integer, uuid, uuid, integer, uuid, boolean) IS
'Holds places of one ticket type for a wallet: all that were asked for or, if partial, as many as there are. The same hold_id (a new UUIDv7) gives the same hold. Errors: sold_out, not_on_sale, limit_exceeded, invalid_amount, not_found, nonce_reused; 23505 while the same hold_id is under way: try again.';

CREATE FUNCTION admit.release(tenant_id integer, hold_id uuid,
    OUT hold_id uuid, OUT state text, OUT quantity integer, OUT expires_at timestamptz) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'release_wrapper';
COMMENT ON FUNCTION admit.release(integer, uuid) IS
'Gives a hold''s places back at once; a hold that was released or has expired already stays so. Errors: not_found, conflict when an order has taken it over.';

CREATE FUNCTION admit.webhook(tenant_id integer, provider text, body bytea, headers jsonb,
    OUT delivery_id uuid, OUT state text) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'webhook_wrapper';
COMMENT ON FUNCTION admit.webhook(integer, text, bytea, jsonb) IS
'Takes a provider''s webhook exactly once: body is the raw bytes, headers are lower-case. state is applied, duplicate, parked, ignored or refused. Errors: invalid_signature, payload_too_large, invalid_request.';

CREATE FUNCTION admit.effect_take(worker_id uuid, most integer,
    OUT tenant_id integer, OUT effect_id uuid, OUT attempt integer, OUT kind text, OUT provider text, OUT host text,
    OUT method text, OUT path text, OUT headers jsonb, OUT body text) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'effect_take_wrapper';
COMMENT ON FUNCTION admit.effect_take(uuid, integer) IS
'Takes up to most (1 to 100) due requests to payment providers, of all tenants, for a worker; commit before sending. host is the provider''s own; headers are pairs of name and value and hold the provider''s secret key. What is not reported within 60 seconds is given out again. Errors: invalid_request.';

CREATE FUNCTION admit.effect_report(tenant_id integer, effect_id uuid, attempt integer, status integer,
    headers jsonb DEFAULT NULL, body bytea DEFAULT NULL) RETURNS text
LANGUAGE c VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'effect_report_wrapper';
COMMENT ON FUNCTION admit.effect_report(integer, uuid, integer, integer, jsonb, bytea) IS
'Reports a provider''s answer to a request that admit.effect_take gave out: HTTP status (null when none came), lower-case headers, body. Gives the request''s state: due, taken, done, failed or uncertain. Repeating a report changes nothing. Errors: not_found, invalid_request.';

CREATE FUNCTION admit.tick(only_tenant_id integer DEFAULT NULL,
    OUT tenant_id integer, OUT sealed_entries bigint, OUT sealed_blocks bigint, OUT applied_webhooks bigint) RETURNS SETOF record
LANGUAGE c VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'tick_wrapper';
COMMENT ON FUNCTION admit.tick(integer) IS
'Background work: seals the journal, folds balances and live figures, retries parked webhooks, pays cancelled events back, sweeps. Idempotent; several may run at once. The bundled worker calls it; otherwise schedule it every second.';

CREATE FUNCTION admit.verify(tenant_id integer, OUT invariant text, OUT violations bigint) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'verify_wrapper';
COMMENT ON FUNCTION admit.verify(integer) IS
'Checks every invariant of a tenant; one row each with its number of violations, 0 when it holds. Reads the whole journal.';

CREATE FUNCTION admit.readiness(OUT ready boolean, OUT detail text) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER ROWS 1 SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'readiness_wrapper';
COMMENT ON FUNCTION admit.readiness() IS 'Whether requests can be served: tables up to date, master key readable, no standby.';

CREATE FUNCTION admit.metrics(OUT name text, OUT labels text, OUT value double precision) RETURNS SETOF record
LANGUAGE c STRICT VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'metrics_wrapper';
COMMENT ON FUNCTION admit.metrics() IS 'Gauges of every tenant for a monitoring system; labels is a JSON object.';

CREATE FUNCTION admit.legs_balance(leg_account uuid[], leg_amount bigint[]) RETURNS boolean
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'legs_balance_wrapper';
COMMENT ON FUNCTION admit.legs_balance(uuid[], bigint[]) IS
'Whether money legs conserve money: as many accounts as amounts, no zero, sum zero. The journal''s table constraint.';

CREATE FUNCTION admit.current_tenant() RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'current_tenant_wrapper';
COMMENT ON FUNCTION admit.current_tenant() IS
'The tenant whose rows are visible (setting admit.tenant_id); row-level security compares with it.';

CREATE FUNCTION admit.uuid7() RETURNS uuid
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'uuid7_wrapper';
COMMENT ON FUNCTION admit.uuid7() IS 'A new UUIDv7 (RFC 9562), for nonces and idempotency keys.';

CREATE FUNCTION admit.error_codes(OUT name text, OUT sqlstate text, OUT status integer, OUT title text) RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'error_codes_wrapper';
COMMENT ON FUNCTION admit.error_codes() IS 'The error catalogue: name, SQLSTATE, HTTP status, title.';

CREATE FUNCTION admit.commands(OUT name text, OUT method text, OUT path text, OUT public boolean, OUT summary text) RETURNS SETOF record
LANGUAGE c IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'commands_wrapper';
COMMENT ON FUNCTION admit.commands() IS 'The commands with their HTTP routes.';

CREATE VIEW admit.error_code AS SELECT * FROM admit.error_codes();
COMMENT ON VIEW admit.error_code IS 'Every error that admit raises: name, SQLSTATE, HTTP status, title.';
CREATE VIEW admit.command AS SELECT * FROM admit.commands();
COMMENT ON VIEW admit.command IS 'Every command with its HTTP route; the name is also the permission.';

-- One type an answer and one function a command, made from the registry.

CREATE TYPE admit.api_key_created AS (
    api_key text,
    api_key_id uuid
);
COMMENT ON TYPE admit.api_key_created IS 'An issued API key.';

CREATE FUNCTION admit.api_key_create(tenant_id integer, name text, role text, event_id uuid DEFAULT NULL, expires_at timestamptz DEFAULT NULL, venue_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.api_key_created
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.api_key_created, admit.call($1, 'api_key.create',
    pg_catalog.jsonb_build_object('name', $2, 'role', $3, 'event_id', $4, 'expires_at', $5, 'venue_id', $6), $7));
END$$;
COMMENT ON FUNCTION admit.api_key_create(integer, text, text, uuid, timestamptz, uuid, text) IS
'Issues an API key with a role. name: For people, 1 to 200 characters. role: One of the tenant''s roles. event_id: Restricts the key to one event. expires_at: When it stops working; never when absent. venue_id: Restricts the key to one venue. Errors: see admit.error_code.';

CREATE TYPE admit.api_key_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.api_key_page IS 'A page of API keys.';

CREATE FUNCTION admit.api_key_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL)
RETURNS admit.api_key_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.api_key_page, admit.call($1, 'api_key.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.api_key_list(integer, text, bigint) IS
'Lists API keys without their secrets. cursor: `next_cursor` of the page before. limit: Keys a page, 1 to 200; 50 when absent. Errors: see admit.error_code.';

CREATE TYPE admit.revoked AS (
    revoked_at timestamptz
);
COMMENT ON TYPE admit.revoked IS 'An acknowledged revocation.';

CREATE FUNCTION admit.api_key_revoke(tenant_id integer, api_key_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.revoked
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.revoked, admit.call($1, 'api_key.revoke',
    pg_catalog.jsonb_build_object('api_key_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.api_key_revoke(integer, uuid, text) IS
'Revokes an API key at once. api_key_id: The key''s id. Errors: see admit.error_code.';

CREATE TYPE admit.role_page AS (
    items jsonb
);
COMMENT ON TYPE admit.role_page IS 'All roles.';

CREATE FUNCTION admit.role_list(tenant_id integer)
RETURNS admit.role_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.role_page, admit.call($1, 'role.list',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.role_list(integer) IS
'Lists roles and what they may do. Errors: see admit.error_code.';

CREATE TYPE admit.role_view AS (
    commands jsonb,
    role text
);
COMMENT ON TYPE admit.role_view IS 'A role.';

CREATE FUNCTION admit.role_set(tenant_id integer, commands jsonb, role text, idempotency_key text DEFAULT NULL)
RETURNS admit.role_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.role_view, admit.call($1, 'role.set',
    pg_catalog.jsonb_build_object('commands', $2, 'role', $3), $4));
END$$;
COMMENT ON FUNCTION admit.role_set(integer, jsonb, text, text) IS
'Creates a role or replaces its commands. commands: Names of commands. role: 1 to 40 lower-case letters, digits and underscores. Errors: see admit.error_code.';

CREATE TYPE admit.key_page AS (
    items jsonb
);
COMMENT ON TYPE admit.key_page IS 'All signing keys.';

CREATE FUNCTION admit.key_list(tenant_id integer)
RETURNS admit.key_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.key_page, admit.call($1, 'key.list',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.key_list(integer) IS
'Lists signing keys without their secrets. Errors: see admit.error_code.';

CREATE TYPE admit.key_view AS (
    created_at timestamptz,
    "current" boolean,
    key_id integer,
    next_rotation_at timestamptz,
    purpose text,
    revoked_at timestamptz
);
COMMENT ON TYPE admit.key_view IS 'A signing key without its secret.';

CREATE FUNCTION admit.key_rotate(tenant_id integer, purpose text, idempotency_key text DEFAULT NULL)
RETURNS admit.key_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.key_view, admit.call($1, 'key.rotate',
    pg_catalog.jsonb_build_object('purpose', $2), $3));
END$$;
COMMENT ON FUNCTION admit.key_rotate(integer, text, text) IS
'Makes a new signing key the current one. purpose: Which key. Errors: see admit.error_code.';

CREATE TYPE admit.key_revoked AS (
    current_key_id integer,
    key_id integer,
    purpose text,
    revoked_at timestamptz
);
COMMENT ON TYPE admit.key_revoked IS 'A revoked signing key.';

CREATE FUNCTION admit.key_revoke(tenant_id integer, key_id integer, reason text, idempotency_key text DEFAULT NULL)
RETURNS admit.key_revoked
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.key_revoked, admit.call($1, 'key.revoke',
    pg_catalog.jsonb_build_object('key_id', $2, 'reason', $3), $4));
END$$;
COMMENT ON FUNCTION admit.key_revoke(integer, integer, text, text) IS
'Revokes a signing key at once. key_id: The key''s number. reason: Why; recorded. 1 to 500 characters. Errors: see admit.error_code.';

CREATE TYPE admit.key_schedule_view AS (
    every_days integer,
    next_rotation_at timestamptz,
    purpose text
);
COMMENT ON TYPE admit.key_schedule_view IS 'When the keys of a purpose are rotated.';

CREATE FUNCTION admit.key_schedule(tenant_id integer, purpose text, every_days integer DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.key_schedule_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.key_schedule_view, admit.call($1, 'key.schedule',
    pg_catalog.jsonb_build_object('purpose', $2, 'every_days', $3), $4));
END$$;
COMMENT ON FUNCTION admit.key_schedule(integer, text, integer, text) IS
'Rotates the keys of a purpose by schedule. purpose: Which keys. every_days: After how many days a new key follows, 1 to 3,650; the schedule ends when absent. Errors: see admit.error_code.';

CREATE TYPE admit.key_set AS (
    keys jsonb
);
COMMENT ON TYPE admit.key_set IS 'Public keys for anybody''s JOSE library.';

CREATE FUNCTION admit.key_jwks(tenant_id integer)
RETURNS admit.key_set
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.key_set, admit.call($1, 'key.jwks',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.key_jwks(integer) IS
'Publishes the public signing keys. Errors: see admit.error_code.';

CREATE TYPE admit.venue_view AS (
    account_id uuid,
    address text,
    capacity integer,
    created_at timestamptz,
    default_entry_fee_cents bigint,
    name text,
    nfc_tag_id text,
    status text,
    time_zone text,
    updated_at timestamptz,
    venue_id uuid,
    venue_type text
);
COMMENT ON TYPE admit.venue_view IS 'A venue.';

CREATE FUNCTION admit.venue_create(tenant_id integer, name text, address text DEFAULT NULL, capacity integer DEFAULT NULL, default_entry_fee_cents bigint DEFAULT NULL, nfc_tag_id text DEFAULT NULL, time_zone text DEFAULT NULL, venue_type text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.venue_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_view, admit.call($1, 'venue.create',
    pg_catalog.jsonb_build_object('name', $2, 'address', $3, 'capacity', $4, 'default_entry_fee_cents', $5, 'nfc_tag_id', $6, 'time_zone', $7, 'venue_type', $8), $9));
END$$;
COMMENT ON FUNCTION admit.venue_create(integer, text, text, integer, bigint, text, text, text, text) IS
'Creates a venue with its ledger account. name: 1 to 200 characters. address: Postal address, at most 500 characters. capacity: How many people may be inside over all events; no limit when absent. default_entry_fee_cents: Entry fee of the venue''s events that set none, in minor units. nfc_tag_id: Id of the NFC tag at the venue, at most 100 characters. time_zone: IANA time zone; UTC when absent. venue_type: Free word such as club, festival, arena; at most 40 characters. Errors: see admit.error_code.';

CREATE FUNCTION admit.venue_get(tenant_id integer, venue_id uuid)
RETURNS admit.venue_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_view, admit.call($1, 'venue.get',
    pg_catalog.jsonb_build_object('venue_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.venue_get(integer, uuid) IS
'Reads a venue. venue_id: The venue. Errors: see admit.error_code.';

CREATE TYPE admit.venue_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.venue_page IS 'A page of venues.';

CREATE FUNCTION admit.venue_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, status text DEFAULT NULL)
RETURNS admit.venue_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_page, admit.call($1, 'venue.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'status', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.venue_list(integer, text, bigint, text) IS
'Lists venues. cursor: `next_cursor` of the page before. limit: Venues a page, 1 to 200; 50 when absent. status: Only these. Errors: see admit.error_code.';

CREATE FUNCTION admit.venue_update(tenant_id integer, venue_id uuid, address text DEFAULT NULL, capacity integer DEFAULT NULL, default_entry_fee_cents bigint DEFAULT NULL, name text DEFAULT NULL, nfc_tag_id text DEFAULT NULL, status text DEFAULT NULL, time_zone text DEFAULT NULL, venue_type text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.venue_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_view, admit.call($1, 'venue.update',
    pg_catalog.jsonb_build_object('venue_id', $2, 'address', $3, 'capacity', $4, 'default_entry_fee_cents', $5, 'name', $6, 'nfc_tag_id', $7, 'status', $8, 'time_zone', $9, 'venue_type', $10), $11));
END$$;
COMMENT ON FUNCTION admit.venue_update(integer, uuid, text, integer, bigint, text, text, text, text, text, text) IS
'Changes or archives a venue. venue_id: The venue. address: Postal address. capacity: How many people may be inside. default_entry_fee_cents: Entry fee of the venue''s events that set none, in minor units. name: 1 to 200 characters. nfc_tag_id: Id of the NFC tag. status: active, inactive or archived; an archived venue stays archived. time_zone: IANA time zone. venue_type: Free word. Errors: see admit.error_code.';

CREATE TYPE admit.gate_view AS (
    gate_id uuid,
    gate_type text,
    name text,
    nfc_tag_id text,
    status text,
    vendor_account_id uuid,
    venue_id uuid
);
COMMENT ON TYPE admit.gate_view IS 'A gate.';

CREATE FUNCTION admit.gate_create(tenant_id integer, gate_type text, name text, venue_id uuid, nfc_tag_id text DEFAULT NULL, vendor_account_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.gate_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.gate_view, admit.call($1, 'gate.create',
    pg_catalog.jsonb_build_object('gate_type', $2, 'name', $3, 'venue_id', $4, 'nfc_tag_id', $5, 'vendor_account_id', $6), $7));
END$$;
COMMENT ON FUNCTION admit.gate_create(integer, text, text, uuid, text, uuid, text) IS
'Creates a gate. gate_type: What happens there. name: 1 to 200 characters. venue_id: The venue. nfc_tag_id: Id of the NFC tag at the gate. vendor_account_id: Account that vendor shares and sales go to; the venue''s when absent. Errors: see admit.error_code.';

CREATE TYPE admit.gate_page AS (
    items jsonb
);
COMMENT ON TYPE admit.gate_page IS 'A venue''s gates.';

CREATE FUNCTION admit.gate_list(tenant_id integer, venue_id uuid)
RETURNS admit.gate_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.gate_page, admit.call($1, 'gate.list',
    pg_catalog.jsonb_build_object('venue_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.gate_list(integer, uuid) IS
'Lists a venue''s gates. venue_id: The venue. Errors: see admit.error_code.';

CREATE FUNCTION admit.gate_update(tenant_id integer, gate_id uuid, name text DEFAULT NULL, nfc_tag_id text DEFAULT NULL, status text DEFAULT NULL, vendor_account_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.gate_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.gate_view, admit.call($1, 'gate.update',
    pg_catalog.jsonb_build_object('gate_id', $2, 'name', $3, 'nfc_tag_id', $4, 'status', $5, 'vendor_account_id', $6), $7));
END$$;
COMMENT ON FUNCTION admit.gate_update(integer, uuid, text, text, text, uuid, text) IS
'Changes or archives a gate. gate_id: The gate. name: 1 to 200 characters. nfc_tag_id: Id of the NFC tag. status: active, inactive or archived. vendor_account_id: Account that vendor shares and sales go to. Errors: see admit.error_code.';

CREATE TYPE admit.venue_code_link AS (
    link_base_url text
);
COMMENT ON TYPE admit.venue_code_link IS 'Where the codes of the tenant lead to.';

CREATE FUNCTION admit.venue_code_configure(tenant_id integer, link_base_url text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.venue_code_link
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_code_link, admit.call($1, 'venue_code.configure',
    pg_catalog.jsonb_build_object('link_base_url', $2), $3));
END$$;
COMMENT ON FUNCTION admit.venue_code_configure(integer, text, text) IS
'Sets where the codes of venues lead to. link_base_url: Address of the client that opens wallets: a whole https address of at most 200 bytes, without ? and #. Without one a QR code holds the code alone. Errors: see admit.error_code.';

CREATE TYPE admit.venue_code_view AS (
    code text,
    created_at timestamptz,
    event_id uuid,
    expires_at timestamptz,
    first_scan_at timestamptz,
    gate_id uuid,
    kind text,
    label text,
    last_scan_at timestamptz,
    link text,
    revoked_at timestamptz,
    scans bigint,
    state text,
    venue_code_id uuid,
    venue_id uuid
);
COMMENT ON TYPE admit.venue_code_view IS 'A code of a venue. The same shape in lists and alone.';

CREATE FUNCTION admit.venue_code_create(tenant_id integer, kind text, label text, venue_id uuid, event_id uuid DEFAULT NULL, expires_at timestamptz DEFAULT NULL, gate_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.venue_code_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_code_view, admit.call($1, 'venue_code.create',
    pg_catalog.jsonb_build_object('kind', $2, 'label', $3, 'venue_id', $4, 'event_id', $5, 'expires_at', $6, 'gate_id', $7), $8));
END$$;
COMMENT ON FUNCTION admit.venue_code_create(integer, text, text, uuid, uuid, timestamptz, uuid, text) IS
'Makes a code that a venue puts up. kind: Whom it is for: entry, vip, staff or vendor. label: What is printed under it, such as Main door. 1 to 100 characters. venue_id: The venue. event_id: The event that it leads to; the venue''s current or next one when absent. expires_at: Until when it can be visited; for ever when absent. gate_id: The gate where it hangs. Errors: see admit.error_code.';

CREATE TYPE admit.venue_code_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.venue_code_page IS 'A page of codes.';

CREATE FUNCTION admit.venue_code_list(tenant_id integer, venue_id uuid, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, kind text DEFAULT NULL, "limit" bigint DEFAULT NULL, state text DEFAULT NULL)
RETURNS admit.venue_code_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_code_page, admit.call($1, 'venue_code.list',
    pg_catalog.jsonb_build_object('venue_id', $2, 'cursor', $3, 'event_id', $4, 'kind', $5, 'limit', $6, 'state', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.venue_code_list(integer, uuid, text, uuid, text, bigint, text) IS
'Lists a venue''s codes with their scans. venue_id: The venue. cursor: `next_cursor` of the page before. event_id: Only of this event. kind: Only these. limit: Codes a page, 1 to 200; 50 when absent. state: Only these. Errors: see admit.error_code.';

CREATE FUNCTION admit.venue_code_get(tenant_id integer, venue_code_id uuid)
RETURNS admit.venue_code_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_code_view, admit.call($1, 'venue_code.get',
    pg_catalog.jsonb_build_object('venue_code_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.venue_code_get(integer, uuid) IS
'Reads a venue''s code with its scans. venue_code_id: The code. Errors: see admit.error_code.';

CREATE FUNCTION admit.venue_code_revoke(tenant_id integer, venue_code_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.venue_code_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_code_view, admit.call($1, 'venue_code.revoke',
    pg_catalog.jsonb_build_object('venue_code_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.venue_code_revoke(integer, uuid, text) IS
'Ends a venue''s code. venue_code_id: The code. Errors: see admit.error_code.';

CREATE TYPE admit.qr_file AS (
    content text,
    encoding text,
    file_name text,
    media_type text
);
COMMENT ON TYPE admit.qr_file IS 'A picture or a printable sheet. Over HTTP the file itself comes where Accept names its media type.';

CREATE FUNCTION admit.venue_code_qr(tenant_id integer, venue_code_id uuid, format text DEFAULT NULL, purpose text DEFAULT NULL, size_pixels integer DEFAULT NULL)
RETURNS admit.qr_file
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.qr_file, admit.call($1, 'venue_code.qr',
    pg_catalog.jsonb_build_object('venue_code_id', $2, 'format', $3, 'purpose', $4, 'size_pixels', $5), NULL));
END$$;
COMMENT ON FUNCTION admit.venue_code_qr(integer, uuid, text, text, integer) IS
'Draws the QR code of a venue''s code. venue_code_id: The code. format: svg or png; svg when absent. purpose: screen (error correction M) or print (Q); print when absent. size_pixels: The picture''s side in pixels, 128 to 2,048; 512 when absent. Errors: see admit.error_code.';

CREATE FUNCTION admit.venue_code_sheet(tenant_id integer, venue_id uuid, columns integer DEFAULT NULL, copies integer DEFAULT NULL, event_id uuid DEFAULT NULL, kind text DEFAULT NULL, paper text DEFAULT NULL, rows integer DEFAULT NULL, venue_code_id uuid DEFAULT NULL)
RETURNS admit.qr_file
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.qr_file, admit.call($1, 'venue_code.sheet',
    pg_catalog.jsonb_build_object('venue_id', $2, 'columns', $3, 'copies', $4, 'event_id', $5, 'kind', $6, 'paper', $7, 'rows', $8, 'venue_code_id', $9), NULL));
END$$;
COMMENT ON FUNCTION admit.venue_code_sheet(integer, uuid, integer, integer, uuid, text, text, integer, uuid) IS
'Makes a printable sheet of a venue''s codes. venue_id: The venue. columns: Columns, 1 to 5; 2 when absent. copies: How often each is printed, 1 to 1,000; once when absent. A sheet has at most 50 pages. event_id: Only of this event. kind: Only these. paper: a4 or letter; a4 when absent. rows: Rows, 1 to 8; 3 when absent. venue_code_id: Only this code. Errors: see admit.error_code.';

CREATE TYPE admit.venue_code_visited AS (
    event_id uuid,
    event_name text,
    gate_id uuid,
    kind text,
    link text,
    venue_id uuid,
    venue_name text
);
COMMENT ON TYPE admit.venue_code_visited IS 'What a client needs to open a wallet where a code leads to.';

CREATE FUNCTION admit.venue_code_visit(tenant_id integer, code text, idempotency_key text DEFAULT NULL)
RETURNS admit.venue_code_visited
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.venue_code_visited, admit.call($1, 'venue_code.visit',
    pg_catalog.jsonb_build_object('code', $2), $3));
END$$;
COMMENT ON FUNCTION admit.venue_code_visit(integer, text, text) IS
'Takes a venue''s code that was visited and counts it. code: Its 26 symbols; case and hyphens do not matter. Errors: see admit.error_code.';

CREATE TYPE admit.event_view AS (
    age_min integer,
    capacity integer,
    created_at timestamptz,
    currency text,
    description text,
    duplicate_window_ms bigint,
    ends_at timestamptz,
    entries_max integer,
    event_id uuid,
    exit_scans boolean,
    hold_seconds integer,
    hold_seconds_max integer,
    name text,
    organizer_account_id uuid,
    pass_prices_cents jsonb,
    payment_seconds integer,
    promoter_account_id uuid,
    reentry_allowed boolean,
    requires_pass boolean,
    starts_at timestamptz,
    status text,
    ticket_price_cents bigint,
    time_zone text,
    updated_at timestamptz,
    venue_id uuid,
    visibility text
);
COMMENT ON TYPE admit.event_view IS 'An event.';

CREATE FUNCTION admit.event_create(tenant_id integer, ends_at timestamptz, name text, starts_at timestamptz, venue_id uuid, age_min integer DEFAULT NULL, capacity integer DEFAULT NULL, currency text DEFAULT NULL, description text DEFAULT NULL, duplicate_window_ms bigint DEFAULT NULL, entries_max integer DEFAULT NULL, entry_fee_cents bigint DEFAULT NULL, exit_scans boolean DEFAULT NULL, hold_seconds integer DEFAULT NULL, hold_seconds_max integer DEFAULT NULL, organizer_account_id uuid DEFAULT NULL, pass_prices_cents jsonb DEFAULT NULL, payment_seconds integer DEFAULT NULL, platform_entry_fee_cents bigint DEFAULT NULL, platform_fee_percentage text DEFAULT NULL, platform_reentry_fee_cents bigint DEFAULT NULL, promoter_account_id uuid DEFAULT NULL, reentry_allowed boolean DEFAULT NULL, requires_pass boolean DEFAULT NULL, ticket_price_cents bigint DEFAULT NULL, time_zone text DEFAULT NULL, venue_reentry_fee_cents bigint DEFAULT NULL, visibility text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.event_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.event_view, admit.call($1, 'event.create',
    pg_catalog.jsonb_build_object('ends_at', $2, 'name', $3, 'starts_at', $4, 'venue_id', $5, 'age_min', $6, 'capacity', $7, 'currency', $8, 'description', $9, 'duplicate_window_ms', $10, 'entries_max', $11, 'entry_fee_cents', $12, 'exit_scans', $13, 'hold_seconds', $14, 'hold_seconds_max', $15, 'organizer_account_id', $16, 'pass_prices_cents', $17, 'payment_seconds', $18, 'platform_entry_fee_cents', $19, 'platform_fee_percentage', $20, 'platform_reentry_fee_cents', $21, 'promoter_account_id', $22, 'reentry_allowed', $23, 'requires_pass', $24, 'ticket_price_cents', $25, 'time_zone', $26, 'venue_reentry_fee_cents', $27, 'visibility', $28), $29));
END$$;
COMMENT ON FUNCTION admit.event_create(integer, timestamptz, text, timestamptz, uuid, integer, integer, text, text, bigint, integer, bigint, boolean, integer, integer, uuid, jsonb, integer, bigint, text, bigint, uuid, boolean, boolean, bigint, text, bigint, text, text) IS
'Creates an event. ends_at: When entry closes. name: 1 to 200 characters. starts_at: When entry opens. venue_id: The venue. age_min: Guests must be at least this old, in years; no restriction when absent. capacity: How many people may be inside; no limit when absent. currency: The currency of everything sold at the event; the tenant''s when absent. description: At most 5,000 characters. duplicate_window_ms: A second entry scan of a wallet within this time is a duplicate; 5,000 when absent. entries_max: Entries per wallet at most; no limit when absent. entry_fee_cents: Venue fee of the first entry, in minor units. exit_scans: Whether exits are scanned: then entering while inside is refused; `true` when absent. hold_seconds: How long places are held for a buyer, in seconds, 30 to 86,400; 600 when absent. hold_seconds_max: How long a hold may live with all its extensions, in seconds; three times `hold_seconds` when absent. organizer_account_id: Account that ticket sales go to; the venue''s when absent. pass_prices_cents: Prices of passes by days, e.g. `{"1": 5000, "3": 12000}`, in minor units: those of ticket types with `pass_days` that are made without a price. payment_seconds: How long an unpaid order keeps its places, in seconds, 60 to 604,800; 1,800 when absent. platform_entry_fee_cents: Platform fee of the first entry, in minor units. platform_fee_percentage: Platform fee of sales and entries, in percent, such as `"2.5"`. platform_reentry_fee_cents: Platform fee of each later entry, in minor units. promoter_account_id: Account that promoter shares go to; the venue''s when absent. reentry_allowed: Whether somebody who left may come back; `false` when absent. requires_pass: Mode B: entry needs a pass. Mode A (`false`, the default): pay per scan. ticket_price_cents: Price of a single-event ticket in minor units: that of ticket types that are made without one. time_zone: IANA time zone; the venue''s when absent. venue_reentry_fee_cents: Venue fee of each later entry, in minor units. visibility: Whether the event is shown: public, unlisted or private; public when absent. Errors: see admit.error_code.';

CREATE FUNCTION admit.event_get(tenant_id integer, event_id uuid)
RETURNS admit.event_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.event_view, admit.call($1, 'event.get',
    pg_catalog.jsonb_build_object('event_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.event_get(integer, uuid) IS
'Reads an event. event_id: The event. Errors: see admit.error_code.';

CREATE TYPE admit.event_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.event_page IS 'A page of events.';

CREATE FUNCTION admit.event_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, status text DEFAULT NULL, venue_id uuid DEFAULT NULL)
RETURNS admit.event_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.event_page, admit.call($1, 'event.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'status', $4, 'venue_id', $5), NULL));
END$$;
COMMENT ON FUNCTION admit.event_list(integer, text, bigint, text, uuid) IS
'Lists events. cursor: `next_cursor` of the page before. limit: Events a page, 1 to 200; 50 when absent. status: Only these. venue_id: Only this venue''s. Errors: see admit.error_code.';

CREATE FUNCTION admit.event_update(tenant_id integer, event_id uuid, age_min integer DEFAULT NULL, capacity integer DEFAULT NULL, description text DEFAULT NULL, duplicate_window_ms bigint DEFAULT NULL, ends_at timestamptz DEFAULT NULL, entries_max integer DEFAULT NULL, exit_scans boolean DEFAULT NULL, hold_seconds integer DEFAULT NULL, hold_seconds_max integer DEFAULT NULL, name text DEFAULT NULL, organizer_account_id uuid DEFAULT NULL, pass_prices_cents jsonb DEFAULT NULL, payment_seconds integer DEFAULT NULL, promoter_account_id uuid DEFAULT NULL, reentry_allowed boolean DEFAULT NULL, requires_pass boolean DEFAULT NULL, starts_at timestamptz DEFAULT NULL, status text DEFAULT NULL, ticket_price_cents bigint DEFAULT NULL, time_zone text DEFAULT NULL, visibility text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.event_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.event_view, admit.call($1, 'event.update',
    pg_catalog.jsonb_build_object('event_id', $2, 'age_min', $3, 'capacity', $4, 'description', $5, 'duplicate_window_ms', $6, 'ends_at', $7, 'entries_max', $8, 'exit_scans', $9, 'hold_seconds', $10, 'hold_seconds_max', $11, 'name', $12, 'organizer_account_id', $13, 'pass_prices_cents', $14, 'payment_seconds', $15, 'promoter_account_id', $16, 'reentry_allowed', $17, 'requires_pass', $18, 'starts_at', $19, 'status', $20, 'ticket_price_cents', $21, 'time_zone', $22, 'visibility', $23), $24));
END$$;
COMMENT ON FUNCTION admit.event_update(integer, uuid, integer, integer, text, bigint, timestamptz, integer, boolean, integer, integer, text, uuid, jsonb, integer, uuid, boolean, boolean, timestamptz, text, bigint, text, text, text) IS
'Changes or archives an event. event_id: The event. age_min: Guests must be at least this old, in years. capacity: How many people may be inside. description: At most 5,000 characters. duplicate_window_ms: Duplicate window in milliseconds. ends_at: When entry closes. entries_max: Entries per wallet at most. exit_scans: Whether exits are scanned. hold_seconds: How long places are held for a buyer, in seconds. hold_seconds_max: How long a hold may live with all its extensions, in seconds. name: 1 to 200 characters. organizer_account_id: Account that ticket sales go to. pass_prices_cents: Prices of passes by days, in minor units; ticket types that exist keep theirs. payment_seconds: How long an unpaid order keeps its places, in seconds. promoter_account_id: Account that promoter shares go to. reentry_allowed: Whether somebody who left may come back. requires_pass: Mode B. starts_at: When entry opens. status: active, inactive or archived; an archived event stays archived. See event.cancel for calling it off. ticket_price_cents: Price of a single-event ticket in minor units; ticket types that exist keep theirs. time_zone: IANA time zone. visibility: public, unlisted or private. Errors: see admit.error_code.';

CREATE TYPE admit.cancellation_view AS (
    cancelled_at timestamptz,
    currency text,
    event_id uuid,
    failures jsonb,
    finished_at timestamptz,
    holds_left bigint,
    keep_fees boolean,
    left_cents bigint,
    orders_failed bigint,
    orders_left bigint,
    orders_refunded bigint,
    reason text,
    refunded_cents bigint,
    state text
);
COMMENT ON TYPE admit.cancellation_view IS 'How far a cancelled event is paid back.';

CREATE FUNCTION admit.event_cancel(tenant_id integer, event_id uuid, reason text, keep_fees boolean DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.cancellation_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.cancellation_view, admit.call($1, 'event.cancel',
    pg_catalog.jsonb_build_object('event_id', $2, 'reason', $3, 'keep_fees', $4), $5));
END$$;
COMMENT ON FUNCTION admit.event_cancel(integer, uuid, text, boolean, text) IS
'Calls an event off for good and pays its orders back. event_id: The event. reason: Why; recorded with every refund. 1 to 500 characters. keep_fees: Whether venue and platform keep their fees, with the tax that these bear, so that prices and their taxes alone go back; `false` when absent. Errors: see admit.error_code.';

CREATE FUNCTION admit.event_cancellation(tenant_id integer, event_id uuid)
RETURNS admit.cancellation_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.cancellation_view, admit.call($1, 'event.cancellation',
    pg_catalog.jsonb_build_object('event_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.event_cancellation(integer, uuid) IS
'Reads how far a cancelled event is paid back. event_id: The event. Errors: see admit.error_code.';

CREATE FUNCTION admit.event_refund_batch(tenant_id integer, event_id uuid, orders_max bigint DEFAULT NULL, retry_failed boolean DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.cancellation_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.cancellation_view, admit.call($1, 'event.refund_batch',
    pg_catalog.jsonb_build_object('event_id', $2, 'orders_max', $3, 'retry_failed', $4), $5));
END$$;
COMMENT ON FUNCTION admit.event_refund_batch(integer, uuid, bigint, boolean, text) IS
'Pays the next orders of a cancelled event back. event_id: The event. orders_max: How many orders at most, 1 to 60; 60 when absent. retry_failed: Whether orders that could not be paid back are tried again now; `false` when absent. Errors: see admit.error_code.';

CREATE TYPE admit.device_token AS (
    device_id uuid,
    device_token text,
    expires_at timestamptz
);
COMMENT ON TYPE admit.device_token IS 'An issued device token.';

CREATE FUNCTION admit.device_register(tenant_id integer, gate_id uuid, name text, event_id uuid DEFAULT NULL, event_ids jsonb DEFAULT NULL, profile text DEFAULT NULL, token_hours integer DEFAULT NULL, zones jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_token
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_token, admit.call($1, 'device.register',
    pg_catalog.jsonb_build_object('gate_id', $2, 'name', $3, 'event_id', $4, 'event_ids', $5, 'profile', $6, 'token_hours', $7, 'zones', $8), $9));
END$$;
COMMENT ON FUNCTION admit.device_register(integer, uuid, text, uuid, jsonb, text, integer, jsonb, text) IS
'Registers a device and issues its token. gate_id: Where it stands. name: For people, 1 to 200 characters. event_id: The only event it scans for; any event of the gate''s venue when absent. event_ids: The events it scans for, 1 to 50, in place of `event_id`. profile: What it may do, a profile of the tenant; `full` when absent. token_hours: Hours until the token ends, 1 to 24; 24 when absent. zones: Zones that it guards, at most 32 names such as GA, VIP, BACKSTAGE; none when absent. Errors: see admit.error_code.';

CREATE TYPE admit.device_invitation AS (
    device_id uuid,
    expires_at timestamptz,
    pairing_code text
);
COMMENT ON TYPE admit.device_invitation IS 'A pairing code for a device.';

CREATE FUNCTION admit.device_invite(tenant_id integer, code_minutes integer DEFAULT NULL, device_id uuid DEFAULT NULL, event_id uuid DEFAULT NULL, event_ids jsonb DEFAULT NULL, gate_id uuid DEFAULT NULL, name text DEFAULT NULL, profile text DEFAULT NULL, zones jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_invitation
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_invitation, admit.call($1, 'device.invite',
    pg_catalog.jsonb_build_object('code_minutes', $2, 'device_id', $3, 'event_id', $4, 'event_ids', $5, 'gate_id', $6, 'name', $7, 'profile', $8, 'zones', $9), $10));
END$$;
COMMENT ON FUNCTION admit.device_invite(integer, integer, uuid, uuid, jsonb, uuid, text, text, jsonb, text) IS
'Makes a pairing code for a device. code_minutes: Minutes until the code ends, 1 to 60; 15 when absent. device_id: The device that is paired again; then where it stands is as it was. event_id: The only event a new device scans for; any event of the gate''s venue when absent. event_ids: The events a new device scans for, 1 to 50, in place of `event_id`. gate_id: Where a new device stands. name: For people, 1 to 200 characters; of a new device. profile: What a new device may do, a profile of the tenant; `full` when absent. zones: Zones that a new device guards, at most 32 names such as GA, VIP, BACKSTAGE. Errors: see admit.error_code.';

CREATE TYPE admit.device_pairing AS (
    device_id uuid,
    device_token text,
    expires_at timestamptz,
    outcome text,
    reason text,
    retry_at timestamptz
);
COMMENT ON TYPE admit.device_pairing IS 'What came of a pairing code.';

CREATE FUNCTION admit.device_pair(tenant_id integer, pairing_code text, brand text DEFAULT NULL, model text DEFAULT NULL, pairing_nonce uuid DEFAULT NULL, software_version text DEFAULT NULL, token_hours integer DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_pairing
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_pairing, admit.call($1, 'device.pair',
    pg_catalog.jsonb_build_object('pairing_code', $2, 'brand', $3, 'model', $4, 'pairing_nonce', $5, 'software_version', $6, 'token_hours', $7), $8));
END$$;
COMMENT ON FUNCTION admit.device_pair(integer, text, text, text, uuid, text, integer, text) IS
'Exchanges a pairing code for a device token. pairing_code: The code; hyphens, spaces and case do not matter. brand: The maker of the device, at most 100 characters. model: Its model, at most 100 characters. pairing_nonce: A random id of the device''s own, kept until the answer has arrived; without it a used code is over. software_version: The version of its software, at most 100 characters. token_hours: Hours until the token ends, 1 to 24; 24 when absent. Errors: see admit.error_code.';

CREATE FUNCTION admit.device_renew(tenant_id integer, device_id uuid DEFAULT NULL, token_hours integer DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_token
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_token, admit.call($1, 'device.renew',
    pg_catalog.jsonb_build_object('device_id', $2, 'token_hours', $3), $4));
END$$;
COMMENT ON FUNCTION admit.device_renew(integer, uuid, integer, text) IS
'Issues a new token for a device. device_id: The device; absent when the device renews itself. token_hours: Hours until the token ends, 1 to 24; 24 when absent. Errors: see admit.error_code.';

CREATE TYPE admit.device_view AS (
    brand text,
    code_expires_at timestamptz,
    created_at timestamptz,
    device_id uuid,
    event_id uuid,
    event_ids jsonb,
    gate_id uuid,
    last_seen_at timestamptz,
    model text,
    name text,
    paired_at timestamptz,
    profile text,
    revoked_at timestamptz,
    software_version text,
    token_expires_at timestamptz,
    zones jsonb
);
COMMENT ON TYPE admit.device_view IS 'A device without its token.';

CREATE FUNCTION admit.device_assign(tenant_id integer, device_id uuid, gate_id uuid, event_id uuid DEFAULT NULL, event_ids jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_view, admit.call($1, 'device.assign',
    pg_catalog.jsonb_build_object('device_id', $2, 'gate_id', $3, 'event_id', $4, 'event_ids', $5), $6));
END$$;
COMMENT ON FUNCTION admit.device_assign(integer, uuid, uuid, uuid, jsonb, text) IS
'Moves a device to another gate or event. device_id: The device. gate_id: Where it stands. event_id: The only event it scans for; any event of the gate''s venue when absent. event_ids: The events it scans for, 1 to 50, in place of `event_id`. Errors: see admit.error_code.';

CREATE FUNCTION admit.device_revoke(tenant_id integer, device_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.revoked
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.revoked, admit.call($1, 'device.revoke',
    pg_catalog.jsonb_build_object('device_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.device_revoke(integer, uuid, text) IS
'Revokes a device at once. device_id: The device. Errors: see admit.error_code.';

CREATE TYPE admit.device_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.device_page IS 'A page of devices.';

CREATE FUNCTION admit.device_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, venue_id uuid DEFAULT NULL)
RETURNS admit.device_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_page, admit.call($1, 'device.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'venue_id', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.device_list(integer, text, bigint, uuid) IS
'Lists devices. cursor: `next_cursor` of the page before. limit: Devices a page, 1 to 200; 50 when absent. venue_id: Only this venue''s. Errors: see admit.error_code.';

CREATE FUNCTION admit.device_get(tenant_id integer, device_id uuid)
RETURNS admit.device_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_view, admit.call($1, 'device.get',
    pg_catalog.jsonb_build_object('device_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.device_get(integer, uuid) IS
'Reads a device. device_id: The device. Errors: see admit.error_code.';

CREATE FUNCTION admit.device_update(tenant_id integer, device_id uuid, name text DEFAULT NULL, profile text DEFAULT NULL, zones jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_view, admit.call($1, 'device.update',
    pg_catalog.jsonb_build_object('device_id', $2, 'name', $3, 'profile', $4, 'zones', $5), $6));
END$$;
COMMENT ON FUNCTION admit.device_update(integer, uuid, text, text, jsonb, text) IS
'Changes a device''s name, profile or zones. device_id: The device. name: For people, 1 to 200 characters. profile: What it may do, a profile of the tenant. zones: All zones that it guards, at most 32 names; an empty list for none. Errors: see admit.error_code.';

CREATE FUNCTION admit.device_heartbeat(tenant_id integer, device_id uuid DEFAULT NULL, software_version text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_view, admit.call($1, 'device.heartbeat',
    pg_catalog.jsonb_build_object('device_id', $2, 'software_version', $3), $4));
END$$;
COMMENT ON FUNCTION admit.device_heartbeat(integer, uuid, text, text) IS
'Says that a device is alive and reads what it is set to. device_id: The device; absent when the device itself calls. software_version: The version of its software, at most 100 characters, where it has changed. Errors: see admit.error_code.';

CREATE TYPE admit.device_profile_view AS (
    commands jsonb,
    offline_allowed boolean,
    profile text,
    scan_kinds jsonb
);
COMMENT ON TYPE admit.device_profile_view IS 'What devices of a profile may do.';

CREATE FUNCTION admit.device_profile_set(tenant_id integer, offline_allowed boolean, profile text, scan_kinds jsonb, commands jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.device_profile_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_profile_view, admit.call($1, 'device_profile.set',
    pg_catalog.jsonb_build_object('offline_allowed', $2, 'profile', $3, 'scan_kinds', $4, 'commands', $5), $6));
END$$;
COMMENT ON FUNCTION admit.device_profile_set(integer, boolean, text, jsonb, jsonb, text) IS
'Creates or replaces a profile of devices. offline_allowed: Whether its devices may decide without a network. profile: 1 to 40 lower-case letters, digits and underscores. scan_kinds: Kinds of scans that its devices may make. commands: Commands that its devices may call, of those that the role `device` allows; all of them when absent. Errors: see admit.error_code.';

CREATE TYPE admit.device_profile_page AS (
    items jsonb
);
COMMENT ON TYPE admit.device_profile_page IS 'All profiles.';

CREATE FUNCTION admit.device_profile_list(tenant_id integer)
RETURNS admit.device_profile_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.device_profile_page, admit.call($1, 'device_profile.list',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.device_profile_list(integer) IS
'Lists profiles of devices. Errors: see admit.error_code.';

CREATE TYPE admit.staff_code_issued AS (
    staff_code text,
    staff_id uuid
);
COMMENT ON TYPE admit.staff_code_issued IS 'An issued staff code.';

CREATE FUNCTION admit.staff_create(tenant_id integer, name text, role text, event_ids jsonb DEFAULT NULL, venue_ids jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_code_issued
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_code_issued, admit.call($1, 'staff.create',
    pg_catalog.jsonb_build_object('name', $2, 'role', $3, 'event_ids', $4, 'venue_ids', $5), $6));
END$$;
COMMENT ON FUNCTION admit.staff_create(integer, text, text, jsonb, jsonb, text) IS
'Adds a person who works at doors. name: 1 to 200 characters. role: One of the tenant''s roles, such as staff, manager or admin. event_ids: The events where the person works, at most 50; all of the venues when absent. venue_ids: The venues where the person works, at most 50; all when neither these nor events are given. Errors: see admit.error_code.';

CREATE TYPE admit.staff_view AS (
    created_at timestamptz,
    deactivated_at timestamptz,
    event_ids jsonb,
    locked_until timestamptz,
    name text,
    recovery_codes_left bigint,
    role text,
    staff_id uuid,
    totp_enrolled boolean,
    totp_required boolean,
    venue_ids jsonb
);
COMMENT ON TYPE admit.staff_view IS 'A person who works at doors, without codes.';

CREATE FUNCTION admit.staff_get(tenant_id integer, staff_id uuid)
RETURNS admit.staff_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_view, admit.call($1, 'staff.get',
    pg_catalog.jsonb_build_object('staff_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.staff_get(integer, uuid) IS
'Reads a person who works at doors. staff_id: The person. Errors: see admit.error_code.';

CREATE TYPE admit.staff_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.staff_page IS 'A page of people.';

CREATE FUNCTION admit.staff_list(tenant_id integer, active boolean DEFAULT NULL, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, role text DEFAULT NULL, venue_id uuid DEFAULT NULL)
RETURNS admit.staff_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_page, admit.call($1, 'staff.list',
    pg_catalog.jsonb_build_object('active', $2, 'cursor', $3, 'limit', $4, 'role', $5, 'venue_id', $6), NULL));
END$$;
COMMENT ON FUNCTION admit.staff_list(integer, boolean, text, bigint, text, uuid) IS
'Lists people who work at doors. active: Only those who may log in, or only those who may not. cursor: `next_cursor` of the page before. limit: People a page, 1 to 200; 50 when absent. role: Only those of this role. venue_id: Only those who may work at this venue. Errors: see admit.error_code.';

CREATE FUNCTION admit.staff_update(tenant_id integer, staff_id uuid, event_ids jsonb DEFAULT NULL, name text DEFAULT NULL, role text DEFAULT NULL, venue_ids jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_view, admit.call($1, 'staff.update',
    pg_catalog.jsonb_build_object('staff_id', $2, 'event_ids', $3, 'name', $4, 'role', $5, 'venue_ids', $6), $7));
END$$;
COMMENT ON FUNCTION admit.staff_update(integer, uuid, jsonb, text, text, jsonb, text) IS
'Changes a person''s name, role or places. staff_id: The person. event_ids: All events where the person works; an empty list for all of the venues. name: 1 to 200 characters. role: One of the tenant''s roles. venue_ids: All venues where the person works; with `event_ids`, an empty list of both for everywhere. Errors: see admit.error_code.';

CREATE FUNCTION admit.staff_deactivate(tenant_id integer, staff_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_view, admit.call($1, 'staff.deactivate',
    pg_catalog.jsonb_build_object('staff_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.staff_deactivate(integer, uuid, text) IS
'Ends a person''s work at once and for good. staff_id: The person. Errors: see admit.error_code.';

CREATE FUNCTION admit.staff_code(tenant_id integer, staff_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_code_issued
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_code_issued, admit.call($1, 'staff.code',
    pg_catalog.jsonb_build_object('staff_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.staff_code(integer, uuid, text) IS
'Issues a new staff code. staff_id: The person. Errors: see admit.error_code.';

CREATE TYPE admit.staff_settings AS (
    totp_roles jsonb
);
COMMENT ON TYPE admit.staff_settings IS 'Whose log-ins need a second factor.';

CREATE FUNCTION admit.staff_configure(tenant_id integer, totp_roles jsonb, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_settings
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_settings, admit.call($1, 'staff.configure',
    pg_catalog.jsonb_build_object('totp_roles', $2), $3));
END$$;
COMMENT ON FUNCTION admit.staff_configure(integer, jsonb, text) IS
'Says whose log-ins need a second factor. totp_roles: Roles whose people need one, in place of the ones before. Errors: see admit.error_code.';

CREATE TYPE admit.totp_invitation AS (
    enrolment_code text,
    expires_at timestamptz,
    staff_id uuid
);
COMMENT ON TYPE admit.totp_invitation IS 'A code with which a person enrols a second factor.';

CREATE FUNCTION admit.staff_totp_invite(tenant_id integer, staff_id uuid, code_minutes integer DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.totp_invitation
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.totp_invitation, admit.call($1, 'staff.totp_invite',
    pg_catalog.jsonb_build_object('staff_id', $2, 'code_minutes', $3), $4));
END$$;
COMMENT ON FUNCTION admit.staff_totp_invite(integer, uuid, integer, text) IS
'Makes a code with which a person enrols a second factor. staff_id: The person. code_minutes: Minutes until the code ends, 1 to 60; 15 when absent. Errors: see admit.error_code.';

CREATE TYPE admit.totp_enrolment AS (
    otpauth_uri text,
    staff_id uuid,
    totp_secret text
);
COMMENT ON TYPE admit.totp_enrolment IS 'A second factor that waits for its first code.';

CREATE FUNCTION admit.staff_totp_begin(tenant_id integer, enrolment_code text DEFAULT NULL, staff_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.totp_enrolment
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.totp_enrolment, admit.call($1, 'staff.totp_begin',
    pg_catalog.jsonb_build_object('enrolment_code', $2, 'staff_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.staff_totp_begin(integer, text, uuid, text) IS
'Begins to enrol a second factor. enrolment_code: The code of `staff.totp_invite`, for the caller: a badge alone enrols nothing. staff_id: The person; absent for the caller. Others are enrolled by whoever may call `staff.totp_reset`. Errors: see admit.error_code.';

CREATE TYPE admit.totp_confirmed AS (
    recovery_codes jsonb,
    staff_id uuid
);
COMMENT ON TYPE admit.totp_confirmed IS 'A second factor that is in use.';

CREATE FUNCTION admit.staff_totp_confirm(tenant_id integer, totp_code text, enrolment_code text DEFAULT NULL, staff_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.totp_confirmed
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.totp_confirmed, admit.call($1, 'staff.totp_confirm',
    pg_catalog.jsonb_build_object('totp_code', $2, 'enrolment_code', $3, 'staff_id', $4), $5));
END$$;
COMMENT ON FUNCTION admit.staff_totp_confirm(integer, text, text, uuid, text) IS
'Confirms a second factor with its first code. totp_code: Six digits that the app shows now. enrolment_code: The code of `staff.totp_invite` once more, for the caller; it is used up. staff_id: The person; absent for the caller. Others are enrolled by whoever may call `staff.totp_reset`. Errors: see admit.error_code.';

CREATE FUNCTION admit.staff_totp_reset(tenant_id integer, staff_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_view, admit.call($1, 'staff.totp_reset',
    pg_catalog.jsonb_build_object('staff_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.staff_totp_reset(integer, uuid, text) IS
'Removes a person''s second factor. staff_id: The person. Errors: see admit.error_code.';

CREATE TYPE admit.staff_login_answer AS (
    event_id uuid,
    expires_at timestamptz,
    name text,
    outcome text,
    reason text,
    retry_at timestamptz,
    role text,
    session_token text,
    staff_id uuid,
    venue_id uuid
);
COMMENT ON TYPE admit.staff_login_answer IS 'What came of a log-in.';

CREATE FUNCTION admit.staff_login(tenant_id integer, staff_code text, device_id uuid DEFAULT NULL, event_id uuid DEFAULT NULL, recovery_code text DEFAULT NULL, session_hours integer DEFAULT NULL, totp_code text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_login_answer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_login_answer, admit.call($1, 'staff.login',
    pg_catalog.jsonb_build_object('staff_code', $2, 'device_id', $3, 'event_id', $4, 'recovery_code', $5, 'session_hours', $6, 'totp_code', $7), $8));
END$$;
COMMENT ON FUNCTION admit.staff_login(integer, text, uuid, uuid, text, integer, text, text) IS
'Logs a person in on a device. staff_code: The person''s code, as read from a badge or wristband. device_id: The device; absent when the device itself calls. event_id: The event to work at, where the device is bound to several. recovery_code: One of the person''s recovery codes, in place of `totp_code`. session_hours: Hours until the session ends, 1 to 12; 12 when absent. totp_code: Six digits of the person''s authenticator app. Errors: see admit.error_code.';

CREATE TYPE admit.staff_logged_out AS (
    ended_at timestamptz
);
COMMENT ON TYPE admit.staff_logged_out IS 'An acknowledged end of a session.';

CREATE FUNCTION admit.staff_logout(tenant_id integer, session_token text, idempotency_key text DEFAULT NULL)
RETURNS admit.staff_logged_out
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_logged_out, admit.call($1, 'staff.logout',
    pg_catalog.jsonb_build_object('session_token', $2), $3));
END$$;
COMMENT ON FUNCTION admit.staff_logout(integer, text, text) IS
'Ends the caller''s session. Errors: see admit.error_code.';

CREATE TYPE admit.staff_session_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.staff_session_page IS 'A page of sessions.';

CREATE FUNCTION admit.staff_sessions(tenant_id integer, cursor text DEFAULT NULL, device_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, live boolean DEFAULT NULL, staff_id uuid DEFAULT NULL)
RETURNS admit.staff_session_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.staff_session_page, admit.call($1, 'staff.sessions',
    pg_catalog.jsonb_build_object('cursor', $2, 'device_id', $3, 'limit', $4, 'live', $5, 'staff_id', $6), NULL));
END$$;
COMMENT ON FUNCTION admit.staff_sessions(integer, text, uuid, bigint, boolean, uuid) IS
'Lists people''s sessions on devices. cursor: `next_cursor` of the page before. device_id: Only those on this device. limit: Sessions a page, 1 to 200; 50 when absent. live: Only those that are good now, or only those that are over, as when their device''s token is. staff_id: Only this person''s. Errors: see admit.error_code.';

CREATE TYPE admit.journal_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.journal_page IS 'A page of the journal.';

CREATE FUNCTION admit.staff_activity(tenant_id integer, staff_id uuid, action text DEFAULT NULL, cursor text DEFAULT NULL, device_id uuid DEFAULT NULL, event_id uuid DEFAULT NULL, "from" timestamptz DEFAULT NULL, gate_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, until timestamptz DEFAULT NULL)
RETURNS admit.journal_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.journal_page, admit.call($1, 'staff.activity',
    pg_catalog.jsonb_build_object('staff_id', $2, 'action', $3, 'cursor', $4, 'device_id', $5, 'event_id', $6, 'from', $7, 'gate_id', $8, 'limit', $9, 'until', $10), NULL));
END$$;
COMMENT ON FUNCTION admit.staff_activity(integer, uuid, text, text, uuid, uuid, timestamptz, uuid, bigint, timestamptz) IS
'Lists what a person did. staff_id: The person. action: Only this action, or with a dot at its end, such as `scan.`, all of a domain. cursor: `next_cursor` of the page before. device_id: Only on this device. event_id: Only this event''s. from: Only from this time on. gate_id: Only this gate''s. limit: Entries a page, 1 to 200; 50 when absent. until: Only before this time. Errors: see admit.error_code.';

CREATE TYPE admit.fee_version_view AS (
    created_at timestamptz,
    fee_version bigint,
    rounding text,
    rules jsonb,
    scope text,
    scope_id uuid
);
COMMENT ON TYPE admit.fee_version_view IS 'One immutable version of a scope''s fees.';

CREATE FUNCTION admit.fee_set(tenant_id integer, rules jsonb, scope text, rounding text DEFAULT NULL, scope_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.fee_version_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.fee_version_view, admit.call($1, 'fee.set',
    pg_catalog.jsonb_build_object('rules', $2, 'scope', $3, 'rounding', $4, 'scope_id', $5), $6));
END$$;
COMMENT ON FUNCTION admit.fee_set(integer, jsonb, text, text, uuid, text) IS
'Sets the fees of a scope as a new version. rules: The rules; an empty list gives every rule back to the wider scopes. scope: Whose fees. rounding: How a percentage of an amount becomes minor units; `half_up` when absent. scope_id: The venue, event or gate; absent for the platform default. Errors: see admit.error_code.';

CREATE FUNCTION admit.fee_get(tenant_id integer, scope text, scope_id uuid DEFAULT NULL)
RETURNS admit.fee_version_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.fee_version_view, admit.call($1, 'fee.get',
    pg_catalog.jsonb_build_object('scope', $2, 'scope_id', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.fee_get(integer, text, uuid) IS
'Reads a scope''s current fees. scope: Whose fees. scope_id: The venue, event or gate; absent for the platform default. Errors: see admit.error_code.';

CREATE TYPE admit.fee_version_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.fee_version_page IS 'A page of fee versions.';

CREATE FUNCTION admit.fee_versions(tenant_id integer, scope text, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, scope_id uuid DEFAULT NULL)
RETURNS admit.fee_version_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.fee_version_page, admit.call($1, 'fee.versions',
    pg_catalog.jsonb_build_object('scope', $2, 'cursor', $3, 'limit', $4, 'scope_id', $5), NULL));
END$$;
COMMENT ON FUNCTION admit.fee_versions(integer, text, text, bigint, uuid) IS
'Lists the versions of a scope''s fees. scope: Whose fees. cursor: `next_cursor` of the page before. limit: Versions a page, 1 to 200; 50 when absent. scope_id: The venue, event or gate; absent for the platform default. Errors: see admit.error_code.';

CREATE TYPE admit.fee_previewed AS (
    charges jsonb,
    currency text,
    total_cents bigint
);
COMMENT ON TYPE admit.fee_previewed IS 'A charge as it would be booked.';

CREATE FUNCTION admit.fee_preview(tenant_id integer, action text, event_id uuid, amount_cents bigint DEFAULT NULL, gate_id uuid DEFAULT NULL)
RETURNS admit.fee_previewed
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.fee_previewed, admit.call($1, 'fee.preview',
    pg_catalog.jsonb_build_object('action', $2, 'event_id', $3, 'amount_cents', $4, 'gate_id', $5), NULL));
END$$;
COMMENT ON FUNCTION admit.fee_preview(integer, text, uuid, bigint, uuid) IS
'Computes a charge without booking it. action: What is charged for. event_id: The event. amount_cents: The sale''s amount in minor units; only for concession, merchandise and general. gate_id: The gate; without it the gate''s own fees are not applied. Errors: see admit.error_code.';

CREATE TYPE admit.account_view AS (
    account_id uuid,
    balance_cents bigint,
    currency text,
    kind text,
    name text
);
COMMENT ON TYPE admit.account_view IS 'An account.';

CREATE FUNCTION admit.account_create(tenant_id integer, currency text, kind text, name text, idempotency_key text DEFAULT NULL)
RETURNS admit.account_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.account_view, admit.call($1, 'account.create',
    pg_catalog.jsonb_build_object('currency', $2, 'kind', $3, 'name', $4), $5));
END$$;
COMMENT ON FUNCTION admit.account_create(integer, text, text, text, text) IS
'Creates a vendor''s, promoter''s, organizer''s or tax account. currency: Its currency. kind: vendor, promoter, organizer or tax; the others are made by admit. name: 1 to 200 characters, unique for its kind and currency. Errors: see admit.error_code.';

CREATE FUNCTION admit.account_get(tenant_id integer, account_id uuid)
RETURNS admit.account_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.account_view, admit.call($1, 'account.get',
    pg_catalog.jsonb_build_object('account_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.account_get(integer, uuid) IS
'Reads an account with its exact balance. account_id: The account. Errors: see admit.error_code.';

CREATE TYPE admit.account_page AS (
    items jsonb
);
COMMENT ON TYPE admit.account_page IS 'All accounts.';

CREATE FUNCTION admit.account_list(tenant_id integer)
RETURNS admit.account_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.account_page, admit.call($1, 'account.list',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.account_list(integer) IS
'Lists accounts with their exact balances. Errors: see admit.error_code.';

CREATE TYPE admit.wallet_opened AS (
    balance_cents bigint,
    binding text,
    currency text,
    event_id uuid,
    expires_at timestamptz,
    restored boolean,
    session_token text,
    venue_id uuid,
    wallet_id uuid
);
COMMENT ON TYPE admit.wallet_opened IS 'An opened wallet and its session.';

CREATE FUNCTION admit.wallet_open(tenant_id integer, event_id uuid, venue_id uuid, binding text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.wallet_opened
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_opened, admit.call($1, 'wallet.open',
    pg_catalog.jsonb_build_object('event_id', $2, 'venue_id', $3, 'binding', $4), $5));
END$$;
COMMENT ON FUNCTION admit.wallet_open(integer, uuid, uuid, text, text) IS
'Opens or restores a wallet without any login. event_id: The event. venue_id: The event''s venue. binding: A secret of the device, 16 to 200 characters; made here when absent. Errors: see admit.error_code.';

CREATE FUNCTION admit.wallet_recover(tenant_id integer, recovery_code text, binding text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.wallet_opened
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_opened, admit.call($1, 'wallet.recover',
    pg_catalog.jsonb_build_object('recovery_code', $2, 'binding', $3), $4));
END$$;
COMMENT ON FUNCTION admit.wallet_recover(integer, text, text, text) IS
'Takes a wallet over to a second device. recovery_code: The code from `wallet.recovery`. binding: A secret of the new device, 16 to 200 characters; made here when absent. Errors: see admit.error_code.';

CREATE TYPE admit.recovery_code AS (
    expires_at timestamptz,
    recovery_code text
);
COMMENT ON TYPE admit.recovery_code IS 'A recovery code.';

CREATE FUNCTION admit.wallet_recovery(tenant_id integer, session_token text, idempotency_key text DEFAULT NULL)
RETURNS admit.recovery_code
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.recovery_code, admit.call($1, 'wallet.recovery',
    pg_catalog.jsonb_build_object('session_token', $2), $3));
END$$;
COMMENT ON FUNCTION admit.wallet_recovery(integer, text, text) IS
'Makes a recovery code for a second device. Errors: see admit.error_code.';

CREATE TYPE admit.wallet_session_token AS (
    expires_at timestamptz,
    session_token text
);
COMMENT ON TYPE admit.wallet_session_token IS 'A fresh session.';

CREATE FUNCTION admit.wallet_refresh(tenant_id integer, session_token text, idempotency_key text DEFAULT NULL)
RETURNS admit.wallet_session_token
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_session_token, admit.call($1, 'wallet.refresh',
    pg_catalog.jsonb_build_object('session_token', $2), $3));
END$$;
COMMENT ON FUNCTION admit.wallet_refresh(integer, text, text) IS
'Replaces the session token by a fresh one. Errors: see admit.error_code.';

CREATE TYPE admit.wallet_logged_out AS (
    ended_at timestamptz
);
COMMENT ON TYPE admit.wallet_logged_out IS 'An ended session.';

CREATE FUNCTION admit.wallet_logout(tenant_id integer, session_token text, idempotency_key text DEFAULT NULL)
RETURNS admit.wallet_logged_out
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_logged_out, admit.call($1, 'wallet.logout',
    pg_catalog.jsonb_build_object('session_token', $2), $3));
END$$;
COMMENT ON FUNCTION admit.wallet_logout(integer, text, text) IS
'Ends the session. Errors: see admit.error_code.';

CREATE TYPE admit.wallet_view AS (
    balance_cents bigint,
    created_at timestamptz,
    currency text,
    entries integer,
    event_id uuid,
    inside boolean,
    state text,
    venue_id uuid,
    wallet_id uuid
);
COMMENT ON TYPE admit.wallet_view IS 'A wallet.';

CREATE FUNCTION admit.wallet_get(tenant_id integer, session_token text)
RETURNS admit.wallet_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_view, admit.call($1, 'wallet.get',
    pg_catalog.jsonb_build_object('session_token', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.wallet_get(integer, text) IS
'Reads the caller''s wallet. Errors: see admit.error_code.';

CREATE TYPE admit.history_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.history_page IS 'A page of history.';

CREATE FUNCTION admit.wallet_history(tenant_id integer, session_token text, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL)
RETURNS admit.history_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.history_page, admit.call($1, 'wallet.history',
    pg_catalog.jsonb_build_object('session_token', $2, 'cursor', $3, 'limit', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.wallet_history(integer, text, text, bigint) IS
'Lists the caller''s journal entries. cursor: `next_cursor` of the page before. limit: Entries a page, 1 to 200; 50 when absent. Errors: see admit.error_code.';

CREATE TYPE admit.wallet_linked AS (
    kind text,
    linked_at timestamptz
);
COMMENT ON TYPE admit.wallet_linked IS 'A linked contact.';

CREATE FUNCTION admit.wallet_link(tenant_id integer, session_token text, kind text, value text, idempotency_key text DEFAULT NULL)
RETURNS admit.wallet_linked
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_linked, admit.call($1, 'wallet.link',
    pg_catalog.jsonb_build_object('session_token', $2, 'kind', $3, 'value', $4), $5));
END$$;
COMMENT ON FUNCTION admit.wallet_link(integer, text, text, text, text) IS
'Links the caller''s wallet to a contact. kind: What kind. value: The number, address or subject, at most 320 characters. Errors: see admit.error_code.';

CREATE FUNCTION admit.wallet_lookup(tenant_id integer, wallet_id uuid)
RETURNS admit.wallet_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_view, admit.call($1, 'wallet.lookup',
    pg_catalog.jsonb_build_object('wallet_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.wallet_lookup(integer, uuid) IS
'Reads any wallet. wallet_id: The wallet. Errors: see admit.error_code.';

CREATE FUNCTION admit.wallet_freeze(tenant_id integer, reason text, wallet_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.wallet_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_view, admit.call($1, 'wallet.freeze',
    pg_catalog.jsonb_build_object('reason', $2, 'wallet_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.wallet_freeze(integer, text, uuid, text) IS
'Freezes a wallet. reason: Why; recorded. 1 to 500 characters. wallet_id: The wallet. Errors: see admit.error_code.';

CREATE FUNCTION admit.wallet_unfreeze(tenant_id integer, reason text, wallet_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.wallet_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.wallet_view, admit.call($1, 'wallet.unfreeze',
    pg_catalog.jsonb_build_object('reason', $2, 'wallet_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.wallet_unfreeze(integer, text, uuid, text) IS
'Lifts a freeze. reason: Why; recorded. 1 to 500 characters. wallet_id: The wallet. Errors: see admit.error_code.';

CREATE TYPE admit.policy_view AS (
    event_id uuid,
    policy jsonb
);
COMMENT ON TYPE admit.policy_view IS 'The policy of an event.';

CREATE FUNCTION admit.policy_set(tenant_id integer, event_id uuid, policy jsonb DEFAULT NULL, template text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.policy_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.policy_view, admit.call($1, 'policy.set',
    pg_catalog.jsonb_build_object('event_id', $2, 'policy', $3, 'template', $4), $5));
END$$;
COMMENT ON FUNCTION admit.policy_set(integer, uuid, jsonb, text, text) IS
'Replaces the rules of an event''s doors. event_id: The event. policy: Its rules; with a template those that differ from it. template: standard, festival, concert, conference or vip. Errors: see admit.error_code.';

CREATE FUNCTION admit.policy_get(tenant_id integer, event_id uuid)
RETURNS admit.policy_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.policy_view, admit.call($1, 'policy.get',
    pg_catalog.jsonb_build_object('event_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.policy_get(integer, uuid) IS
'Reads the rules of an event''s doors. event_id: The event. Errors: see admit.error_code.';

CREATE TYPE admit.policy_template_page AS (
    items jsonb
);
COMMENT ON TYPE admit.policy_template_page IS 'All ready-made policies.';

CREATE FUNCTION admit.policy_template_list(tenant_id integer)
RETURNS admit.policy_template_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.policy_template_page, admit.call($1, 'policy_template.list',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.policy_template_list(integer) IS
'Lists ready-made policies. Errors: see admit.error_code.';

CREATE TYPE admit.conflict_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.conflict_page IS 'A page of conflicts.';

CREATE FUNCTION admit.scan_conflict_list(tenant_id integer, cursor text DEFAULT NULL, device_id uuid DEFAULT NULL, event_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, resolved boolean DEFAULT NULL)
RETURNS admit.conflict_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.conflict_page, admit.call($1, 'scan_conflict.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'device_id', $3, 'event_id', $4, 'limit', $5, 'resolved', $6), NULL));
END$$;
COMMENT ON FUNCTION admit.scan_conflict_list(integer, text, uuid, uuid, bigint, boolean) IS
'Lists conflicts that scans without a network left. cursor: `next_cursor` of the page before. device_id: Only of this device. event_id: Only this event''s. limit: Conflicts a page, 1 to 200; 50 when absent. resolved: Only those that are resolved, or that are not. Errors: see admit.error_code.';

CREATE TYPE admit.conflict_view AS (
    detected_at timestamptz,
    device_id uuid,
    event_id uuid,
    gate_id uuid,
    note text,
    other_scan_id uuid,
    reason text,
    resolved_at timestamptz,
    scan_id uuid,
    scanned_at timestamptz,
    ticket_id uuid,
    verdict text,
    wallet_id uuid
);
COMMENT ON TYPE admit.conflict_view IS 'A conflict that a scan without a network left.';

CREATE FUNCTION admit.scan_conflict_resolve(tenant_id integer, note text, scan_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.conflict_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.conflict_view, admit.call($1, 'scan_conflict.resolve',
    pg_catalog.jsonb_build_object('note', $2, 'scan_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.scan_conflict_resolve(integer, text, uuid, text) IS
'Says what staff found out about a conflict. note: What it was, 1 to 500 characters. scan_id: The scan in conflict. Errors: see admit.error_code.';

CREATE TYPE admit.manifest_view AS (
    kind text,
    made_at timestamptz,
    manifest text,
    not_after timestamptz,
    position text,
    server_time timestamptz,
    version text
);
COMMENT ON TYPE admit.manifest_view IS 'A signed manifest.';

CREATE FUNCTION admit.manifest_changes(tenant_id integer, event_id uuid, since text DEFAULT NULL)
RETURNS admit.manifest_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.manifest_view, admit.call($1, 'manifest.changes',
    pg_catalog.jsonb_build_object('event_id', $2, 'since', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.manifest_changes(integer, uuid, text) IS
'Reads what happened to an event''s tickets, for all its gates alike. event_id: The event. since: `position` of an answer or manifest from before; now when absent. Errors: see admit.error_code.';

CREATE FUNCTION admit.manifest_get(tenant_id integer, event_id uuid, codes boolean DEFAULT NULL, filter boolean DEFAULT NULL, since text DEFAULT NULL, tickets boolean DEFAULT NULL)
RETURNS admit.manifest_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.manifest_view, admit.call($1, 'manifest.get',
    pg_catalog.jsonb_build_object('event_id', $2, 'codes', $3, 'filter', $4, 'since', $5, 'tickets', $6), NULL));
END$$;
COMMENT ON FUNCTION admit.manifest_get(integer, uuid, boolean, boolean, text, boolean) IS
'Reads what a gate needs to decide without a network. event_id: The event. codes: Whether it lists hashes of all tickets'' codes, so that codes can be read; `false` when absent. filter: Whether it has a filter of all good tickets, a quarter of their list''s size; `false` when absent. since: `position` of the manifest that the caller has. tickets: Whether it lists all good tickets, too; `false` when absent. Errors: see admit.error_code.';

CREATE TYPE admit.scan_answer AS (
    action text,
    actor_id uuid,
    actor_kind text,
    balance_cents bigint,
    charged_cents bigint,
    charges jsonb,
    currency text,
    device_id uuid,
    entry_number integer,
    event_id uuid,
    gate_id uuid,
    inside boolean,
    offline jsonb,
    outcome text,
    override_reason text,
    passes_at timestamptz,
    prior jsonb,
    reason text,
    receipt text,
    recorded_at timestamptz,
    rule text,
    scan_id uuid,
    scanned_at timestamptz,
    ticket_id uuid,
    ticket_type_id uuid,
    wallet_id uuid
);
COMMENT ON TYPE admit.scan_answer IS 'What a scan decided.';

CREATE FUNCTION admit.scan_override(tenant_id integer, event_id uuid, gate_id uuid, reason text, token text, nonce uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.scan_answer
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.scan_answer, admit.call($1, 'scan.override',
    pg_catalog.jsonb_build_object('event_id', $2, 'gate_id', $3, 'reason', $4, 'token', $5, 'nonce', $6), $7));
END$$;
COMMENT ON FUNCTION admit.scan_override(integer, uuid, uuid, text, text, uuid, text) IS
'Lets a wallet in in spite of a denial. event_id: The event. gate_id: The gate. reason: Why, 1 to 500 characters. token: The wallet''s session token or a ticket in any of its forms. nonce: A number for this override; the Idempotency-Key header when absent. Errors: see admit.error_code.';

CREATE TYPE admit.scan_preview AS (
    action text,
    balance_cents bigint,
    charged_cents bigint,
    charges jsonb,
    currency text,
    entry_number integer,
    event_id uuid,
    gate_id uuid,
    inside boolean,
    outcome text,
    passes_at timestamptz,
    prior jsonb,
    reason text,
    rule text,
    ticket_id uuid,
    ticket_type_id uuid,
    wallet_id uuid
);
COMMENT ON TYPE admit.scan_preview IS 'What a scan would come to.';

CREATE FUNCTION admit.scan_check(tenant_id integer, kind text, token text, amount_cents bigint DEFAULT NULL, device_id uuid DEFAULT NULL, event_id uuid DEFAULT NULL, gate_id uuid DEFAULT NULL, items jsonb DEFAULT NULL)
RETURNS admit.scan_preview
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.scan_preview, admit.call($1, 'scan.check',
    pg_catalog.jsonb_build_object('kind', $2, 'token', $3, 'amount_cents', $4, 'device_id', $5, 'event_id', $6, 'gate_id', $7, 'items', $8), NULL));
END$$;
COMMENT ON FUNCTION admit.scan_check(integer, text, text, bigint, uuid, uuid, uuid, jsonb) IS
'Says what a scan would come to, and stores nothing. kind: What the scan is for. token: The wallet''s session token or a ticket in any of its forms, as read by the device. amount_cents: What the sale costs, in minor units; or give the items. device_id: The scanning device; only for callers that are no device themselves. event_id: The event; the device''s when absent. gate_id: The gate; the device''s when absent. items: What is sold; or give the amount. Errors: see admit.error_code.';

CREATE TYPE admit.scan_annulled AS (
    annulled_at timestamptz,
    balance_cents bigint,
    entry_id uuid,
    inside boolean,
    returned_cents bigint,
    scan_id uuid
);
COMMENT ON TYPE admit.scan_annulled IS 'A scan that was taken back.';

CREATE FUNCTION admit.scan_annul(tenant_id integer, reason text, scan_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.scan_annulled
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.scan_annulled, admit.call($1, 'scan.annul',
    pg_catalog.jsonb_build_object('reason', $2, 'scan_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.scan_annul(integer, text, uuid, text) IS
'Takes a mistaken scan back. reason: Why, 1 to 500 characters. scan_id: The admitted scan. Errors: see admit.error_code.';

CREATE TYPE admit.scan_uploaded AS (
    clock_offset_ms bigint,
    conflict_count integer,
    duplicate_count integer,
    error_count integer,
    received_at timestamptz,
    success_count integer,
    verdicts jsonb
);
COMMENT ON TYPE admit.scan_uploaded IS 'What became of an upload.';

CREATE FUNCTION admit.scan_upload(tenant_id integer, scans jsonb, sent_at timestamptz, device_id uuid DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.scan_uploaded
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.scan_uploaded, admit.call($1, 'scan.upload',
    pg_catalog.jsonb_build_object('scans', $2, 'sent_at', $3, 'device_id', $4), $5));
END$$;
COMMENT ON FUNCTION admit.scan_upload(integer, jsonb, timestamptz, uuid, text) IS
'Books scans that a device made without a network. scans: The scans, in any order. sent_at: The device''s clock when it sends this. device_id: The device that scanned; only for callers that are no device themselves. Errors: see admit.error_code.';

CREATE TYPE admit.scan_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.scan_page IS 'A page of scans.';

CREATE FUNCTION admit.scan_list(tenant_id integer, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, gate_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, outcome text DEFAULT NULL, wallet_id uuid DEFAULT NULL)
RETURNS admit.scan_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.scan_page, admit.call($1, 'scan.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'event_id', $3, 'gate_id', $4, 'limit', $5, 'outcome', $6, 'wallet_id', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.scan_list(integer, text, uuid, uuid, bigint, text, uuid) IS
'Lists scans. cursor: `next_cursor` of the page before. event_id: Only this event''s. gate_id: Only at this gate. limit: Scans a page, 1 to 200; 50 when absent. outcome: Only these. wallet_id: Only this wallet''s. Errors: see admit.error_code.';

CREATE TYPE admit.ticket_type_view AS (
    available bigint,
    created_at timestamptz,
    currency text,
    description text,
    event_id uuid,
    fees_cents bigint,
    held bigint,
    name text,
    offer text,
    on_sale boolean,
    order_max integer,
    pass_days integer,
    pool_ids jsonb,
    price_cents bigint,
    sale_ends_at timestamptz,
    sale_starts_at timestamptz,
    seat_areas jsonb,
    sold bigint,
    status text,
    tax_cents bigint,
    ticket_type_id uuid,
    total bigint,
    updated_at timestamptz,
    valid_from timestamptz,
    valid_until timestamptz,
    wallet_max integer,
    zones jsonb
);
COMMENT ON TYPE admit.ticket_type_view IS 'A ticket type.';

CREATE FUNCTION admit.ticket_type_create(tenant_id integer, event_id uuid, name text, description text DEFAULT NULL, offer text DEFAULT NULL, order_max integer DEFAULT NULL, pass_days integer DEFAULT NULL, pool_ids jsonb DEFAULT NULL, price_cents bigint DEFAULT NULL, sale_ends_at text DEFAULT NULL, sale_starts_at text DEFAULT NULL, seat_areas jsonb DEFAULT NULL, total bigint DEFAULT NULL, valid_from text DEFAULT NULL, valid_until text DEFAULT NULL, wallet_max integer DEFAULT NULL, zones jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.ticket_type_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_type_view, admit.call($1, 'ticket_type.create',
    pg_catalog.jsonb_build_object('event_id', $2, 'name', $3, 'description', $4, 'offer', $5, 'order_max', $6, 'pass_days', $7, 'pool_ids', $8, 'price_cents', $9, 'sale_ends_at', $10, 'sale_starts_at', $11, 'seat_areas', $12, 'total', $13, 'valid_from', $14, 'valid_until', $15, 'wallet_max', $16, 'zones', $17), $18));
END$$;
COMMENT ON FUNCTION admit.ticket_type_create(integer, uuid, text, text, text, integer, integer, jsonb, bigint, text, text, jsonb, bigint, text, text, integer, jsonb, text) IS
'Creates a ticket type. event_id: The event. name: 1 to 200 characters. description: At most 5,000 characters. offer: public, hidden or staff; public when absent. order_max: At most this many in one order, 1 to 100; 10 when absent. pass_days: Makes it a pass: it admits on so many days of the event, 1 to 366. pool_ids: Shared pools that it draws on as well. price_cents: Price of one in minor units of the event''s currency, without fees and taxes; 0 is free. When absent the event''s ticket_price_cents, or its pass_prices_cents for so many pass_days. sale_ends_at: When the sale closes; with the event''s end when absent. sale_starts_at: When the sale opens; at once when absent. seat_areas: Areas of the event''s layout that its seats are in, at most 50; places without seats when absent. total: How many there are; no limit of its own when absent. valid_from: From when it admits; with the event''s start when absent. valid_until: Until when it admits; to the event''s end when absent. wallet_max: At most this many for one wallet; no limit when absent. zones: Zones that it opens, such as GA or VIP; at most 16. Errors: see admit.error_code.';

CREATE FUNCTION admit.ticket_type_get(tenant_id integer, ticket_type_id uuid, session_token text DEFAULT NULL)
RETURNS admit.ticket_type_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_type_view, admit.call($1, 'ticket_type.get',
    pg_catalog.jsonb_build_object('ticket_type_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.ticket_type_get(integer, uuid, text) IS
'Reads a ticket type with its availability. ticket_type_id: The ticket type. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.ticket_type_page AS (
    items jsonb
);
COMMENT ON TYPE admit.ticket_type_page IS 'An event''s ticket types.';

CREATE FUNCTION admit.ticket_type_list(tenant_id integer, event_id uuid, session_token text DEFAULT NULL)
RETURNS admit.ticket_type_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_type_page, admit.call($1, 'ticket_type.list',
    pg_catalog.jsonb_build_object('event_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.ticket_type_list(integer, uuid, text) IS
'Lists an event''s ticket types with their availability. event_id: The event. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.ticket_type_update(tenant_id integer, ticket_type_id uuid, description text DEFAULT NULL, name text DEFAULT NULL, offer text DEFAULT NULL, order_max integer DEFAULT NULL, price_cents bigint DEFAULT NULL, sale_ends_at text DEFAULT NULL, sale_starts_at text DEFAULT NULL, status text DEFAULT NULL, total bigint DEFAULT NULL, valid_from text DEFAULT NULL, valid_until text DEFAULT NULL, wallet_max integer DEFAULT NULL, zones jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.ticket_type_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_type_view, admit.call($1, 'ticket_type.update',
    pg_catalog.jsonb_build_object('ticket_type_id', $2, 'description', $3, 'name', $4, 'offer', $5, 'order_max', $6, 'price_cents', $7, 'sale_ends_at', $8, 'sale_starts_at', $9, 'status', $10, 'total', $11, 'valid_from', $12, 'valid_until', $13, 'wallet_max', $14, 'zones', $15), $16));
END$$;
COMMENT ON FUNCTION admit.ticket_type_update(integer, uuid, text, text, text, integer, bigint, text, text, text, bigint, text, text, integer, jsonb, text) IS
'Changes or archives a ticket type. ticket_type_id: The ticket type. description: At most 5,000 characters. name: 1 to 200 characters. offer: public, hidden or staff. order_max: At most this many in one order. price_cents: Price of one; orders that exist keep theirs. sale_ends_at: When the sale closes. sale_starts_at: When the sale opens. status: active, inactive or archived; an archived type stays archived. total: How many there are; not less than are held and sold. A type without a limit gets one by it, and none loses its own. valid_from: From when it admits. valid_until: Until when it admits. wallet_max: At most this many for one wallet; only where there was a limit from the beginning. zones: Zones that it opens. Errors: see admit.error_code.';

CREATE TYPE admit.pool_view AS (
    available bigint,
    event_id uuid,
    held bigint,
    kind text,
    name text,
    pool_id uuid,
    sold bigint,
    total bigint
);
COMMENT ON TYPE admit.pool_view IS 'A pool of places.';

CREATE FUNCTION admit.pool_create(tenant_id integer, event_id uuid, name text, total bigint, idempotency_key text DEFAULT NULL)
RETURNS admit.pool_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.pool_view, admit.call($1, 'pool.create',
    pg_catalog.jsonb_build_object('event_id', $2, 'name', $3, 'total', $4), $5));
END$$;
COMMENT ON FUNCTION admit.pool_create(integer, uuid, text, bigint, text) IS
'Creates a pool of places that ticket types share. event_id: The event. name: 1 to 200 characters. total: How many places there are. Errors: see admit.error_code.';

CREATE TYPE admit.pool_page AS (
    items jsonb
);
COMMENT ON TYPE admit.pool_page IS 'An event''s pools.';

CREATE FUNCTION admit.pool_list(tenant_id integer, event_id uuid)
RETURNS admit.pool_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.pool_page, admit.call($1, 'pool.list',
    pg_catalog.jsonb_build_object('event_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.pool_list(integer, uuid) IS
'Lists an event''s pools with what is free, held and sold. event_id: The event. Errors: see admit.error_code.';

CREATE FUNCTION admit.pool_update(tenant_id integer, pool_id uuid, name text DEFAULT NULL, total bigint DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.pool_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.pool_view, admit.call($1, 'pool.update',
    pg_catalog.jsonb_build_object('pool_id', $2, 'name', $3, 'total', $4), $5));
END$$;
COMMENT ON FUNCTION admit.pool_update(integer, uuid, text, bigint, text) IS
'Changes a shared pool. pool_id: The pool. name: 1 to 200 characters. total: How many places there are; not less than are held and sold. Errors: see admit.error_code.';

CREATE TYPE admit.seat_layout_view AS (
    areas jsonb,
    created_at timestamptz,
    layout jsonb,
    layout_id uuid,
    name text,
    seat_count integer,
    venue_id uuid
);
COMMENT ON TYPE admit.seat_layout_view IS 'A layout of seats.';

CREATE FUNCTION admit.seat_layout_create(tenant_id integer, layout jsonb, name text, venue_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.seat_layout_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seat_layout_view, admit.call($1, 'seat_layout.create',
    pg_catalog.jsonb_build_object('layout', $2, 'name', $3, 'venue_id', $4), $5));
END$$;
COMMENT ON FUNCTION admit.seat_layout_create(integer, jsonb, text, uuid, text) IS
'Describes a venue''s seats. layout: Its sections with their rows and seats. name: 1 to 200 characters. venue_id: The venue. Errors: see admit.error_code.';

CREATE FUNCTION admit.seat_layout_get(tenant_id integer, layout_id uuid)
RETURNS admit.seat_layout_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seat_layout_view, admit.call($1, 'seat_layout.get',
    pg_catalog.jsonb_build_object('layout_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.seat_layout_get(integer, uuid) IS
'Reads a layout of seats. layout_id: The layout. Errors: see admit.error_code.';

CREATE TYPE admit.seat_layout_page AS (
    items jsonb
);
COMMENT ON TYPE admit.seat_layout_page IS 'A venue''s layouts.';

CREATE FUNCTION admit.seat_layout_list(tenant_id integer, venue_id uuid)
RETURNS admit.seat_layout_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seat_layout_page, admit.call($1, 'seat_layout.list',
    pg_catalog.jsonb_build_object('venue_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.seat_layout_list(integer, uuid) IS
'Lists a venue''s layouts of seats. venue_id: The venue. Errors: see admit.error_code.';

CREATE TYPE admit.seating_view AS (
    event_id uuid,
    layout_id uuid,
    seat_count integer,
    single_seats boolean
);
COMMENT ON TYPE admit.seating_view IS 'How an event is seated.';

CREATE FUNCTION admit.seating_set(tenant_id integer, event_id uuid, layout_id uuid, single_seats boolean DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.seating_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seating_view, admit.call($1, 'seating.set',
    pg_catalog.jsonb_build_object('event_id', $2, 'layout_id', $3, 'single_seats', $4), $5));
END$$;
COMMENT ON FUNCTION admit.seating_set(integer, uuid, uuid, boolean, text) IS
'Seats an event by a layout. event_id: The event. layout_id: A layout of the event''s venue. single_seats: Whether buyers who pick seats may leave a single free one though they need not; `true` when absent. Errors: see admit.error_code.';

CREATE TYPE admit.event_seat_map AS (
    areas jsonb,
    as_of timestamptz,
    event_id uuid,
    layout_id uuid,
    sections jsonb,
    single_seats boolean
);
COMMENT ON TYPE admit.event_seat_map IS 'An event''s seats with their states.';

CREATE FUNCTION admit.seat_map(tenant_id integer, event_id uuid, session_token text DEFAULT NULL)
RETURNS admit.event_seat_map
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.event_seat_map, admit.call($1, 'seat.map',
    pg_catalog.jsonb_build_object('event_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.seat_map(integer, uuid, text) IS
'Reads an event''s seats with their states. event_id: The event. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.seats_changed AS (
    changed integer,
    event_id uuid
);
COMMENT ON TYPE admit.seats_changed IS 'Seats that are blocked now, or free again.';

CREATE FUNCTION admit.seat_block(tenant_id integer, event_id uuid, rows jsonb DEFAULT NULL, seats jsonb DEFAULT NULL, section text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.seats_changed
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seats_changed, admit.call($1, 'seat.block',
    pg_catalog.jsonb_build_object('event_id', $2, 'rows', $3, 'seats', $4, 'section', $5), $6));
END$$;
COMMENT ON FUNCTION admit.seat_block(integer, uuid, jsonb, jsonb, text, text) IS
'Takes free seats out of the sale. event_id: The event. rows: Only these rows of the section. seats: 1 to 2,000 seats; or give the section. section: Every seat of this section. Errors: see admit.error_code.';

CREATE FUNCTION admit.seat_unblock(tenant_id integer, event_id uuid, rows jsonb DEFAULT NULL, seats jsonb DEFAULT NULL, section text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.seats_changed
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seats_changed, admit.call($1, 'seat.unblock',
    pg_catalog.jsonb_build_object('event_id', $2, 'rows', $3, 'seats', $4, 'section', $5), $6));
END$$;
COMMENT ON FUNCTION admit.seat_unblock(integer, uuid, jsonb, jsonb, text, text) IS
'Puts blocked seats back on sale. event_id: The event. rows: Only these rows of the section. seats: 1 to 2,000 seats; or give the section. section: Every seat of this section. Errors: see admit.error_code.';

CREATE TYPE admit.hold_view AS (
    created_at timestamptz,
    event_id uuid,
    expires_at timestamptz,
    hold_id uuid,
    lines jsonb,
    state text,
    wallet_id uuid
);
COMMENT ON TYPE admit.hold_view IS 'A hold.';

CREATE FUNCTION admit.hold_create(tenant_id integer, lines jsonb, hold_id uuid DEFAULT NULL, partial boolean DEFAULT NULL, wallet_id uuid DEFAULT NULL, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.hold_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.hold_view, admit.call($1, 'hold.create',
    pg_catalog.jsonb_build_object('lines', $2, 'hold_id', $3, 'partial', $4, 'wallet_id', $5, 'session_token', $6), $7));
END$$;
COMMENT ON FUNCTION admit.hold_create(integer, jsonb, uuid, boolean, uuid, text, text) IS
'Holds places for a buyer. lines: What is held; all of one event. hold_id: A new UUID that makes it safe to try again; the Idempotency-Key header when absent. partial: Whether fewer places than asked for will do; `false` when absent. wallet_id: The buyer''s wallet; only for callers that are no wallet themselves. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.hold_get(tenant_id integer, hold_id uuid, session_token text DEFAULT NULL)
RETURNS admit.hold_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.hold_view, admit.call($1, 'hold.get',
    pg_catalog.jsonb_build_object('hold_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.hold_get(integer, uuid, text) IS
'Reads a hold. hold_id: The hold. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.hold_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.hold_page IS 'A page of holds.';

CREATE FUNCTION admit.hold_list(tenant_id integer, event_id uuid, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, state text DEFAULT NULL)
RETURNS admit.hold_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.hold_page, admit.call($1, 'hold.list',
    pg_catalog.jsonb_build_object('event_id', $2, 'cursor', $3, 'limit', $4, 'state', $5), NULL));
END$$;
COMMENT ON FUNCTION admit.hold_list(integer, uuid, text, bigint, text) IS
'Lists an event''s holds. event_id: The event. cursor: `next_cursor` of the page before. limit: Holds a page, 1 to 200; 50 when absent. state: Only these. Errors: see admit.error_code.';

CREATE FUNCTION admit.hold_extend(tenant_id integer, hold_id uuid, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.hold_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.hold_view, admit.call($1, 'hold.extend',
    pg_catalog.jsonb_build_object('hold_id', $2, 'session_token', $3), $4));
END$$;
COMMENT ON FUNCTION admit.hold_extend(integer, uuid, text, text) IS
'Keeps a hold for another while. hold_id: The hold. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.hold_release(tenant_id integer, hold_id uuid, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.hold_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.hold_view, admit.call($1, 'hold.release',
    pg_catalog.jsonb_build_object('hold_id', $2, 'session_token', $3), $4));
END$$;
COMMENT ON FUNCTION admit.hold_release(integer, uuid, text, text) IS
'Gives a hold''s places back. hold_id: The hold. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.waiting_room_view AS (
    admit_per_minute integer,
    event_id uuid,
    opens_at timestamptz,
    pass_seconds integer
);
COMMENT ON TYPE admit.waiting_room_view IS 'An event''s waiting room.';

CREATE FUNCTION admit.waiting_room_configure(tenant_id integer, event_id uuid, admit_per_minute integer DEFAULT NULL, opens_at timestamptz DEFAULT NULL, pass_seconds integer DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.waiting_room_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.waiting_room_view, admit.call($1, 'waiting_room.configure',
    pg_catalog.jsonb_build_object('event_id', $2, 'admit_per_minute', $3, 'opens_at', $4, 'pass_seconds', $5), $6));
END$$;
COMMENT ON FUNCTION admit.waiting_room_configure(integer, uuid, integer, timestamptz, integer, text) IS
'Opens, changes or closes an event''s waiting room. event_id: The event. admit_per_minute: How many buyers are let in a minute, 1 to 1,000,000; no waiting room when absent. opens_at: When the first are let in; at once when absent. pass_seconds: How long a buyer who was let in may buy, in seconds, 60 to 86,400; 900 when absent. Errors: see admit.error_code.';

CREATE TYPE admit.queue_place_view AS (
    ahead bigint,
    event_id uuid,
    expires_at timestamptz,
    opens_at timestamptz,
    state text,
    wait_seconds bigint
);
COMMENT ON TYPE admit.queue_place_view IS 'A buyer''s place in the queue.';

CREATE FUNCTION admit.waiting_room_join(tenant_id integer, session_token text, event_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.queue_place_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.queue_place_view, admit.call($1, 'waiting_room.join',
    pg_catalog.jsonb_build_object('session_token', $2, 'event_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.waiting_room_join(integer, text, uuid, text) IS
'Joins an event''s waiting room. event_id: The event. Errors: see admit.error_code.';

CREATE FUNCTION admit.waiting_room_get(tenant_id integer, session_token text, event_id uuid)
RETURNS admit.queue_place_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.queue_place_view, admit.call($1, 'waiting_room.get',
    pg_catalog.jsonb_build_object('session_token', $2, 'event_id', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.waiting_room_get(integer, text, uuid) IS
'Reads the caller''s place in the waiting room. event_id: The event. Errors: see admit.error_code.';

CREATE TYPE admit.order_view AS (
    created_at timestamptz,
    currency text,
    event_id uuid,
    expires_at timestamptz,
    fees_cents bigint,
    hold_id uuid,
    items jsonb,
    order_id uuid,
    order_number text,
    paid_at timestamptz,
    paid_with text,
    payment_id uuid,
    receipt_entry_id uuid,
    refunded_cents bigint,
    state text,
    subtotal_cents bigint,
    tax_cents bigint,
    tickets jsonb,
    total_cents bigint,
    wallet_id uuid
);
COMMENT ON TYPE admit.order_view IS 'An order.';

CREATE FUNCTION admit.order_create(tenant_id integer, cancel_url text DEFAULT NULL, checkout text DEFAULT NULL, hold_id uuid DEFAULT NULL, lines jsonb DEFAULT NULL, order_id uuid DEFAULT NULL, pay_with text DEFAULT NULL, payment_method_id uuid DEFAULT NULL, success_url text DEFAULT NULL, wallet_id uuid DEFAULT NULL, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.order_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_view, admit.call($1, 'order.create',
    pg_catalog.jsonb_build_object('cancel_url', $2, 'checkout', $3, 'hold_id', $4, 'lines', $5, 'order_id', $6, 'pay_with', $7, 'payment_method_id', $8, 'success_url', $9, 'wallet_id', $10, 'session_token', $11), $12));
END$$;
COMMENT ON FUNCTION admit.order_create(integer, text, text, uuid, jsonb, uuid, text, uuid, text, uuid, text, text) IS
'Places an order, and pays it where asked to. cancel_url: Where the payer goes after giving up on the provider''s page. checkout: Where the payer pays; intent when absent. hosted needs a provider with an api_key. hold_id: The hold that it takes over; or give the lines. lines: What is bought, all of one event; or give the hold. order_id: A new UUID that makes it safe to try again; the Idempotency-Key header when absent. pay_with: How it is paid: wallet and nothing at once, a provider when its webhook reports the money; later by order.pay when absent. payment_method_id: The buyer''s own saved method that it is paid with; Stripe only, with an api_key. success_url is where the payer comes back to where the method needs a page of its own. success_url: Where the payer goes after paying on the provider''s page. wallet_id: The buyer''s wallet; only for callers that are no wallet themselves. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.order_get(tenant_id integer, order_id uuid, session_token text DEFAULT NULL)
RETURNS admit.order_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_view, admit.call($1, 'order.get',
    pg_catalog.jsonb_build_object('order_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.order_get(integer, uuid, text) IS
'Reads an order with its tickets. order_id: The order. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.order_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.order_page IS 'A page of orders.';

CREATE FUNCTION admit.order_list(tenant_id integer, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, order_number text DEFAULT NULL, state text DEFAULT NULL, wallet_id uuid DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.order_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_page, admit.call($1, 'order.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'event_id', $3, 'limit', $4, 'order_number', $5, 'state', $6, 'wallet_id', $7, 'session_token', $8), NULL));
END$$;
COMMENT ON FUNCTION admit.order_list(integer, text, uuid, bigint, text, text, uuid, text) IS
'Lists orders. cursor: `next_cursor` of the page before. event_id: Only for this event. limit: Orders a page, 1 to 200; 50 when absent. order_number: Only the one with this number. state: Only these. wallet_id: Only this wallet''s; a wallet always sees its own. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.order_pay(tenant_id integer, order_id uuid, pay_with text, cancel_url text DEFAULT NULL, checkout text DEFAULT NULL, payment_method_id uuid DEFAULT NULL, success_url text DEFAULT NULL, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.order_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_view, admit.call($1, 'order.pay',
    pg_catalog.jsonb_build_object('order_id', $2, 'pay_with', $3, 'cancel_url', $4, 'checkout', $5, 'payment_method_id', $6, 'success_url', $7, 'session_token', $8), $9));
END$$;
COMMENT ON FUNCTION admit.order_pay(integer, uuid, text, text, text, uuid, text, text, text) IS
'Pays an order or begins its payment. order_id: The order. pay_with: How. cancel_url: Where the payer goes after giving up on the provider''s page. checkout: Where the payer pays; intent when absent. hosted needs a provider with an api_key. payment_method_id: The buyer''s own saved method that it is paid with; Stripe only, with an api_key. success_url is where the payer comes back to where the method needs a page of its own. success_url: Where the payer goes after paying on the provider''s page. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.order_cancel(tenant_id integer, order_id uuid, reason text DEFAULT NULL, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.order_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_view, admit.call($1, 'order.cancel',
    pg_catalog.jsonb_build_object('order_id', $2, 'reason', $3, 'session_token', $4), $5));
END$$;
COMMENT ON FUNCTION admit.order_cancel(integer, uuid, text, text, text) IS
'Gives up an order that is not paid. order_id: The order. reason: Why; recorded. At most 500 characters. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.order_refunded AS (
    amount_cents bigint,
    currency text,
    order_id uuid,
    refund_id uuid,
    state text,
    ticket_ids jsonb
);
COMMENT ON TYPE admit.order_refunded IS 'A carried out refund of tickets.';

CREATE FUNCTION admit.order_refund(tenant_id integer, order_id uuid, reason text, ticket_ids jsonb DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.order_refunded
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_refunded, admit.call($1, 'order.refund',
    pg_catalog.jsonb_build_object('order_id', $2, 'reason', $3, 'ticket_ids', $4), $5));
END$$;
COMMENT ON FUNCTION admit.order_refund(integer, uuid, text, jsonb, text) IS
'Pays tickets back and takes them out of use. order_id: The order. reason: Why; recorded. 1 to 500 characters. ticket_ids: These tickets; all that are left when absent. Errors: see admit.error_code.';

CREATE TYPE admit.order_history AS (
    items jsonb
);
COMMENT ON TYPE admit.order_history IS 'An order''s history.';

CREATE FUNCTION admit.order_timeline(tenant_id integer, order_id uuid, session_token text DEFAULT NULL)
RETURNS admit.order_history
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_history, admit.call($1, 'order.timeline',
    pg_catalog.jsonb_build_object('order_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.order_timeline(integer, uuid, text) IS
'Lists what happened to an order. order_id: The order. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.order_receipt AS (
    balance_cents bigint,
    currency text,
    event jsonb,
    fees_cents bigint,
    lines jsonb,
    order_id uuid,
    order_number text,
    ordered_at_local text,
    payments jsonb,
    receipt_entry_id uuid,
    refunded_cents bigint,
    refunds jsonb,
    seller jsonb,
    state text,
    subtotal_cents bigint,
    tax_cents bigint,
    taxes jsonb,
    total_cents bigint,
    wallet_id uuid
);
COMMENT ON TYPE admit.order_receipt IS 'The receipt of an order.';

CREATE FUNCTION admit.order_receipt(tenant_id integer, order_id uuid, session_token text DEFAULT NULL)
RETURNS admit.order_receipt
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_receipt, admit.call($1, 'order.receipt',
    pg_catalog.jsonb_build_object('order_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.order_receipt(integer, uuid, text) IS
'Reads the receipt of a paid order. order_id: The order. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.order_invoice AS (
    credit_notes jsonb,
    invoice jsonb
);
COMMENT ON TYPE admit.order_invoice IS 'The invoice of an order and its credit notes.';

CREATE FUNCTION admit.order_invoice(tenant_id integer, order_id uuid, buyer_address text DEFAULT NULL, buyer_name text DEFAULT NULL, buyer_tax_id text DEFAULT NULL, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.order_invoice
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.order_invoice, admit.call($1, 'order.invoice',
    pg_catalog.jsonb_build_object('order_id', $2, 'buyer_address', $3, 'buyer_name', $4, 'buyer_tax_id', $5, 'session_token', $6), $7));
END$$;
COMMENT ON FUNCTION admit.order_invoice(integer, uuid, text, text, text, text, text) IS
'Issues or reads the invoice of a paid order and its credit notes. order_id: The order. buyer_address: The buyer''s address. At most 500 characters. buyer_name: The buyer''s name. At most 200 characters. buyer_tax_id: The buyer''s tax number. At most 60 characters. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.refund_request_view AS (
    created_at timestamptz,
    decided_at timestamptz,
    decided_by uuid,
    event_id uuid,
    order_id uuid,
    order_number text,
    reason text,
    refund_id uuid,
    refund_request_id uuid,
    rejection text,
    state text,
    ticket_ids jsonb,
    wallet_id uuid
);
COMMENT ON TYPE admit.refund_request_view IS 'A request for a refund.';

CREATE FUNCTION admit.order_refund_request(tenant_id integer, order_id uuid, reason text, ticket_ids jsonb DEFAULT NULL, session_token text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.refund_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_request_view, admit.call($1, 'order.refund_request',
    pg_catalog.jsonb_build_object('order_id', $2, 'reason', $3, 'ticket_ids', $4, 'session_token', $5), $6));
END$$;
COMMENT ON FUNCTION admit.order_refund_request(integer, uuid, text, jsonb, text, text) IS
'Asks for a refund of a paid order. order_id: The order. reason: Why. 1 to 500 characters. ticket_ids: These tickets; all that are left when absent. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.refund_request_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.refund_request_page IS 'A page of requests for refunds.';

CREATE FUNCTION admit.refund_request_list(tenant_id integer, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, order_id uuid DEFAULT NULL, state text DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.refund_request_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_request_page, admit.call($1, 'refund_request.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'event_id', $3, 'limit', $4, 'order_id', $5, 'state', $6, 'session_token', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.refund_request_list(integer, text, uuid, bigint, uuid, text, text) IS
'Lists requests for refunds. cursor: `next_cursor` of the page before. event_id: Only for this event. limit: Requests a page, 1 to 200; 50 when absent. order_id: Only for this order. state: Only these. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.refund_request_grant(tenant_id integer, refund_request_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.refund_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_request_view, admit.call($1, 'refund_request.grant',
    pg_catalog.jsonb_build_object('refund_request_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.refund_request_grant(integer, uuid, text) IS
'Pays back what a buyer asked for. refund_request_id: The request. Errors: see admit.error_code.';

CREATE FUNCTION admit.refund_request_reject(tenant_id integer, reason text, refund_request_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.refund_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_request_view, admit.call($1, 'refund_request.reject',
    pg_catalog.jsonb_build_object('reason', $2, 'refund_request_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.refund_request_reject(integer, text, uuid, text) IS
'Turns a request for a refund down. reason: Why; the buyer reads it. 1 to 500 characters. refund_request_id: The request. Errors: see admit.error_code.';

CREATE FUNCTION admit.refund_request_withdraw(tenant_id integer, session_token text, refund_request_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.refund_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_request_view, admit.call($1, 'refund_request.withdraw',
    pg_catalog.jsonb_build_object('session_token', $2, 'refund_request_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.refund_request_withdraw(integer, text, uuid, text) IS
'Takes back the caller''s request for a refund. refund_request_id: The request. Errors: see admit.error_code.';

CREATE TYPE admit.invoice_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.invoice_page IS 'A page of invoices and credit notes.';

CREATE FUNCTION admit.invoice_list(tenant_id integer, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, kind text DEFAULT NULL, "limit" bigint DEFAULT NULL, order_id uuid DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.invoice_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.invoice_page, admit.call($1, 'invoice.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'event_id', $3, 'kind', $4, 'limit', $5, 'order_id', $6, 'session_token', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.invoice_list(integer, text, uuid, text, bigint, uuid, text) IS
'Lists invoices and credit notes. cursor: `next_cursor` of the page before. event_id: Only for this event. kind: Only these. limit: Documents a page, 1 to 200; 50 when absent. order_id: Only for this order. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.seller_view AS (
    address text,
    credit_note_prefix text,
    invoice_prefix text,
    name text,
    tax_id text,
    updated_at timestamptz
);
COMMENT ON TYPE admit.seller_view IS 'What invoices say of the seller.';

CREATE FUNCTION admit.seller_configure(tenant_id integer, address text, name text, credit_note_prefix text DEFAULT NULL, invoice_prefix text DEFAULT NULL, tax_id text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.seller_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seller_view, admit.call($1, 'seller.configure',
    pg_catalog.jsonb_build_object('address', $2, 'name', $3, 'credit_note_prefix', $4, 'invoice_prefix', $5, 'tax_id', $6), $7));
END$$;
COMMENT ON FUNCTION admit.seller_configure(integer, text, text, text, text, text, text) IS
'Sets what invoices say of the seller. address: The seller''s address. 1 to 500 characters. name: The seller''s name. 1 to 200 characters. credit_note_prefix: What stands before a credit note''s number; `CN-` when absent. invoice_prefix: What stands before an invoice''s number; `INV-` when absent. tax_id: The seller''s tax number. At most 60 characters. Errors: see admit.error_code.';

CREATE FUNCTION admit.seller_get(tenant_id integer)
RETURNS admit.seller_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.seller_view, admit.call($1, 'seller.get',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.seller_get(integer) IS
'Reads what invoices say of the seller. Errors: see admit.error_code.';

CREATE TYPE admit.branding_view AS (
    accent_color text,
    accent_text_color text,
    banner_url text,
    description text,
    display_name text,
    logo_dark_url text,
    logo_url text,
    organizer_account_id uuid,
    support_email text,
    support_url text,
    updated_at timestamptz
);
COMMENT ON TYPE admit.branding_view IS 'How an organizer, or the tenant itself, shows itself to buyers.';

CREATE FUNCTION admit.branding_set(tenant_id integer, display_name text, accent_color text DEFAULT NULL, accent_text_color text DEFAULT NULL, banner_url text DEFAULT NULL, description text DEFAULT NULL, logo_dark_url text DEFAULT NULL, logo_url text DEFAULT NULL, organizer_account_id uuid DEFAULT NULL, support_email text DEFAULT NULL, support_url text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.branding_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.branding_view, admit.call($1, 'branding.set',
    pg_catalog.jsonb_build_object('display_name', $2, 'accent_color', $3, 'accent_text_color', $4, 'banner_url', $5, 'description', $6, 'logo_dark_url', $7, 'logo_url', $8, 'organizer_account_id', $9, 'support_email', $10, 'support_url', $11), $12));
END$$;
COMMENT ON FUNCTION admit.branding_set(integer, text, text, text, text, text, text, text, uuid, text, text, text) IS
'Sets how an organizer shows itself to buyers. display_name: The name that buyers see. 1 to 100 characters. accent_color: Colour of buttons and the like: #rrggbb, red, green and blue in hexadecimal digits. accent_text_color: Colour of text on it, in the same way. banner_url: Picture for the head of a page, in the same way. description: In a few words. At most 1,000 characters. logo_dark_url: Logo for dark backgrounds, in the same way. logo_url: Logo for light backgrounds: an https address of at most 2,048 bytes. organizer_account_id: The account that the organizer''s ticket sales go to; the tenant''s own branding when absent. support_email: Where buyers ask for help. support_url: A page for buyers who need help: an https address of at most 2,048 bytes. Errors: see admit.error_code.';

CREATE FUNCTION admit.branding_get(tenant_id integer, event_id uuid DEFAULT NULL, organizer_account_id uuid DEFAULT NULL)
RETURNS admit.branding_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.branding_view, admit.call($1, 'branding.get',
    pg_catalog.jsonb_build_object('event_id', $2, 'organizer_account_id', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.branding_get(integer, uuid, uuid) IS
'Reads how an organizer shows itself to buyers. event_id: The event whose buyers see it; not together with organizer_account_id. organizer_account_id: The organizer whose own it is; not together with event_id. Errors: see admit.error_code.';

CREATE TYPE admit.ticket_view AS (
    admitted_at timestamptz,
    code text,
    created_at timestamptz,
    currency text,
    days_used integer,
    ends_at timestamptz,
    entries integer,
    event_id uuid,
    event_name text,
    inside boolean,
    order_id uuid,
    order_number text,
    pass_days integer,
    price_cents bigint,
    seat jsonb,
    starts_at timestamptz,
    state text,
    ticket_id uuid,
    ticket_type_id uuid,
    ticket_type_name text,
    time_zone text,
    unit integer,
    valid_from timestamptz,
    valid_until timestamptz,
    wallet_id uuid,
    zones jsonb
);
COMMENT ON TYPE admit.ticket_view IS 'A ticket. The same shape in lists and alone.';

CREATE FUNCTION admit.ticket_get(tenant_id integer, ticket_id uuid, session_token text DEFAULT NULL)
RETURNS admit.ticket_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_view, admit.call($1, 'ticket.get',
    pg_catalog.jsonb_build_object('ticket_id', $2, 'session_token', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.ticket_get(integer, uuid, text) IS
'Reads a ticket with its code. ticket_id: The ticket. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.ticket_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.ticket_page IS 'A page of tickets.';

CREATE FUNCTION admit.ticket_list(tenant_id integer, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, order_id uuid DEFAULT NULL, past boolean DEFAULT NULL, state text DEFAULT NULL, wallet_id uuid DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.ticket_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_page, admit.call($1, 'ticket.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'event_id', $3, 'limit', $4, 'order_id', $5, 'past', $6, 'state', $7, 'wallet_id', $8, 'session_token', $9), NULL));
END$$;
COMMENT ON FUNCTION admit.ticket_list(integer, text, uuid, bigint, uuid, boolean, text, uuid, text) IS
'Lists tickets. cursor: `next_cursor` of the page before. event_id: Only for this event. limit: Tickets a page, 1 to 200; 50 when absent. order_id: Only of this order. past: Only for events that are over (`false`: that are not). state: Only these. wallet_id: Only this wallet''s; a wallet always sees its own. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.ticket_token_view AS (
    expires_at timestamptz,
    form text,
    generation integer,
    issued_at timestamptz,
    jws text,
    kid text,
    rotation jsonb,
    ticket_id uuid,
    token text
);
COMMENT ON TYPE admit.ticket_token_view IS 'What a ticket''s holder shows at the gate.';

CREATE FUNCTION admit.ticket_token(tenant_id integer, ticket_id uuid, form text DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.ticket_token_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_token_view, admit.call($1, 'ticket.token',
    pg_catalog.jsonb_build_object('ticket_id', $2, 'form', $3, 'session_token', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.ticket_token(integer, uuid, text, text) IS
'Gives what a ticket''s holder shows at the gate. ticket_id: The ticket. form: In which form: code, short, signed or rotating; what the event''s policy wants when absent. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.ticket_qr(tenant_id integer, ticket_id uuid, form text DEFAULT NULL, format text DEFAULT NULL, purpose text DEFAULT NULL, size_pixels integer DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.qr_file
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.qr_file, admit.call($1, 'ticket.qr',
    pg_catalog.jsonb_build_object('ticket_id', $2, 'form', $3, 'format', $4, 'purpose', $5, 'size_pixels', $6, 'session_token', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.ticket_qr(integer, uuid, text, text, text, integer, text) IS
'Draws the QR code of the caller''s ticket. ticket_id: The ticket. form: What it holds: code, short, signed or rotating; what the event''s policy wants when absent. A rotating one is good for this moment. format: svg or png; svg when absent. purpose: screen (error correction M) or print (Q); screen when absent. Rotating codes are not printed. size_pixels: The picture''s side in pixels, 128 to 2,048; 512 when absent. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.ticket_cancel(tenant_id integer, reason text, ticket_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.ticket_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_view, admit.call($1, 'ticket.cancel',
    pg_catalog.jsonb_build_object('reason', $2, 'ticket_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.ticket_cancel(integer, text, uuid, text) IS
'Takes a ticket out of use without a refund. reason: Why; recorded. 1 to 500 characters. ticket_id: The ticket. Errors: see admit.error_code.';

CREATE FUNCTION admit.ticket_reissue(tenant_id integer, reason text, ticket_id uuid, note text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.ticket_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_view, admit.call($1, 'ticket.reissue',
    pg_catalog.jsonb_build_object('reason', $2, 'ticket_id', $3, 'note', $4), $5));
END$$;
COMMENT ON FUNCTION admit.ticket_reissue(integer, text, uuid, text, text) IS
'Gives a ticket new codes and makes the old ones invalid. reason: lost, stolen, damaged, duplicated or other. ticket_id: The ticket. note: More about it, for staff: 1 to 500 characters. Errors: see admit.error_code.';

CREATE TYPE admit.ticket_history AS (
    generation integer,
    reissues jsonb,
    requests jsonb,
    ticket_id uuid
);
COMMENT ON TYPE admit.ticket_history IS 'What became of a ticket''s codes.';

CREATE FUNCTION admit.ticket_history(tenant_id integer, ticket_id uuid)
RETURNS admit.ticket_history
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.ticket_history, admit.call($1, 'ticket.history',
    pg_catalog.jsonb_build_object('ticket_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.ticket_history(integer, uuid) IS
'Reads a ticket''s reissues and the requests for them. ticket_id: The ticket. Errors: see admit.error_code.';

CREATE TYPE admit.reissue_request_view AS (
    created_at timestamptz,
    decided_at timestamptz,
    decided_by uuid,
    event_id uuid,
    generation integer,
    note text,
    reason text,
    reissue_request_id uuid,
    rejection text,
    state text,
    ticket_id uuid,
    wallet_id uuid
);
COMMENT ON TYPE admit.reissue_request_view IS 'A request for new codes of a ticket.';

CREATE FUNCTION admit.ticket_reissue_request(tenant_id integer, session_token text, reason text, ticket_id uuid, note text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.reissue_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reissue_request_view, admit.call($1, 'ticket.reissue_request',
    pg_catalog.jsonb_build_object('session_token', $2, 'reason', $3, 'ticket_id', $4, 'note', $5), $6));
END$$;
COMMENT ON FUNCTION admit.ticket_reissue_request(integer, text, text, uuid, text, text) IS
'Asks for new codes of the caller''s ticket. reason: lost, stolen, damaged, duplicated or other. ticket_id: The ticket. note: More about it, for staff: 1 to 500 characters. Errors: see admit.error_code.';

CREATE TYPE admit.reissue_request_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.reissue_request_page IS 'A page of requests for new codes.';

CREATE FUNCTION admit.reissue_request_list(tenant_id integer, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, state text DEFAULT NULL, ticket_id uuid DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.reissue_request_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reissue_request_page, admit.call($1, 'reissue_request.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'event_id', $3, 'limit', $4, 'state', $5, 'ticket_id', $6, 'session_token', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.reissue_request_list(integer, text, uuid, bigint, text, uuid, text) IS
'Lists requests for new codes. cursor: `next_cursor` of the page before. event_id: Only for this event. limit: Requests a page, 1 to 200; 50 when absent. state: Only these. ticket_id: Only for this ticket. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE FUNCTION admit.reissue_request_grant(tenant_id integer, reissue_request_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.reissue_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reissue_request_view, admit.call($1, 'reissue_request.grant',
    pg_catalog.jsonb_build_object('reissue_request_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.reissue_request_grant(integer, uuid, text) IS
'Gives a ticket the new codes that its holder asked for. reissue_request_id: The request. Errors: see admit.error_code.';

CREATE FUNCTION admit.reissue_request_reject(tenant_id integer, note text, reissue_request_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.reissue_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reissue_request_view, admit.call($1, 'reissue_request.reject',
    pg_catalog.jsonb_build_object('note', $2, 'reissue_request_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.reissue_request_reject(integer, text, uuid, text) IS
'Turns a request for new codes down. note: Why; the holder reads it. 1 to 500 characters. reissue_request_id: The request. Errors: see admit.error_code.';

CREATE FUNCTION admit.reissue_request_withdraw(tenant_id integer, session_token text, reissue_request_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.reissue_request_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reissue_request_view, admit.call($1, 'reissue_request.withdraw',
    pg_catalog.jsonb_build_object('session_token', $2, 'reissue_request_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.reissue_request_withdraw(integer, text, uuid, text) IS
'Takes back the caller''s request for new codes. reissue_request_id: The request. Errors: see admit.error_code.';

CREATE TYPE admit.payment_view AS (
    amount_cents bigint,
    application_fee_cents bigint,
    client_secret text,
    connected_account text,
    created_at timestamptz,
    currency text,
    disputed_cents bigint,
    metadata jsonb,
    order_id uuid,
    payment_id uuid,
    payment_method_id uuid,
    provider text,
    provider_reference text,
    redirect_url text,
    refunded_cents bigint,
    state text,
    succeeded_at timestamptz,
    wallet_id uuid
);
COMMENT ON TYPE admit.payment_view IS 'A payment. `metadata` goes into the provider''s payment object, so that its webhooks find the way back.';

CREATE FUNCTION admit.payment_fund(tenant_id integer, session_token text, amount_cents bigint, cancel_url text DEFAULT NULL, checkout text DEFAULT NULL, currency text DEFAULT NULL, payment_method_id uuid DEFAULT NULL, provider text DEFAULT NULL, success_url text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.payment_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_view, admit.call($1, 'payment.fund',
    pg_catalog.jsonb_build_object('session_token', $2, 'amount_cents', $3, 'cancel_url', $4, 'checkout', $5, 'currency', $6, 'payment_method_id', $7, 'provider', $8, 'success_url', $9), $10));
END$$;
COMMENT ON FUNCTION admit.payment_fund(integer, text, bigint, text, text, text, uuid, text, text, text) IS
'Announces a funding of the caller''s wallet. amount_cents: How much, in minor units. cancel_url: Where the payer goes after giving up on the provider''s page. checkout: Where the payer pays; intent when absent. hosted needs a provider with an api_key. currency: The wallet''s currency, checked when given. payment_method_id: The caller''s own saved method that it is paid with; Stripe only, with an api_key. success_url is where the payer comes back to where the method needs a page of its own. provider: The provider; stripe when absent. success_url: Where the payer goes after paying on the provider''s page. Errors: see admit.error_code.';

CREATE FUNCTION admit.payment_attach(tenant_id integer, payment_id uuid, provider_reference text, idempotency_key text DEFAULT NULL)
RETURNS admit.payment_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_view, admit.call($1, 'payment.attach',
    pg_catalog.jsonb_build_object('payment_id', $2, 'provider_reference', $3), $4));
END$$;
COMMENT ON FUNCTION admit.payment_attach(integer, uuid, text, text) IS
'Attaches the provider''s payment object. payment_id: The payment. provider_reference: The provider''s payment object (PaymentIntent). Errors: see admit.error_code.';

CREATE FUNCTION admit.payment_get(tenant_id integer, payment_id uuid)
RETURNS admit.payment_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_view, admit.call($1, 'payment.get',
    pg_catalog.jsonb_build_object('payment_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.payment_get(integer, uuid) IS
'Reads a payment. payment_id: The payment. Errors: see admit.error_code.';

CREATE TYPE admit.payment_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.payment_page IS 'A page of payments.';

CREATE FUNCTION admit.payment_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, wallet_id uuid DEFAULT NULL)
RETURNS admit.payment_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_page, admit.call($1, 'payment.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'wallet_id', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.payment_list(integer, text, bigint, uuid) IS
'Lists payments. cursor: `next_cursor` of the page before. limit: Payments a page, 1 to 200; 50 when absent. wallet_id: Only this wallet''s. Errors: see admit.error_code.';

CREATE TYPE admit.refund_requested AS (
    amount_cents bigint,
    balance_cents bigint,
    currency text,
    payment_id uuid,
    provider_idempotency_key text,
    refund_id uuid
);
COMMENT ON TYPE admit.refund_requested IS 'A refund that the provider is asked for. `provider_idempotency_key` makes it carry it out once.';

CREATE FUNCTION admit.payment_refund(tenant_id integer, payment_id uuid, reason text, amount_cents bigint DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.refund_requested
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_requested, admit.call($1, 'payment.refund',
    pg_catalog.jsonb_build_object('payment_id', $2, 'reason', $3, 'amount_cents', $4), $5));
END$$;
COMMENT ON FUNCTION admit.payment_refund(integer, uuid, text, bigint, text) IS
'Refunds a funding. payment_id: The payment. reason: Why; recorded. 1 to 500 characters. amount_cents: How much, in minor units; what is left of the payment when absent. Errors: see admit.error_code.';

CREATE TYPE admit.payment_method_setup_view AS (
    client_secret text,
    created_at timestamptz,
    provider text,
    setup_id uuid,
    state text,
    updated_at timestamptz,
    wallet_id uuid
);
COMMENT ON TYPE admit.payment_method_setup_view IS 'The adding of a payment method.';

CREATE FUNCTION admit.payment_method_add(tenant_id integer, session_token text, idempotency_key text DEFAULT NULL)
RETURNS admit.payment_method_setup_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_method_setup_view, admit.call($1, 'payment_method.add',
    pg_catalog.jsonb_build_object('session_token', $2), $3));
END$$;
COMMENT ON FUNCTION admit.payment_method_add(integer, text, text) IS
'Begins to add a payment method to the caller''s wallet. Errors: see admit.error_code.';

CREATE FUNCTION admit.payment_method_setup(tenant_id integer, session_token text, setup_id uuid)
RETURNS admit.payment_method_setup_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_method_setup_view, admit.call($1, 'payment_method.setup',
    pg_catalog.jsonb_build_object('session_token', $2, 'setup_id', $3), NULL));
END$$;
COMMENT ON FUNCTION admit.payment_method_setup(integer, text, uuid) IS
'Reads the adding of a payment method. setup_id: The adding. Errors: see admit.error_code.';

CREATE TYPE admit.payment_method_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.payment_method_page IS 'A page of payment methods.';

CREATE FUNCTION admit.payment_method_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, wallet_id uuid DEFAULT NULL, session_token text DEFAULT NULL)
RETURNS admit.payment_method_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_method_page, admit.call($1, 'payment_method.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'wallet_id', $4, 'session_token', $5), NULL));
END$$;
COMMENT ON FUNCTION admit.payment_method_list(integer, text, bigint, uuid, text) IS
'Lists a wallet''s payment methods. cursor: `next_cursor` of the page before. limit: Methods a page, 1 to 200; 50 when absent. wallet_id: Whose; a wallet sees its own only, others must name one. session_token: The buyer''s session; without it the caller acts as staff. Errors: see admit.error_code.';

CREATE TYPE admit.payment_method_view AS (
    brand text,
    created_at timestamptz,
    expiry_month integer,
    expiry_year integer,
    is_default boolean,
    kind text,
    last4 text,
    payment_method_id uuid,
    provider text,
    wallet_id uuid
);
COMMENT ON TYPE admit.payment_method_view IS 'A saved payment method.';

CREATE FUNCTION admit.payment_method_set_default(tenant_id integer, session_token text, payment_method_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.payment_method_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_method_view, admit.call($1, 'payment_method.set_default',
    pg_catalog.jsonb_build_object('session_token', $2, 'payment_method_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.payment_method_set_default(integer, text, uuid, text) IS
'Makes one of the caller''s payment methods the default. payment_method_id: The method. Errors: see admit.error_code.';

CREATE TYPE admit.payment_method_removed AS (
    payment_method_id uuid
);
COMMENT ON TYPE admit.payment_method_removed IS 'A payment method that was removed.';

CREATE FUNCTION admit.payment_method_remove(tenant_id integer, session_token text, payment_method_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.payment_method_removed
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payment_method_removed, admit.call($1, 'payment_method.remove',
    pg_catalog.jsonb_build_object('session_token', $2, 'payment_method_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.payment_method_remove(integer, text, uuid, text) IS
'Removes one of the caller''s payment methods. payment_method_id: The method. Errors: see admit.error_code.';

CREATE TYPE admit.refund_view AS (
    amount_cents bigint,
    created_at timestamptz,
    currency text,
    order_id uuid,
    payment_id uuid,
    provider text,
    provider_idempotency_key text,
    provider_reference text,
    reason text,
    refund_id uuid,
    retry_of uuid,
    state text,
    updated_at timestamptz,
    wallet_id uuid
);
COMMENT ON TYPE admit.refund_view IS 'A refund of a payment, asked for here or made at the provider.';

CREATE FUNCTION admit.refund_get(tenant_id integer, refund_id uuid)
RETURNS admit.refund_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_view, admit.call($1, 'refund.get',
    pg_catalog.jsonb_build_object('refund_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.refund_get(integer, uuid) IS
'Reads a refund. refund_id: The refund. Errors: see admit.error_code.';

CREATE TYPE admit.refund_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.refund_page IS 'A page of refunds.';

CREATE FUNCTION admit.refund_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, order_id uuid DEFAULT NULL, payment_id uuid DEFAULT NULL, state text DEFAULT NULL, wallet_id uuid DEFAULT NULL)
RETURNS admit.refund_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_page, admit.call($1, 'refund.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'order_id', $4, 'payment_id', $5, 'state', $6, 'wallet_id', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.refund_list(integer, text, bigint, uuid, uuid, text, uuid) IS
'Lists refunds. cursor: `next_cursor` of the page before. limit: Refunds a page, 1 to 200; 50 when absent. order_id: Only this order''s. payment_id: Only this payment''s. state: Only these. wallet_id: Only this wallet''s. Errors: see admit.error_code.';

CREATE FUNCTION admit.refund_retry(tenant_id integer, reason text, refund_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.refund_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_view, admit.call($1, 'refund.retry',
    pg_catalog.jsonb_build_object('reason', $2, 'refund_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.refund_retry(integer, text, uuid, text) IS
'Asks the provider again for a refund that failed. reason: Why; recorded. 1 to 500 characters. refund_id: The refund that failed. Errors: see admit.error_code.';

CREATE FUNCTION admit.refund_fail(tenant_id integer, reason text, refund_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.refund_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.refund_view, admit.call($1, 'refund.fail',
    pg_catalog.jsonb_build_object('reason', $2, 'refund_id', $3), $4));
END$$;
COMMENT ON FUNCTION admit.refund_fail(integer, text, uuid, text) IS
'Notes that the provider refused a refund. reason: What the provider said; recorded. 1 to 500 characters. refund_id: The refund, which must be pending. Errors: see admit.error_code.';

CREATE TYPE admit.dispute_view AS (
    amount_cents bigint,
    created_at timestamptz,
    currency text,
    dispute_id uuid,
    inquiry boolean,
    order_id uuid,
    payment_id uuid,
    provider text,
    provider_reference text,
    reason text,
    state text,
    updated_at timestamptz,
    wallet_id uuid
);
COMMENT ON TYPE admit.dispute_view IS 'A dispute of a payment, as its provider told it last.';

CREATE FUNCTION admit.dispute_get(tenant_id integer, dispute_id uuid)
RETURNS admit.dispute_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.dispute_view, admit.call($1, 'dispute.get',
    pg_catalog.jsonb_build_object('dispute_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.dispute_get(integer, uuid) IS
'Reads a dispute. dispute_id: The dispute. Errors: see admit.error_code.';

CREATE TYPE admit.dispute_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.dispute_page IS 'A page of disputes.';

CREATE FUNCTION admit.dispute_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, order_id uuid DEFAULT NULL, payment_id uuid DEFAULT NULL, state text DEFAULT NULL, wallet_id uuid DEFAULT NULL)
RETURNS admit.dispute_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.dispute_page, admit.call($1, 'dispute.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'order_id', $4, 'payment_id', $5, 'state', $6, 'wallet_id', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.dispute_list(integer, text, bigint, uuid, uuid, text, uuid) IS
'Lists disputes. cursor: `next_cursor` of the page before. limit: Disputes a page, 1 to 200; 50 when absent. order_id: Only this order''s. payment_id: Only this payment''s. state: Only these. wallet_id: Only this wallet''s. Errors: see admit.error_code.';

CREATE TYPE admit.provider_configured AS (
    has_api_key boolean,
    live boolean,
    provider text,
    webhook_secrets integer
);
COMMENT ON TYPE admit.provider_configured IS 'A configured provider, without its secrets.';

CREATE FUNCTION admit.provider_configure(tenant_id integer, live boolean, provider text, webhook_secrets jsonb, api_key text DEFAULT NULL, application_fee_percentage text DEFAULT NULL, connected_account text DEFAULT NULL, daily_reconciliation boolean DEFAULT NULL, reconciliation_hour integer DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.provider_configured
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.provider_configured, admit.call($1, 'provider.configure',
    pg_catalog.jsonb_build_object('live', $2, 'provider', $3, 'webhook_secrets', $4, 'api_key', $5, 'application_fee_percentage', $6, 'connected_account', $7, 'daily_reconciliation', $8, 'reconciliation_hour', $9), $10));
END$$;
COMMENT ON FUNCTION admit.provider_configure(integer, boolean, text, jsonb, text, text, text, boolean, integer, text) IS
'Configures a payment provider. live: `true` for live objects, `false` for test objects; deliveries of the other mode are refused. provider: The provider. webhook_secrets: What proves its webhooks, several while one is being replaced: Stripe''s signing secrets, Midtrans'' server keys, Xendit''s webhook tokens. api_key: Secret key with which admit itself makes payment objects and refunds at the provider; it must fit `live`. Without it the tenant''s backend does both; Midtrans and Xendit need it, since their notices prove nothing until they were asked. What is still to be sent goes out with the new key, so it must be of the same account; what is of the other mode is held until a key of its mode is back. application_fee_percentage: Application fee of fundings in percent, such as `"1.5"`; Stripe only. connected_account: Connected account that fundings go to; Stripe only. daily_reconciliation: Whether payments are compared with the provider''s list every day; `true` when absent. Stripe only, and only with an api_key. reconciliation_hour: From which UTC hour on that begins, 0 to 23; 0 when absent. Errors: see admit.error_code.';

CREATE TYPE admit.provider_view AS (
    account_told_at timestamptz,
    application_fee_percentage text,
    charges_enabled boolean,
    connected_account text,
    details_submitted boolean,
    disabled_reason text,
    has_api_key boolean,
    live boolean,
    onboarded_account text,
    onboarding text,
    payouts_enabled boolean,
    provider text,
    reconciliation_hour integer,
    requirements_due jsonb,
    requirements_past_due jsonb,
    updated_at timestamptz,
    webhook_secrets integer
);
COMMENT ON TYPE admit.provider_view IS 'A provider''s configuration, without its secrets, and what its connected account may do.';

CREATE FUNCTION admit.provider_get(tenant_id integer, provider text)
RETURNS admit.provider_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.provider_view, admit.call($1, 'provider.get',
    pg_catalog.jsonb_build_object('provider', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.provider_get(integer, text) IS
'Reads a payment provider''s configuration and account. provider: The provider. Errors: see admit.error_code.';

CREATE TYPE admit.provider_onboarding_view AS (
    account text,
    created_at timestamptz,
    expires_at timestamptz,
    failure text,
    onboarding_id uuid,
    provider text,
    state text,
    url text
);
COMMENT ON TYPE admit.provider_onboarding_view IS 'A link of an onboarding.';

CREATE FUNCTION admit.provider_onboard(tenant_id integer, provider text, refresh_url text, return_url text, country text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.provider_onboarding_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.provider_onboarding_view, admit.call($1, 'provider.onboard',
    pg_catalog.jsonb_build_object('provider', $2, 'refresh_url', $3, 'return_url', $4, 'country', $5), $6));
END$$;
COMMENT ON FUNCTION admit.provider_onboard(integer, text, text, text, text, text) IS
'Asks for a link to the onboarding of the connected account, which is made once. provider: The provider; only stripe has such accounts. refresh_url: Where the owner is sent when the link was used or is over; that page asks for another. return_url: Where the owner comes back to when done, or when giving up: provider.get tells how it stands. country: The country of the account''s owner (ISO 3166-1, two letters), for an account that is to be made; it never changes. Errors: see admit.error_code.';

CREATE FUNCTION admit.provider_onboarding(tenant_id integer, onboarding_id uuid)
RETURNS admit.provider_onboarding_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.provider_onboarding_view, admit.call($1, 'provider.onboarding',
    pg_catalog.jsonb_build_object('onboarding_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.provider_onboarding(integer, uuid) IS
'Reads a link to the onboarding of the connected account. onboarding_id: The link''s onboarding. Errors: see admit.error_code.';

CREATE TYPE admit.delivery_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.delivery_page IS 'A page of deliveries.';

CREATE FUNCTION admit.webhook_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, state text DEFAULT NULL)
RETURNS admit.delivery_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.delivery_page, admit.call($1, 'webhook.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'state', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.webhook_list(integer, text, bigint, text) IS
'Lists webhook deliveries. cursor: `next_cursor` of the page before. limit: Deliveries a page, 1 to 200; 50 when absent. state: Only these. Errors: see admit.error_code.';

CREATE TYPE admit.effect_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.effect_page IS 'A page of effects.';

CREATE FUNCTION admit.effect_list(tenant_id integer, cursor text DEFAULT NULL, kind text DEFAULT NULL, "limit" bigint DEFAULT NULL, object_id uuid DEFAULT NULL, provider text DEFAULT NULL, state text DEFAULT NULL)
RETURNS admit.effect_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.effect_page, admit.call($1, 'effect.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'kind', $3, 'limit', $4, 'object_id', $5, 'provider', $6, 'state', $7), NULL));
END$$;
COMMENT ON FUNCTION admit.effect_list(integer, text, text, bigint, uuid, text, text) IS
'Lists what was asked of payment providers. cursor: `next_cursor` of the page before. kind: Only these. limit: Effects a page, 1 to 200; 50 when absent. object_id: Only about this object: the id of a payment, refund, delivery, setup, payment method, reconciliation or onboarding. provider: Only this provider''s. state: Only these. Errors: see admit.error_code.';

CREATE TYPE admit.effect_view AS (
    attempts integer,
    created_at timestamptz,
    delivery_id uuid,
    done_at timestamptz,
    due_at timestamptz,
    effect_id uuid,
    kind text,
    last_error text,
    live boolean,
    object_reference text,
    onboarding_id uuid,
    payment_id uuid,
    payment_method_id uuid,
    provider text,
    reconciliation_id uuid,
    refund_id uuid,
    setup_id uuid,
    state text
);
COMMENT ON TYPE admit.effect_view IS 'What was asked of a provider.';

CREATE FUNCTION admit.effect_retry(tenant_id integer, effect_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.effect_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.effect_view, admit.call($1, 'effect.retry',
    pg_catalog.jsonb_build_object('effect_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.effect_retry(integer, uuid, text) IS
'Sends a request to a payment provider again. effect_id: The effect. Errors: see admit.error_code.';

CREATE TYPE admit.reconciliation_view AS (
    compared bigint,
    created_from timestamptz,
    created_until timestamptz,
    differences bigint,
    ended_at timestamptz,
    pages integer,
    provider text,
    reason text,
    reconciliation_id uuid,
    repaired bigint,
    started_at timestamptz,
    state text,
    waiting bigint
);
COMMENT ON TYPE admit.reconciliation_view IS 'A reconciliation.';

CREATE FUNCTION admit.reconciliation_start(tenant_id integer, created_from timestamptz, created_until timestamptz DEFAULT NULL, provider text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.reconciliation_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reconciliation_view, admit.call($1, 'reconciliation.start',
    pg_catalog.jsonb_build_object('created_from', $2, 'created_until', $3, 'provider', $4), $5));
END$$;
COMMENT ON FUNCTION admit.reconciliation_start(integer, timestamptz, timestamptz, text, text) IS
'Compares payments with the provider''s list. created_from: Payment objects that the provider made from this time on. created_until: Payment objects that the provider made until this time, at most 31 days later; now when absent. provider: The provider, which needs an api_key; stripe when absent. Errors: see admit.error_code.';

CREATE FUNCTION admit.reconciliation_get(tenant_id integer, reconciliation_id uuid)
RETURNS admit.reconciliation_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reconciliation_view, admit.call($1, 'reconciliation.get',
    pg_catalog.jsonb_build_object('reconciliation_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.reconciliation_get(integer, uuid) IS
'Reads a reconciliation. reconciliation_id: The reconciliation. Errors: see admit.error_code.';

CREATE TYPE admit.reconciliation_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.reconciliation_page IS 'A page of reconciliations.';

CREATE FUNCTION admit.reconciliation_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, state text DEFAULT NULL)
RETURNS admit.reconciliation_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.reconciliation_page, admit.call($1, 'reconciliation.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'state', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.reconciliation_list(integer, text, bigint, text) IS
'Lists reconciliations. cursor: `next_cursor` of the page before. limit: Reconciliations a page, 1 to 200; 50 when absent. state: Only these. Errors: see admit.error_code.';

CREATE TYPE admit.finding_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.finding_page IS 'A page of findings.';

CREATE FUNCTION admit.reconciliation_findings(tenant_id integer, reconciliation_id uuid, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, result text DEFAULT NULL)
RETURNS admit.finding_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.finding_page, admit.call($1, 'reconciliation.findings',
    pg_catalog.jsonb_build_object('reconciliation_id', $2, 'cursor', $3, 'limit', $4, 'result', $5), NULL));
END$$;
COMMENT ON FUNCTION admit.reconciliation_findings(integer, uuid, text, bigint, text) IS
'Lists what a reconciliation found. reconciliation_id: The reconciliation. cursor: `next_cursor` of the page before. limit: Findings a page, 1 to 200; 50 when absent. result: Only these. Errors: see admit.error_code.';

CREATE TYPE admit.payout_view AS (
    account_id uuid,
    amount_cents bigint,
    created_at timestamptz,
    currency text,
    failed_at timestamptz,
    paid_at timestamptz,
    payout_id uuid,
    provider_reference text,
    state text
);
COMMENT ON TYPE admit.payout_view IS 'A payout. Its id goes into the provider''s metadata as `admit_payout_id`.';

CREATE FUNCTION admit.payout_create(tenant_id integer, account_id uuid, amount_cents bigint, provider_reference text DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.payout_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payout_view, admit.call($1, 'payout.create',
    pg_catalog.jsonb_build_object('account_id', $2, 'amount_cents', $3, 'provider_reference', $4), $5));
END$$;
COMMENT ON FUNCTION admit.payout_create(integer, uuid, bigint, text, text) IS
'Debits an account for a payout. account_id: The account to debit. amount_cents: How much, in minor units. provider_reference: The provider''s payout object, if it exists already. Errors: see admit.error_code.';

CREATE FUNCTION admit.payout_get(tenant_id integer, payout_id uuid)
RETURNS admit.payout_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payout_view, admit.call($1, 'payout.get',
    pg_catalog.jsonb_build_object('payout_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.payout_get(integer, uuid) IS
'Reads a payout. payout_id: The payout. Errors: see admit.error_code.';

CREATE TYPE admit.payout_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.payout_page IS 'A page of payouts.';

CREATE FUNCTION admit.payout_list(tenant_id integer, account_id uuid DEFAULT NULL, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL)
RETURNS admit.payout_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payout_page, admit.call($1, 'payout.list',
    pg_catalog.jsonb_build_object('account_id', $2, 'cursor', $3, 'limit', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.payout_list(integer, uuid, text, bigint) IS
'Lists payouts. account_id: Only this account''s. cursor: `next_cursor` of the page before. limit: Payouts a page, 1 to 200; 50 when absent. Errors: see admit.error_code.';

CREATE TYPE admit.payout_summary AS (
    currencies jsonb
);
COMMENT ON TYPE admit.payout_summary IS 'Payouts summed up.';

CREATE FUNCTION admit.payout_summary(tenant_id integer, account_id uuid DEFAULT NULL)
RETURNS admit.payout_summary
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.payout_summary, admit.call($1, 'payout.summary',
    pg_catalog.jsonb_build_object('account_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.payout_summary(integer, uuid) IS
'Sums payouts up. account_id: Only this account''s. Errors: see admit.error_code.';

CREATE TYPE admit.approval_limit AS (
    limit_cents bigint
);
COMMENT ON TYPE admit.approval_limit IS 'The limit.';

CREATE FUNCTION admit.approval_configure(tenant_id integer, limit_cents bigint DEFAULT NULL, idempotency_key text DEFAULT NULL)
RETURNS admit.approval_limit
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.approval_limit, admit.call($1, 'approval.configure',
    pg_catalog.jsonb_build_object('limit_cents', $2), $3));
END$$;
COMMENT ON FUNCTION admit.approval_configure(integer, bigint, text) IS
'Sets above which amount a second person is needed. limit_cents: In minor units of whatever currency; none needs a second person when absent. Errors: see admit.error_code.';

CREATE TYPE admit.approval_view AS (
    answer jsonb,
    approval_id uuid,
    command text,
    created_at timestamptz,
    decided_at timestamptz,
    decided_by uuid,
    reason text,
    request jsonb,
    requested_by uuid,
    requested_by_kind text,
    state text
);
COMMENT ON TYPE admit.approval_view IS 'An approval.';

CREATE FUNCTION admit.approval_request(tenant_id integer, command text, request jsonb, idempotency_key text DEFAULT NULL)
RETURNS admit.approval_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.approval_view, admit.call($1, 'approval.request',
    pg_catalog.jsonb_build_object('command', $2, 'request', $3), $4));
END$$;
COMMENT ON FUNCTION admit.approval_request(integer, text, jsonb, text) IS
'Asks a second person to carry a command out. command: order.refund, payment.refund, refund.retry, ticket.cancel, event.cancel or refund_request.grant. request: The command''s request. Errors: see admit.error_code.';

CREATE FUNCTION admit.approval_grant(tenant_id integer, approval_id uuid, idempotency_key text DEFAULT NULL)
RETURNS admit.approval_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.approval_view, admit.call($1, 'approval.grant',
    pg_catalog.jsonb_build_object('approval_id', $2), $3));
END$$;
COMMENT ON FUNCTION admit.approval_grant(integer, uuid, text) IS
'Carries out what somebody else asked for. approval_id: The approval. Errors: see admit.error_code.';

CREATE FUNCTION admit.approval_reject(tenant_id integer, approval_id uuid, reason text, idempotency_key text DEFAULT NULL)
RETURNS admit.approval_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.approval_view, admit.call($1, 'approval.reject',
    pg_catalog.jsonb_build_object('approval_id', $2, 'reason', $3), $4));
END$$;
COMMENT ON FUNCTION admit.approval_reject(integer, uuid, text, text) IS
'Turns down what was asked for. approval_id: The approval. reason: Why; recorded. 1 to 500 characters. Errors: see admit.error_code.';

CREATE TYPE admit.approval_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.approval_page IS 'A page of approvals.';

CREATE FUNCTION admit.approval_list(tenant_id integer, cursor text DEFAULT NULL, "limit" bigint DEFAULT NULL, state text DEFAULT NULL)
RETURNS admit.approval_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.approval_page, admit.call($1, 'approval.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'limit', $3, 'state', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.approval_list(integer, text, bigint, text) IS
'Lists approvals. cursor: `next_cursor` of the page before. limit: Approvals a page, 1 to 200; 50 when absent. state: Only these. Errors: see admit.error_code.';

CREATE TYPE admit.receipt_view AS (
    content jsonb,
    entry_id uuid,
    key_revoked_at timestamptz,
    receipt text
);
COMMENT ON TYPE admit.receipt_view IS 'A receipt.';

CREATE FUNCTION admit.receipt_get(tenant_id integer, entry_id uuid)
RETURNS admit.receipt_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.receipt_view, admit.call($1, 'receipt.get',
    pg_catalog.jsonb_build_object('entry_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.receipt_get(integer, uuid) IS
'Issues the receipt of a journal entry again. entry_id: The entry. Errors: see admit.error_code.';

CREATE FUNCTION admit.journal_list(tenant_id integer, action text DEFAULT NULL, actor_id uuid DEFAULT NULL, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, "from" timestamptz DEFAULT NULL, gate_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL, until timestamptz DEFAULT NULL, venue_id uuid DEFAULT NULL, wallet_id uuid DEFAULT NULL)
RETURNS admit.journal_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.journal_page, admit.call($1, 'journal.list',
    pg_catalog.jsonb_build_object('action', $2, 'actor_id', $3, 'cursor', $4, 'event_id', $5, 'from', $6, 'gate_id', $7, 'limit', $8, 'until', $9, 'venue_id', $10, 'wallet_id', $11), NULL));
END$$;
COMMENT ON FUNCTION admit.journal_list(integer, text, uuid, text, uuid, timestamptz, uuid, bigint, timestamptz, uuid, uuid) IS
'Lists the audit journal with filters. action: Only this action, or all with this prefix when it ends in a dot (`scan.`). actor_id: Only by this actor (API key, device, wallet). cursor: `next_cursor` of the page before. event_id: Only this event''s. from: Only from this time on. gate_id: Only at this gate. limit: Entries a page, 1 to 200; 50 when absent. until: Only before this time. venue_id: Only at this venue''s events and gates. wallet_id: Only this wallet''s. Errors: see admit.error_code.';

CREATE TYPE admit.proof_view AS (
    proof jsonb
);
COMMENT ON TYPE admit.proof_view IS 'A proof; `admit-verify` and `core::journal::proof` check it without a database.';

CREATE FUNCTION admit.journal_inclusion(tenant_id integer, entry_id uuid)
RETURNS admit.proof_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.proof_view, admit.call($1, 'journal.inclusion',
    pg_catalog.jsonb_build_object('entry_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.journal_inclusion(integer, uuid) IS
'Proves that an entry is in the sealed journal. entry_id: The entry. Errors: see admit.error_code.';

CREATE FUNCTION admit.journal_consistency(tenant_id integer, old_size bigint)
RETURNS admit.proof_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.proof_view, admit.call($1, 'journal.consistency',
    pg_catalog.jsonb_build_object('old_size', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.journal_consistency(integer, bigint) IS
'Proves that the journal only grew. old_size: Blocks in the older checkpoint. Errors: see admit.error_code.';

CREATE TYPE admit.checkpoint_view AS (
    checkpoint text,
    seq bigint,
    size bigint
);
COMMENT ON TYPE admit.checkpoint_view IS 'A signed checkpoint.';

CREATE FUNCTION admit.journal_checkpoint(tenant_id integer)
RETURNS admit.checkpoint_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.checkpoint_view, admit.call($1, 'journal.checkpoint',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.journal_checkpoint(integer) IS
'Reads the newest signed checkpoint. Errors: see admit.error_code.';

CREATE TYPE admit.verify_result AS (
    clean boolean,
    invariants jsonb
);
COMMENT ON TYPE admit.verify_result IS 'The result of all checks.';

CREATE FUNCTION admit.journal_verify(tenant_id integer)
RETURNS admit.verify_result
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.verify_result, admit.call($1, 'journal.verify',
    pg_catalog.jsonb_build_object(), NULL));
END$$;
COMMENT ON FUNCTION admit.journal_verify(integer) IS
'Checks every invariant of the tenant. Errors: see admit.error_code.';

CREATE TYPE admit.live_view AS (
    capacity integer,
    charged_cents bigint,
    denied bigint,
    entries bigint,
    entries_per_minute bigint,
    event_id uuid,
    exits bigint,
    gates jsonb,
    inside bigint,
    reentries bigint,
    sales bigint,
    seq bigint,
    ticket_types jsonb
);
COMMENT ON TYPE admit.live_view IS 'Live figures.';

CREATE FUNCTION admit.report_live(tenant_id integer, event_id uuid)
RETURNS admit.live_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.live_view, admit.call($1, 'report.live',
    pg_catalog.jsonb_build_object('event_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.report_live(integer, uuid) IS
'Reads an event''s live figures. event_id: The event. Errors: see admit.error_code.';

CREATE TYPE admit.financials_view AS (
    currency text,
    days jsonb,
    event_id uuid,
    name text,
    scans_charged_cents bigint,
    ticket_types jsonb,
    time_zone text,
    totals jsonb
);
COMMENT ON TYPE admit.financials_view IS 'What an event''s tickets brought in.';

CREATE FUNCTION admit.event_financials(tenant_id integer, event_id uuid)
RETURNS admit.financials_view
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.financials_view, admit.call($1, 'event.financials',
    pg_catalog.jsonb_build_object('event_id', $2), NULL));
END$$;
COMMENT ON FUNCTION admit.event_financials(integer, uuid) IS
'Reads what an event''s tickets brought in. event_id: The event. Errors: see admit.error_code.';

CREATE TYPE admit.transaction_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.transaction_page IS 'A page of transactions.';

CREATE FUNCTION admit.transaction_list(tenant_id integer, account_id uuid DEFAULT NULL, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, "from" timestamptz DEFAULT NULL, "limit" bigint DEFAULT NULL, transaction_type text DEFAULT NULL, until timestamptz DEFAULT NULL)
RETURNS admit.transaction_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.transaction_page, admit.call($1, 'transaction.list',
    pg_catalog.jsonb_build_object('account_id', $2, 'cursor', $3, 'event_id', $4, 'from', $5, 'limit', $6, 'transaction_type', $7, 'until', $8), NULL));
END$$;
COMMENT ON FUNCTION admit.transaction_list(integer, uuid, text, uuid, timestamptz, bigint, text, timestamptz) IS
'Lists what moved money. account_id: Only this account''s. The journal is looked through from `until` back to `from`, without an index by account, which every charge would pay for: give both for an account that moves seldom. cursor: `next_cursor` of the page before. event_id: Only this event''s. Payouts are of accounts, not of events. from: Only from this time on. limit: Transactions a page, 1 to 200; 50 when absent. transaction_type: Only these. until: Only before this time. Errors: see admit.error_code.';

CREATE TYPE admit.alert_page AS (
    items jsonb,
    next_cursor text
);
COMMENT ON TYPE admit.alert_page IS 'A page of alerts.';

CREATE FUNCTION admit.alert_list(tenant_id integer, cursor text DEFAULT NULL, event_id uuid DEFAULT NULL, "limit" bigint DEFAULT NULL)
RETURNS admit.alert_page
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $$BEGIN
RETURN pg_catalog.jsonb_populate_record(NULL::admit.alert_page, admit.call($1, 'alert.list',
    pg_catalog.jsonb_build_object('cursor', $2, 'event_id', $3, 'limit', $4), NULL));
END$$;
COMMENT ON FUNCTION admit.alert_list(integer, text, uuid, bigint) IS
'Lists alerts. cursor: `next_cursor` of the page before. event_id: Only this event''s. limit: Alerts a page, 1 to 200; 50 when absent. Errors: see admit.error_code.';

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
