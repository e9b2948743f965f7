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
