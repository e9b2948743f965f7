"""The known answers of core/vectors/ticket_tokens.json, checked by libraries that are not ours.

jwcrypto (JOSE) verifies every JWS with the published key set and refuses each changed one; pyotp
computes the rotating codes; the standard library the rest. Ends with `N passed, N failed`.
"""

import base64
import hashlib
import hmac
import json
import struct
import sys
import uuid

import pyotp
from jwcrypto import jwk, jws

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
passed = failed = 0


def check(name, good):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f"FAILED: {name}")


def crockford(data):
    padding = -len(data) * 8 % 5
    bits = int.from_bytes(data, "big") << padding
    length = (len(data) * 8 + padding) // 5
    return "".join(SYMBOLS[bits >> 5 * place & 31] for place in reversed(range(length)))


def from_crockford(text):
    bits = 0
    for symbol in text:
        bits = bits << 5 | SYMBOLS.index(symbol)
    length = len(text) * 5 // 8
    return (bits >> len(text) * 5 - length * 8).to_bytes(length, "big")


def verified(keys, token):
    """The token's payload, or nothing when the library refuses it."""
    try:
        parsed = jws.JWS()
        parsed.deserialize(token)
        key = keys.get_key(parsed.jose_header["kid"])
        parsed.verify(key, alg="EdDSA")
        return parsed.payload
    except Exception:  # whatever the library raises means no
        return None


def signed_tickets(vectors):
    keys = jwk.JWKSet.from_json(json.dumps(vectors["jwks"]))
    for vector in vectors["tickets"]:
        name = f"ticket {vector['ticket_id']} of key {vector['kid']}"
        payload = verified(keys, vector["jws"])
        check(f"{name}: its JWS verifies", payload is not None)
        claims = json.loads(payload or b"{}")
        ticket = crockford(uuid.UUID(vector["ticket_id"]).bytes)
        event = crockford(uuid.UUID(vector["event_id"]).bytes[8:])
        expected = {
            "tid": ticket,
            "eid": event,
            "iat": vector["issued_at_seconds"],
            "exp": vector["expires_at_seconds"],
            "jti": f"{ticket}.{vector['generation']}",
            "cls": vector["class"],
            "flg": int(vector["rotating"]),
        }
        check(f"{name}: it says what the ticket is", claims == expected)
        data = from_crockford(vector["at1"][3:])
        signature = base64.urlsafe_b64decode(vector["jws"].rsplit(".", 1)[1] + "==")
        check(f"{name}: AT1 has the same signature", data[40:] == signature and len(data) == 104)
        fields = (1, int(vector["rotating"]), vector["kid"], uuid.UUID(vector["ticket_id"]).bytes,
                  uuid.UUID(vector["event_id"]).bytes[8:], vector["issued_at_seconds"],
                  vector["expires_at_seconds"], vector["generation"], vector["class"])
        check(f"{name}: AT1 has the same fields", struct.unpack(">BBH16s8sIIHH", data[:40]) == fields)
        header, body, mac = vector["jws"].split(".")
        other = base64.urlsafe_b64encode(payload.replace(b'"cls"', b'"clx"')).rstrip(b"=").decode()
        check(f"{name}: a changed JWS is refused", verified(keys, f"{header}.{other}.{mac}") is None)


def derived(key, *parts):
    return hmac.new(bytes.fromhex(key), b"".join(parts), hashlib.sha256).digest()


def rotating_codes(vectors):
    for vector in vectors["rotating"]:
        event_key = derived(vector["signing_seed_hex"], b"admit-rot-event-v1", uuid.UUID(vector["event_id"]).bytes[8:])
        ticket = uuid.UUID(vector["ticket_id"]).bytes + struct.pack(">H", vector["generation"])
        key = derived(event_key.hex(), b"admit-rot-v1", ticket)[:20]
        name = f"rotating code at {vector['unix_seconds']}"
        check(f"{name}: the key", key.hex() == vector["ticket_key_hex"])
        code = pyotp.TOTP(base64.b32encode(key).decode(), digits=8, interval=30).at(vector["unix_seconds"])
        check(f"{name}: the code", code == vector["code"])


def short_tickets(vectors):
    for vector in vectors["short"]:
        fields = struct.pack(">iH16sH", vector["tenant_id"], vector["kid"], uuid.UUID(vector["ticket_id"]).bytes,
                             vector["generation"])
        mac = derived(vector["key_hex"], b"admit short ticket 1", fields)[:16]
        check(f"short ticket of key {vector['kid']}", vector["ah1"] == "AH1" + crockford(fields + mac))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        vectors = json.load(file)
    signed_tickets(vectors)
    rotating_codes(vectors)
    short_tickets(vectors)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0 or passed == 0)


main()
