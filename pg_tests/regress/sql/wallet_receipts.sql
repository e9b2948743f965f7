-- Receipts: the same bytes each time, nobody else's, and their signatures verify with the published keys.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT admit.migrate() IS NOT NULL AS migrated;
SELECT api_key AS owner_key FROM admit.tenant_create(623, 'Receipts') \gset
SELECT api_key AS other_key FROM admit.tenant_create(624, 'Other') \gset
SELECT venue_id FROM admit.venue_create(623, name => 'Hall') \gset
SELECT gate_id FROM admit.gate_create(623, venue_id => :'venue_id', name => 'Door', gate_type => 'door') \gset
SELECT event_id FROM admit.event_create(623, venue_id => :'venue_id', name => 'Night', starts_at => now() - interval '1 hour',
    ends_at => now() + interval '1 day', duplicate_window_ms => 0) \gset
SELECT device_id FROM admit.device_register(623, name => 'D', gate_id => :'gate_id', event_id => :'event_id') \gset
SELECT session_token, wallet_id FROM admit.wallet_open(623, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT session_token AS stranger FROM admit.wallet_open(623, event_id => :'event_id', venue_id => :'venue_id') \gset
SELECT outcome, scan_id, receipt FROM admit.scan(623, :'session_token', :'device_id', 'entry', admit.uuid7()) \gset
SELECT scan_id AS denied_id, outcome AS denied, reason, receipt IS NULL AS no_receipt
FROM admit.scan(623, :'session_token', :'device_id', 'entry', admit.uuid7()) \gset
\echo :outcome :denied :reason :no_receipt

-- Ed25519 as RFC 8032 defines it, written anew here: the signature is checked by code that did not make it.
CREATE FUNCTION pg_temp.number(bytes bytea) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT sum(get_byte(bytes, i) * 256::numeric ^ i)::numeric(160, 0) FROM generate_series(0, length(bytes) - 1) AS i
$$;
CREATE FUNCTION pg_temp.reduce(n numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT mod(mod(n, prime) + prime, prime) FROM (SELECT 57896044618658097711785492504343953926634992332820282019728792003956564819949) AS field (prime)
$$;
CREATE FUNCTION pg_temp.power(base numeric, exponent numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    result numeric := 1;
BEGIN
    WHILE exponent > 0 LOOP
        IF mod(exponent, 2) = 1 THEN result := pg_temp.reduce(result * base); END IF;
        base := pg_temp.reduce(base * base);
        exponent := div(exponent, 2);
    END LOOP;
    RETURN result;
END
$$;
-- Points are X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z.
CREATE FUNCTION pg_temp.add(p numeric[], q numeric[], d numeric) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    a numeric := pg_temp.reduce((p[2] - p[1]) * (q[2] - q[1]));
    b numeric := pg_temp.reduce((p[2] + p[1]) * (q[2] + q[1]));
    c numeric := pg_temp.reduce(2 * d * pg_temp.reduce(p[4] * q[4]));
    z numeric := pg_temp.reduce(2 * p[3] * q[3]);
BEGIN
    RETURN ARRAY[pg_temp.reduce((b - a) * (z - c)), pg_temp.reduce((z + c) * (b + a)),
                 pg_temp.reduce((z - c) * (z + c)), pg_temp.reduce((b - a) * (b + a))];
END
$$;
CREATE FUNCTION pg_temp.times(factor numeric, p numeric[], d numeric) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    result numeric[] := ARRAY[0, 1, 1, 0];
BEGIN
    WHILE factor > 0 LOOP
        IF mod(factor, 2) = 1 THEN result := pg_temp.add(result, p, d); END IF;
        p := pg_temp.add(p, p, d);
        factor := div(factor, 2);
    END LOOP;
    RETURN result;
END
$$;
-- The point with this y, and x even or odd.
CREATE FUNCTION pg_temp.point(y numeric, odd numeric, d numeric) RETURNS numeric[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    prime numeric := pg_temp.reduce(-1) + 1;
    square numeric := pg_temp.reduce((y * y - 1) * pg_temp.power(pg_temp.reduce(d * y * y + 1), prime - 2));
    x numeric := pg_temp.power(square, div(prime + 3, 8));
BEGIN
    IF pg_temp.reduce(x * x) <> square THEN x := pg_temp.reduce(x * pg_temp.power(2, div(prime - 1, 4))); END IF;
    IF pg_temp.reduce(x * x) <> square THEN RETURN NULL; END IF;
    IF mod(x, 2) <> odd THEN x := prime - x; END IF;
    RETURN ARRAY[x, y, 1, pg_temp.reduce(x * y)];
END
$$;
CREATE FUNCTION pg_temp.verifies(public_key bytea, message bytea, signature bytea) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    d numeric := pg_temp.reduce(-121665 * pg_temp.power(121666, pg_temp.reduce(-2)));
    half numeric := 2::numeric ^ 255;
    subgroup numeric := 2::numeric ^ 252 + 27742317777372353535851937790883648493;
    base numeric[] := pg_temp.point(pg_temp.reduce(4 * pg_temp.power(5, pg_temp.reduce(-2))), 0, d);
    own numeric[] := pg_temp.point(mod(pg_temp.number(public_key), half), div(pg_temp.number(public_key), half), d);
    challenge numeric := mod(pg_temp.number(sha512(substr(signature, 1, 32) || public_key || message)), subgroup);
    sum numeric[];
    inverse numeric;
BEGIN
    own := ARRAY[pg_temp.reduce(-own[1]), own[2], own[3], pg_temp.reduce(-own[4])];
    sum := pg_temp.add(pg_temp.times(pg_temp.number(substr(signature, 33, 32)), base, d), pg_temp.times(challenge, own, d), d);
    inverse := pg_temp.power(sum[3], pg_temp.reduce(-2));
    RETURN pg_temp.reduce(sum[2] * inverse) + half * mod(pg_temp.reduce(sum[1] * inverse), 2) = pg_temp.number(substr(signature, 1, 32));
END
$$;
CREATE FUNCTION pg_temp.unpack(part text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT decode(rpad(translate(part, '-_', '+/'), (length(part) + 3) / 4 * 4, '='), 'base64')
$$;

-- The first test of RFC 8032, section 7.1; another message, another signature and another key fail.
SELECT pg_temp.verifies(key, message, signature) AS good, pg_temp.verifies(key, 'x', signature) AS other_message,
    pg_temp.verifies(key, message, set_byte(signature, 0, 0)) AS other_signature,
    pg_temp.verifies('\x3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', message, signature) AS other_key
FROM (VALUES ('\xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'::bytea, ''::bytea,
    '\xe5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'::bytea))
    AS known (key, message, signature);

-- A receipt checked with the published keys alone: its key by kid, its signature, what it says.
CREATE FUNCTION pg_temp.check_receipt(receipt text, OUT algorithm text, OUT type text, OUT kid text, OUT keys bigint,
    OUT signature_good boolean, OUT said jsonb) LANGUAGE plpgsql AS $$
DECLARE
    part text[] := string_to_array(receipt, '.');
    header jsonb := convert_from(pg_temp.unpack(part[1]), 'UTF8')::jsonb;
BEGIN
    algorithm := header ->> 'alg';
    type := header ->> 'typ';
    kid := header ->> 'kid';
    SELECT count(*), bool_and(pg_temp.verifies(pg_temp.unpack(key ->> 'x'), convert_to(part[1] || '.' || part[2], 'UTF8'), pg_temp.unpack(part[3])))
    INTO keys, signature_good
    FROM admit.key_jwks(623) AS published, jsonb_array_elements(published.keys) AS key WHERE key ->> 'kid' = kid;
    said := convert_from(pg_temp.unpack(part[2]), 'UTF8')::jsonb;
END
$$;
SELECT algorithm, type, keys, signature_good, said ->> 'action' AS action, said -> 'amount_cents' AS amount_cents,
    (said ->> 'entry_id')::uuid = :'scan_id' AS this_scan, (said ->> 'wallet_id')::uuid = :'wallet_id' AS this_wallet,
    (said ->> 'event_id')::uuid = :'event_id' AS this_event, (said ->> 'gate_id')::uuid = :'gate_id' AS this_gate, said -> 'tenant_id' AS tenant_id
FROM pg_temp.check_receipt(:'receipt');
-- What it says of the entry's hash is what the journal has.
SELECT said ->> 'hash' = encode(hash, 'hex') AS same_hash, (said ->> 'recorded_at')::timestamptz = recorded_at AS same_time
FROM pg_temp.check_receipt(:'receipt'), admit.journal WHERE tenant_id = 623 AND entry_id = :'scan_id';
-- A word changed in the content, and the signature is another's.
SELECT signature_good FROM pg_temp.check_receipt(split_part(:'receipt', '.', 1) || '.' || rtrim(translate(encode(replace(
    convert_from(pg_temp.unpack(split_part(:'receipt', '.', 2)), 'UTF8'), '"amount_cents":0', '"amount_cents":9')::bytea, 'base64'),
    E'+/\n', '-_'), '=') || '.' || split_part(:'receipt', '.', 3));

-- Issued again it is the same to the byte, also when the key was rotated meanwhile.
SELECT receipt = :'receipt' AS same, content = (SELECT said FROM pg_temp.check_receipt(:'receipt')) AS same_content
FROM admit.receipt_get(623, entry_id => :'scan_id');
SELECT purpose, current FROM admit.key_rotate(623, purpose => 'receipt');
SELECT receipt = :'receipt' AS same FROM admit.receipt_get(623, entry_id => :'scan_id');
SELECT admit.dispatch(623, 'receipt.get', :'session_token', jsonb_build_object('entry_id', :'scan_id')::text)::jsonb ->> 'receipt' = :'receipt' AS same;
SELECT receipt AS later FROM admit.scan(623, :'session_token', :'device_id', 'exit', admit.uuid7()) \gset
SELECT old.kid <> new.kid AS other_key, new.keys, new.signature_good FROM pg_temp.check_receipt(:'receipt') AS old, pg_temp.check_receipt(:'later') AS new;
-- A denial and an entry without a wallet have receipts for those who may see them.
SELECT signature_good, said ->> 'action' AS action FROM admit.receipt_get(623, entry_id => :'denied_id') AS got, pg_temp.check_receipt(got.receipt);
SELECT entry_id AS tenant_entry FROM admit.journal WHERE tenant_id = 623 AND action = 'tenant.created' \gset
SELECT signature_good, said ? 'wallet_id' AS names_a_wallet FROM admit.receipt_get(623, entry_id => :'tenant_entry') AS got, pg_temp.check_receipt(got.receipt);

-- Another wallet's receipt, an entry of nobody's wallet and another tenant's are as unknown as any.
SELECT admit.dispatch(623, 'receipt.get', :'stranger', jsonb_build_object('entry_id', :'scan_id')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(623, 'receipt.get', :'session_token', jsonb_build_object('entry_id', :'tenant_entry')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(624, 'receipt.get', :'other_key', jsonb_build_object('entry_id', :'scan_id')::text);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.receipt_get(623, entry_id => admit.uuid7());
\echo :LAST_ERROR_SQLSTATE
SELECT admit.receipt_get(623, entry_id => NULL);
\echo :LAST_ERROR_SQLSTATE
SELECT admit.dispatch(623, 'receipt.get', :'owner_key', '{"entry_id": "12"}');
\echo :LAST_ERROR_SQLSTATE
SELECT * FROM admit.verify(623) WHERE violations <> 0;
