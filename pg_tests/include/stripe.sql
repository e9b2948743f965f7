-- Stripe's side: events and their signatures (HMAC-SHA256 over time, a point and the body).
CREATE FUNCTION pg_temp.hmac_sha256(key bytea, message bytea) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    inner_key bytea := decode(repeat('36', 64), 'hex');
    outer_key bytea := decode(repeat('5c', 64), 'hex');
BEGIN
    FOR i IN 0 .. length(key) - 1 LOOP
        inner_key := set_byte(inner_key, i, get_byte(inner_key, i) # get_byte(key, i));
        outer_key := set_byte(outer_key, i, get_byte(outer_key, i) # get_byte(key, i));
    END LOOP;
    RETURN sha256(outer_key || sha256(inner_key || message));
END $$;
CREATE FUNCTION pg_temp.signature(body text, secret text, age_seconds integer DEFAULT 0) RETURNS text LANGUAGE sql AS $$
    SELECT format('t=%s,v1=%s', t, encode(pg_temp.hmac_sha256(secret::bytea, convert_to(t || '.' || body, 'UTF8')), 'hex'))
    FROM (SELECT (floor(extract(epoch FROM clock_timestamp()))::bigint - age_seconds)::text) AS now (t) $$;
-- An event about a payment, as Stripe sends it.
CREATE FUNCTION pg_temp.intent(event_id text, type text, payment_id uuid, amount bigint, currency text DEFAULT 'usd') RETURNS text
LANGUAGE sql AS $$
    SELECT jsonb_build_object('id', event_id, 'object', 'event', 'type', type, 'livemode', false,
        'data', jsonb_build_object('object', jsonb_build_object(
            'id', 'pi_' || replace(payment_id::text, '-', ''), 'object', 'payment_intent', 'amount', amount,
            'amount_received', amount, 'currency', currency,
            'metadata', jsonb_build_object('admit_payment_id', payment_id))))::text $$;
-- Delivers a body with a right signature; gives what became of it.
CREATE FUNCTION pg_temp.deliver(tenant_id integer, body text, secret text DEFAULT 'whsec_of_the_regress_tests') RETURNS text
LANGUAGE sql AS $$
    SELECT w.state FROM admit.webhook(tenant_id, 'stripe', convert_to(body, 'UTF8'),
        jsonb_build_object('stripe-signature', pg_temp.signature(body, secret))) AS w $$;
