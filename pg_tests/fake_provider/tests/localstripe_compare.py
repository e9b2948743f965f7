#!/usr/bin/env python3
"""Compares the fake's Stripe with localstripe, an independent implementation.

Usage: localstripe_compare.py BASE_URL

A fake-provider must be running at BASE_URL; it is reset first. localstripe is run as a program of
its own, from PATH or from a temporary environment that it is installed into; where that cannot be
done, the reason is printed and nothing is compared. The same requests for PaymentIntents, refunds
and events go to both; the fields that both answers have must be alike: ids by their prefix, times
by being numbers. Ends with "N passed, N failed"; exits 1 on failure.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
import venv

VERSION = "1.15.10"
BASE = sys.argv[1].rstrip("/") if len(sys.argv) == 2 else sys.exit(__doc__)

# Where localstripe does something else than Stripe's documentation says, by the path of the
# difference. They are printed, and do not count.
KNOWN = {
    "declined.error.type": "a decline is a card_error (Errors)",
    "intents.data": "lists are newest first (Pagination)",
    "refunds.data": "lists are newest first (Pagination)",
    "refund_of_charge.payment_intent": "a refund names its charge's PaymentIntent (The Refund object)",
    "refund_of_unpaid.status": "an error is 4xx; localstripe itself fails here",
    "events_payment_intent.payment_failed.data[0].data.object.payment_method": "the same",
    "declined_retrieved.payment_method": "a declined method is taken off again (How PaymentIntents work)",
}


class Unavailable(Exception):
    pass


def program(folder):
    beside = os.path.join(os.path.dirname(sys.executable), "localstripe")
    for path in [beside, shutil.which("localstripe")]:
        if path and os.path.exists(path):
            return path
    try:
        venv.create(folder, with_pip=True)
        pip = os.path.join(folder, "bin", "pip")
        subprocess.run([pip, "install", "-q", f"localstripe=={VERSION}"], check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        raise Unavailable((error.stderr or "").strip().splitlines()[-1:] or str(error)) from error
    except OSError as error:
        raise Unavailable(str(error)) from error
    return os.path.join(folder, "bin", "localstripe")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def send(base, method, path, parameters=None):
    """The status and the JSON of an answer; none of a server that failed."""
    data = urllib.parse.urlencode(parameters or {}).encode() if method == "POST" else None
    request = urllib.request.Request(base + path, data=data, method=method)
    request.add_header("Authorization", "Basic " + base64.b64encode(b"sk_test_compare:").decode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else {}


def start(path):
    port = free_port()
    process = subprocess.Popen(
        [path, "--port", str(port), "--from-scratch"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            send(base, "GET", "/v1/events")
            return process, base
        except OSError:
            time.sleep(0.1)
    process.terminate()
    raise Unavailable("localstripe does not answer")


class Comparison:
    def __init__(self, bases):
        self.bases = bases
        self.passed = 0
        self.failures = []

    def both(self, name, method, path, parameters=None):
        """Sends to both and compares; gives both answers, the fake's first."""
        answers = []
        for base, fill in self.bases:
            filled = {key: fill.get(value, value) for key, value in (parameters or {}).items()}
            answers.append(send(base, method, path.format(**fill), filled))
        (fake_status, fake), (other_status, other) = answers
        found = list(differences(name, fake, other))
        if fake_status != other_status:
            found.insert(0, (f"{name}.status", fake_status, other_status))
        self.note(name, found)
        return fake, other

    def note(self, name, found):
        unknown = 0
        for path, fake, other in found:
            reason = next((reason for start, reason in KNOWN.items() if path.startswith(start)), None)
            unknown += reason is None
            print(f"{'FAILED' if reason is None else 'known'} {path}: {fake!r}, localstripe {other!r}"
                  + (f": {reason}" if reason else ""))
        if unknown:
            self.failures.append(name)
        else:
            self.passed += 1

    def remember(self, name, answers, field="id"):
        for (_, fill), answer in zip(self.bases, answers):
            fill[name] = unexpanded(answer[field])


def like_id(value):
    prefix, _, rest = value.partition("_")
    return prefix if rest and prefix.islower() and 2 <= len(prefix) <= 5 else None


def unexpanded(value):
    """The id of an object: localstripe expands what nobody asked it to."""
    return value["id"] if isinstance(value, dict) and "id" in value else value


def differences(path, fake, other):
    if isinstance(fake, str):
        other = unexpanded(other)
    if isinstance(fake, dict) and isinstance(other, dict):
        for name in sorted(fake.keys() & other.keys()):
            yield from differences(f"{path}.{name}", fake[name], other[name])
    elif isinstance(fake, list) and isinstance(other, list):
        if len(fake) != len(other):
            yield f"{path}.length", len(fake), len(other)
        for position, (one, two) in enumerate(zip(fake, other)):
            yield from differences(f"{path}[{position}]", one, two)
    elif not alike(path.rsplit(".", 1)[-1], fake, other):
        yield path, fake, other


def alike(name, fake, other):
    # Texts for people, addresses of lists, versions and secrets are each their own.
    if name in {"message", "url", "api_version", "client_secret"}:
        return isinstance(fake, str) == isinstance(other, str)
    if name in {"created", "available_on"}:
        return isinstance(fake, int) and isinstance(other, int)
    if isinstance(fake, str) and isinstance(other, str) and like_id(fake):
        return like_id(fake) == like_id(other)
    return fake == other


def intents(compare):
    made = compare.both("created", "POST", "/v1/payment_intents",
                        {"amount": 2500, "currency": "usd", "metadata[admit_payment_id]": "p-1"})
    compare.remember("intent", made)
    compare.both("retrieved", "GET", "/v1/payment_intents/{intent}")
    compare.both("cancelled", "POST", "/v1/payment_intents/{intent}/cancel")
    compare.both("cancelled_again", "POST", "/v1/payment_intents/{intent}/cancel")
    compare.both("unknown", "GET", "/v1/payment_intents/pi_none")
    compare.both("without_amount", "POST", "/v1/payment_intents", {"currency": "usd"})
    compare.both("amount_no_number", "POST", "/v1/payment_intents", {"amount": "many", "currency": "usd"})
    waiting = {"amount": 900, "currency": "usd", "payment_method": "pm_card_visa"}
    compare.both("with_method", "POST", "/v1/payment_intents", waiting)
    off_session = {**waiting, "amount": 4000, "confirm": "true", "off_session": "true"}
    paid = compare.both("paid", "POST", "/v1/payment_intents", off_session)
    compare.remember("paid", paid)
    compare.remember("charge", paid, "latest_charge")
    compare.both("charge", "GET", "/v1/charges/{charge}")
    # With the types given, no method redirects, and confirming needs no return_url.
    card = {**waiting, "payment_method": "pm_card_chargeCustomerFail", "payment_method_types[0]": "card"}
    compare.remember("declined", compare.both("declining", "POST", "/v1/payment_intents", card))
    compare.both("declined", "POST", "/v1/payment_intents/{declined}/confirm")
    compare.both("declined_retrieved", "GET", "/v1/payment_intents/{declined}")
    compare.both("intents", "GET", "/v1/payment_intents?limit=2")


def refunds(compare):
    refund = compare.both("refund", "POST", "/v1/refunds", {"payment_intent": "paid", "amount": 1000})
    compare.remember("refund", refund)
    compare.both("refund_retrieved", "GET", "/v1/refunds/{refund}")
    compare.both("refund_of_charge", "POST", "/v1/refunds", {"charge": "charge", "amount": 500})
    compare.both("refunds", "GET", "/v1/refunds?charge={charge}")
    compare.both("refunded_charge", "GET", "/v1/charges/{charge}")
    compare.both("refund_of_nothing", "POST", "/v1/refunds", {"amount": 500})
    compare.both("refund_of_unpaid", "POST", "/v1/refunds", {"payment_intent": "intent"})


def events(compare):
    for kind in ["payment_intent.succeeded", "payment_intent.payment_failed"]:
        compare.both(f"events_{kind}", "GET", f"/v1/events?type={kind}")
    compare.both("events_of_the_future", "GET", f"/v1/events?created[gt]={int(time.time()) + 60}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            process, other = start(program(folder))
        except Unavailable as error:
            print(f"skipped: localstripe cannot be run: {error}")
            return 0
        try:
            send(BASE, "POST", "/_control/reset")
            compare = Comparison([(BASE, {}), (other, {})])
            for part in [intents, refunds, events]:
                part(compare)
        finally:
            process.terminate()
            process.wait()
    print(f"{compare.passed} passed, {len(compare.failures)} failed")
    return 1 if compare.failures else 0


if __name__ == "__main__":
    sys.exit(main())
