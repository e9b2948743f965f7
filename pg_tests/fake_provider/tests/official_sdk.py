#!/usr/bin/env python3
"""Drives the fake's Stripe with Stripe's own Python library.

Usage: official_sdk.py BASE_URL        (needs: pip install stripe==16.1.0)

Starts nothing: a fake-provider must be running. It is reset first. Every object that comes back is
compared with the fields that the library declares for it. Ends with "N passed, N failed"; exits 1
on failure.
"""

import http.server
import json
import sys
import threading
import time
import typing
import urllib.request
from collections import Counter

import stripe

SECRET = "whsec_fake_of_the_official_sdk_test"
BASE = sys.argv[1].rstrip("/") if len(sys.argv) == 2 else sys.exit(__doc__)
stripe.api_base = BASE
stripe.api_key = "sk_test_official_sdk"
stripe.max_network_retries = 0

CHECKS = []
DELIVERED = []


def control(path, body=None, method="POST"):
    data = None if method == "GET" else json.dumps(body or {}).encode()
    request = urllib.request.Request(f"{BASE}/_control/{path}", data=data, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def check(function):
    CHECKS.append(function)
    return function


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def raises(kind, call, *, code=None, param=None, status=None):
    try:
        call()
    except kind as error:
        equal(type(error), kind)
        if code is not None:
            equal(error.code, code)
        if param is not None:
            equal(error.param, param)
        if status is not None:
            equal(error.http_status, status)
        return error
    raise AssertionError(f"no {kind.__name__}")


def words_of(annotation):
    """The words of a Literal, or nothing when any text goes."""
    words = set()
    for part in (annotation, *typing.get_args(annotation)):
        if typing.get_origin(part) is typing.Literal:
            words |= set(typing.get_args(part))
    return words


def conforms(thing, where=None):
    """Checks an object's fields against those that the library declares for its class."""
    declared = {
        name: annotation
        for name, annotation in type(thing).__annotations__.items()
        if typing.get_origin(annotation) is not typing.ClassVar
    }
    sent = set(thing.to_dict())
    where = where or type(thing).__name__
    assert declared, f"{where}: the library declares nothing"
    unknown = sent - set(declared)
    assert not unknown, f"{where}: the library knows no {sorted(unknown)}"
    for name, annotation in declared.items():
        optional = type(None) in typing.get_args(annotation)
        if name not in sent:
            assert optional, f"{where}: {name} is missing"
            continue
        value = thing[name]
        if value is None:
            assert optional, f"{where}: {name} is null"
        words = words_of(annotation)
        if words and isinstance(value, str):
            assert value in words, f"{where}: {name} is {value!r}"
        if annotation is int:
            assert isinstance(value, int), f"{where}: {name} is {value!r}"
        for inner in value if isinstance(value, list) else [value]:
            # Metadata, which is a plain StripeObject, and lists declare no fields of their own.
            if isinstance(inner, stripe.StripeObject) and type(inner) not in (stripe.StripeObject, stripe.ListObject):
                conforms(inner, f"{where}.{name}")
    return thing


def intent(**changes):
    parameters = {"amount": 2500, "currency": "usd", "metadata": {"admit_payment_id": "p-1"}}
    parameters.update(changes)
    return stripe.PaymentIntent.create(**parameters)


def paid(**changes):
    return intent(payment_method="pm_card_visa", confirm=True, return_url="https://shop.example/", **changes)


def account(active=True):
    made = stripe.Account.create(
        type="express", country="US", email="venue@example.com", capabilities={"transfers": {"requested": True}}
    )
    if active:
        control(
            f"stripe/accounts/{made.id}",
            {
                "charges_enabled": True,
                "payouts_enabled": True,
                "details_submitted": True,
                "capabilities": {"transfers": "active", "card_payments": "active"},
            },
        )
    return made


def session(**changes):
    price = {"currency": "usd", "unit_amount": 1500, "product_data": {"name": "Wallet funding"}}
    parameters = {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 2}],
        "payment_intent_data": {"metadata": {"admit_payment_id": "p-2"}},
        "success_url": "https://shop.example/thanks",
        "cancel_url": "https://shop.example/back",
        "client_reference_id": "order-1",
        "metadata": {"order": "1"},
    }
    parameters.update(changes)
    return stripe.checkout.Session.create(**parameters)


def event_types(**filters):
    return [event.type for event in stripe.Event.list(limit=100, **filters).data]


@check
def payment_intent_from_creation_to_success():
    made = conforms(intent())
    equal(made.status, "requires_payment_method")
    equal(made.amount_received, 0)
    equal(made.latest_charge, None)
    assert made.client_secret.startswith(f"{made.id}_secret_")
    equal(made.metadata["admit_payment_id"], "p-1")
    confirmed = conforms(
        stripe.PaymentIntent.confirm(made.id, payment_method="pm_card_visa", return_url="https://shop.example/")
    )
    equal(confirmed.status, "succeeded")
    equal(confirmed.amount_received, 2500)
    charge = conforms(stripe.Charge.retrieve(confirmed.latest_charge))
    equal((charge.payment_intent, charge.amount, charge.paid, charge.captured), (made.id, 2500, True, True))
    again = raises(
        stripe.InvalidRequestError,
        lambda: stripe.PaymentIntent.confirm(made.id, payment_method="pm_card_visa", return_url="https://a.example"),
        code="payment_intent_unexpected_state",
        status=400,
    )
    equal(again.error.payment_intent.id, made.id)


@check
def payment_intent_with_a_method_waits_for_confirmation():
    equal(intent(payment_method="pm_card_visa").status, "requires_confirmation")


@check
def payment_intent_confirmed_without_method_or_return_url():
    made = intent()
    raises(
        stripe.InvalidRequestError,
        lambda: stripe.PaymentIntent.confirm(made.id),
        code="payment_intent_unexpected_state",
    )
    raises(
        stripe.InvalidRequestError,
        lambda: stripe.PaymentIntent.confirm(made.id, payment_method="pm_card_visa"),
        param="return_url",
    )
    automatic = {"enabled": True, "allow_redirects": "never"}
    equal(intent(payment_method="pm_card_visa", confirm=True, automatic_payment_methods=automatic).status, "succeeded")


@check
def payment_intent_declined():
    for method, code, decline_code in [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ]:
        made = intent()
        error = raises(
            stripe.CardError,
            lambda: stripe.PaymentIntent.confirm(made.id, payment_method=method, return_url="https://a.example"),
            code=code,
            status=402,
        )
        equal(error.error.decline_code, decline_code)
        failed = conforms(stripe.PaymentIntent.retrieve(made.id))
        equal(failed.status, "requires_payment_method")
        equal(failed.last_payment_error.decline_code, decline_code)
        equal(conforms(stripe.Charge.retrieve(failed.latest_charge)).status, "failed")


@check
def payment_intent_that_needs_the_buyer():
    made = intent(payment_method="pm_card_authenticationRequired", confirm=True, return_url="https://a.example")
    equal(made.status, "requires_action")
    equal(made.next_action.type, "redirect_to_url")
    control(f"stripe/payment_intents/{made.id}/pay")
    equal(stripe.PaymentIntent.retrieve(made.id).status, "succeeded")
    raises(
        stripe.CardError,
        lambda: intent(payment_method="pm_card_authenticationRequired", confirm=True, off_session=True),
        code="authentication_required",
    )


@check
def payment_intent_processing():
    made = intent()
    control(f"stripe/payment_intents/{made.id}/process")
    equal(conforms(stripe.PaymentIntent.retrieve(made.id)).status, "processing")
    control(f"stripe/payment_intents/{made.id}/fail", {"decline_code": "insufficient_funds"})
    equal(stripe.PaymentIntent.retrieve(made.id).status, "requires_payment_method")


@check
def payment_intent_cancelled():
    made = intent()
    cancelled = conforms(stripe.PaymentIntent.cancel(made.id, cancellation_reason="abandoned"))
    equal((cancelled.status, cancelled.cancellation_reason), ("canceled", "abandoned"))
    raises(
        stripe.InvalidRequestError,
        lambda: stripe.PaymentIntent.cancel(paid().id),
        code="payment_intent_unexpected_state",
    )


@check
def wrong_parameters():
    for changes, code, param in [
        ({"amount": None}, "parameter_missing", "amount"),
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": 0}, "parameter_invalid_integer", "amount"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"currency": "dollars"}, None, "currency"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"payment_method": "pm_none"}, "resource_missing", "payment_method"),
        ({"transfer_data": {"destination": "acct_none"}}, "resource_missing", "transfer_data[destination]"),
        ({"application_fee_amount": 10}, None, "application_fee_amount"),
        ({"metadata": {"k": "x" * 501}}, None, "metadata[k]"),
    ]:
        raises(stripe.InvalidRequestError, lambda: intent(**changes), code=code, param=param, status=400)
    error = raises(stripe.InvalidRequestError, lambda: stripe.PaymentIntent.retrieve("pi_none"), status=404)
    equal(error.code, "resource_missing")


@check
def wrong_keys_and_accounts():
    for key in ["sk_live_x", "nonsense"]:
        raises(stripe.AuthenticationError, lambda: stripe.PaymentIntent.list(api_key=key), status=401)
    raises(stripe.PermissionError, lambda: stripe.PaymentIntent.list(stripe_account="acct_none"), status=403)


@check
def idempotency_replay_and_conflict():
    first = intent(idempotency_key="once-1")
    second = intent(idempotency_key="once-1")
    equal(first.id, second.id)
    equal(second.last_response.headers["idempotent-replayed"], "true")
    assert "idempotent-replayed" not in first.last_response.headers
    equal(control("effects?kind=payment_intent.create&idempotency_key=once-1", method="GET")["count"], 1)
    error = raises(stripe.IdempotencyError, lambda: intent(amount=2600, idempotency_key="once-1"), status=400)
    equal(error.error.type, "idempotency_error")
    raises(
        stripe.IdempotencyError,
        lambda: stripe.Customer.create(email="a@example.com", idempotency_key="once-1"),
        status=400,
    )


@check
def idempotency_of_declines_and_of_validation():
    def declined():
        return intent(
            payment_method="pm_card_chargeDeclined",
            confirm=True,
            return_url="https://a.example",
            idempotency_key="once-2",
        )

    raises(stripe.CardError, declined, code="card_declined")
    error = raises(stripe.CardError, declined, code="card_declined")
    equal(error.headers["idempotent-replayed"], "true")
    equal(control("effects?kind=payment_intent.create&idempotency_key=once-2", method="GET")["count"], 1)
    raises(stripe.InvalidRequestError, lambda: intent(amount=0, idempotency_key="once-3"))
    equal(intent(amount=500, idempotency_key="once-3").amount, 500)


@check
def idempotency_of_server_errors():
    control("faults", {"provider": "stripe", "method": "POST", "path_prefix": "/v1/payment_intents", "status": 500,
                       "fault": "answer"})
    raises(stripe.APIError, lambda: intent(idempotency_key="once-4"), status=500)
    error = raises(stripe.APIError, lambda: intent(idempotency_key="once-4"), status=500)
    equal(error.headers["idempotent-replayed"], "true")
    assert intent(idempotency_key="once-5").id


@check
def idempotency_while_in_progress():
    control("faults", {"provider": "stripe", "path_prefix": "/v1/payment_intents", "delay_ms": 600})
    results = []
    slow = threading.Thread(target=lambda: results.append(intent(idempotency_key="once-6")))
    slow.start()
    time.sleep(0.2)
    error = raises(stripe.APIError, lambda: intent(idempotency_key="once-6"), status=409)
    equal(error.error.code, "idempotency_key_in_use")
    slow.join()
    equal(intent(idempotency_key="once-6").id, results[0].id)


@check
def faults_as_the_library_sees_them():
    rule = {"provider": "stripe", "path_prefix": "/v1/refunds"}
    target = paid()
    control("faults", {**rule, "fault": "answer", "status": 429})
    raises(stripe.RateLimitError, lambda: stripe.Refund.create(payment_intent=target.id, amount=100), status=429)
    control("faults", {**rule, "fault": "drop_after"})
    key = {"idempotency_key": "dropped-1"}
    raises(stripe.APIConnectionError, lambda: stripe.Refund.create(payment_intent=target.id, amount=100, **key))
    refund = stripe.Refund.create(payment_intent=target.id, amount=100, **key)
    equal(refund.last_response.headers["idempotent-replayed"], "true")
    equal(control("effects?kind=refund.create&idempotency_key=dropped-1", method="GET")["count"], 1)
    equal(stripe.Charge.retrieve(target.latest_charge).amount_refunded, 100)
    control("faults", {**rule, "fault": "drop_before"})
    raises(stripe.APIConnectionError, lambda: stripe.Refund.create(payment_intent=target.id, amount=50))
    equal(stripe.Charge.retrieve(target.latest_charge).amount_refunded, 100)


@check
def the_library_retries_by_itself():
    control("faults", {"provider": "stripe", "path_prefix": "/v1/payment_intents", "fault": "drop_after"})
    client = stripe.StripeClient(
        "sk_test_retries", base_addresses={"api": BASE}, max_network_retries=2
    )
    made = client.v1.payment_intents.create({"amount": 700, "currency": "usd", "metadata": {"of": "retries"}})
    created = [e for e in control("effects?kind=payment_intent.create", method="GET")["effects"]
               if e["object"] == made.id]
    equal(len(created), 1)


@check
def checkout_session_paid():
    made = conforms(session())
    equal((made.status, made.payment_status, made.amount_total), ("open", "unpaid", 3000))
    equal(made.payment_intent, None)
    assert made.url
    items = stripe.checkout.Session.list_line_items(made.id)
    equal(conforms(items.data[0]).amount_total, 3000)
    control(f"stripe/checkout/sessions/{made.id}/fail")
    equal(stripe.checkout.Session.retrieve(made.id).status, "open")
    control(f"stripe/checkout/sessions/{made.id}/pay")
    done = conforms(stripe.checkout.Session.retrieve(made.id, expand=["payment_intent.latest_charge"]))
    equal((done.status, done.payment_status), ("complete", "paid"))
    equal(done.payment_intent.status, "succeeded")
    equal(done.payment_intent.metadata["admit_payment_id"], "p-2")
    equal(done.payment_intent.latest_charge.amount, 3000)
    conforms(done.customer_details)


@check
def checkout_session_expired():
    made = session(expires_at=int(time.time()) + 3600)
    equal(conforms(stripe.checkout.Session.expire(made.id)).status, "expired")
    raises(stripe.InvalidRequestError, lambda: stripe.checkout.Session.expire(made.id), status=400)
    raises(
        stripe.InvalidRequestError, lambda: session(expires_at=int(time.time()) + 60), param="expires_at", status=400
    )
    raises(stripe.InvalidRequestError, lambda: session(line_items=[]), param="line_items")
    made = session()
    control(f"stripe/checkout/sessions/{made.id}/process")
    waiting = stripe.checkout.Session.retrieve(made.id)
    equal((waiting.status, waiting.payment_status), ("complete", "unpaid"))
    control(f"stripe/payment_intents/{waiting.payment_intent}/pay")
    equal(stripe.checkout.Session.retrieve(made.id).payment_status, "paid")
    assert "checkout.session.async_payment_succeeded" in event_types()
    listed = stripe.checkout.Session.list(payment_intent=waiting.payment_intent)
    equal([one.id for one in listed.data], [made.id])


@check
def checkout_session_that_saves_the_card():
    made = session(payment_intent_data={"setup_future_usage": "off_session"})
    control(f"stripe/checkout/sessions/{made.id}/pay")
    done = stripe.checkout.Session.retrieve(made.id)
    methods = stripe.PaymentMethod.list(customer=done.customer, type="card")
    equal(len(methods.data), 1)
    charged = intent(customer=done.customer, payment_method=methods.data[0].id, off_session=True, confirm=True)
    equal(charged.status, "succeeded")


@check
def refunds_up_to_what_is_left():
    made = paid()
    first = conforms(stripe.Refund.create(payment_intent=made.id, amount=1000, metadata={"admit_refund_id": "r-1"}))
    equal((first.status, first.amount, first.charge), ("succeeded", 1000, made.latest_charge))
    raises(stripe.InvalidRequestError, lambda: stripe.Refund.create(charge=made.latest_charge, amount=1501), param="amount")
    rest = stripe.Refund.create(charge=made.latest_charge)
    equal(rest.amount, 1500)
    charge = conforms(stripe.Charge.retrieve(made.latest_charge))
    equal((charge.amount_refunded, charge.refunded), (2500, True))
    raises(
        stripe.InvalidRequestError,
        lambda: stripe.Refund.create(payment_intent=made.id),
        code="charge_already_refunded",
    )
    equal([refund.id for refund in stripe.Refund.list(payment_intent=made.id).data], [rest.id, first.id])
    conforms(stripe.Refund.retrieve(first.id))
    raises(stripe.InvalidRequestError, lambda: stripe.Refund.create(payment_intent=intent().id), status=400)


@check
def refunds_that_are_pending_or_fail():
    made = intent(payment_method="pm_card_pendingRefund", confirm=True, return_url="https://a.example")
    refund = conforms(stripe.Refund.create(payment_intent=made.id, amount=400))
    equal(refund.status, "pending")
    control(f"stripe/refunds/{refund.id}/succeed")
    equal(conforms(stripe.Refund.retrieve(refund.id)).status, "succeeded")
    refund = stripe.Refund.create(payment_intent=made.id, amount=500)
    control(f"stripe/refunds/{refund.id}/fail", {"failure_reason": "declined"})
    failed = conforms(stripe.Refund.retrieve(refund.id))
    equal((failed.status, failed.failure_reason), ("failed", "declined"))
    equal(stripe.Charge.retrieve(made.latest_charge).amount_refunded, 400)
    types = event_types()
    assert "refund.failed" in types and "refund.updated" in types and "charge.updated" in types


@check
def destination_charges_with_fee():
    venue = account()
    made = paid(application_fee_amount=250, transfer_data={"destination": venue.id})
    charge = conforms(stripe.Charge.retrieve(made.latest_charge, expand=["transfer", "application_fee"]))
    equal(conforms(charge.transfer).amount, 2500)
    equal(charge.transfer.destination, venue.id)
    equal(conforms(charge.application_fee).amount, 250)
    raises(
        stripe.InvalidRequestError,
        lambda: intent(application_fee_amount=2501, transfer_data={"destination": venue.id}),
        param="application_fee_amount",
    )
    refund = stripe.Refund.create(
        payment_intent=made.id, amount=1000, reverse_transfer=True, refund_application_fee=True
    )
    reversal = stripe.Refund.retrieve(refund.id, expand=["transfer_reversal"]).transfer_reversal
    equal(conforms(reversal).amount, 1000)
    equal(stripe.Transfer.retrieve(charge.transfer.id).amount_reversed, 1000)
    plain = paid()
    for parameter in ["reverse_transfer", "refund_application_fee"]:
        raises(
            stripe.InvalidRequestError,
            lambda: stripe.Refund.create(payment_intent=plain.id, **{parameter: True}),
            param=parameter,
        )
    raises(
        stripe.InvalidRequestError,
        lambda: intent(transfer_data={"destination": account(active=False).id}),
        code="insufficient_capabilities_for_transfer",
    )


@check
def direct_charges_of_a_connected_account():
    venue = account()
    made = paid(application_fee_amount=100, stripe_account=venue.id)
    equal(made.status, "succeeded")
    equal(stripe.PaymentIntent.retrieve(made.id, stripe_account=venue.id).id, made.id)
    raises(stripe.InvalidRequestError, lambda: stripe.PaymentIntent.retrieve(made.id), status=404)
    events = stripe.Event.list(stripe_account=venue.id, type="payment_intent.*")
    equal({event.account for event in events.data}, {venue.id})


@check
def disputes_won_and_lost():
    for verb, status in [("win", "won"), ("lose", "lost")]:
        made = paid()
        opened = control("stripe/disputes", {"payment_intent": made.id, "amount": 2000, "reason": "product_not_received"})
        dispute = conforms(stripe.Dispute.retrieve(opened["id"]))
        equal((dispute.status, dispute.amount, dispute.charge), ("needs_response", 2000, made.latest_charge))
        raises(
            stripe.InvalidRequestError,
            lambda: stripe.Refund.create(payment_intent=made.id),
            code="charge_disputed",
        )
        control(f"stripe/disputes/{dispute.id}/{verb}")
        equal(conforms(stripe.Dispute.retrieve(dispute.id)).status, status)
        equal([one.id for one in stripe.Dispute.list(payment_intent=made.id).data], [dispute.id])
    types = event_types()
    for wanted in ["created", "funds_withdrawn", "closed", "funds_reinstated"]:
        assert f"charge.dispute.{wanted}" in types, wanted
    disputed = intent(payment_method="pm_card_createDispute", confirm=True, return_url="https://a.example")
    equal(len(stripe.Dispute.list(payment_intent=disputed.id).data), 1)


@check
def customers_and_saved_methods():
    buyer = conforms(stripe.Customer.create(email="b@example.com", name="B", metadata={"wallet": "1", "x": "2"}))
    method = conforms(stripe.PaymentMethod.attach("pm_card_visa", customer=buyer.id))
    equal(method.customer, buyer.id)
    updated = conforms(
        stripe.Customer.modify(
            buyer.id, invoice_settings={"default_payment_method": method.id}, metadata={"x": ""}, name="C"
        )
    )
    equal(updated.invoice_settings.default_payment_method, method.id)
    equal(updated.metadata.to_dict(), {"wallet": "1"})
    equal(conforms(stripe.Customer.retrieve(buyer.id)).name, "C")
    equal([one.id for one in stripe.PaymentMethod.list(customer=buyer.id).data], [method.id])
    equal([one.id for one in stripe.Customer.list_payment_methods(buyer.id).data], [method.id])
    raises(stripe.InvalidRequestError, lambda: intent(payment_method=method.id), param="payment_method")
    charged = intent(customer=buyer.id, payment_method=method.id, off_session=True, confirm=True)
    equal(charged.status, "succeeded")
    equal(conforms(stripe.PaymentMethod.retrieve(method.id)).card.last4, "4242")
    equal(stripe.PaymentMethod.detach(method.id).customer, None)
    equal(stripe.Customer.retrieve(buyer.id).invoice_settings.default_payment_method, None)
    raises(
        stripe.InvalidRequestError,
        lambda: stripe.Customer.modify(buyer.id, invoice_settings={"default_payment_method": method.id}),
        code="resource_missing",
    )


@check
def setup_intents():
    buyer = stripe.Customer.create(email="s@example.com")
    made = conforms(stripe.SetupIntent.create(customer=buyer.id, usage="off_session"))
    equal(made.status, "requires_payment_method")
    done = conforms(stripe.SetupIntent.confirm(made.id, payment_method="pm_card_visa"))
    equal(done.status, "succeeded")
    equal(stripe.PaymentMethod.retrieve(done.payment_method).customer, buyer.id)
    raises(
        stripe.CardError,
        lambda: stripe.SetupIntent.create(customer=buyer.id, payment_method="pm_card_chargeDeclined", confirm=True),
        code="card_declined",
    )
    waiting = stripe.SetupIntent.create(customer=buyer.id, payment_method="pm_card_authenticationRequired", confirm=True)
    equal(waiting.status, "requires_action")
    control(f"stripe/setup_intents/{waiting.id}/succeed")
    equal(stripe.SetupIntent.retrieve(waiting.id).status, "succeeded")


@check
def accounts_and_links():
    made = conforms(account(active=False))
    equal((made.charges_enabled, made.payouts_enabled, made.details_submitted), (False, False, False))
    link = stripe.AccountLink.create(
        account=made.id, type="account_onboarding", refresh_url="https://a.example/r", return_url="https://a.example/t"
    )
    conforms(link)
    another = stripe.AccountLink.create(
        account=made.id, type="account_onboarding", refresh_url="https://a.example/r", return_url="https://a.example/t"
    )
    equal((link.url != another.url, link.expires_at > link.created), (True, True))
    raises(
        stripe.InvalidRequestError,
        lambda: stripe.AccountLink.create(account="acct_none", type="account_onboarding", refresh_url="https://a.example", return_url="https://a.example"),
        param="account",
    )
    control(f"stripe/accounts/{made.id}", {"charges_enabled": True, "details_submitted": True})
    changed = conforms(stripe.Account.retrieve(made.id))
    equal((changed.charges_enabled, changed.payouts_enabled, changed.details_submitted), (True, False, True))
    events = stripe.Event.list(stripe_account=made.id, type="account.updated").data
    equal([event.account for event in events], [made.id])
    control(f"stripe/accounts/{made.id}", {"requirements_due": ["external_account"]})
    equal(stripe.Account.retrieve(made.id).requirements.currently_due, ["external_account"])
    conforms(stripe.Account.retrieve())
    raises(stripe.PermissionError, lambda: stripe.Account.retrieve("acct_none"), status=403)


@check
def accounts_as_admit_asks_for_them():
    express = {
        "stripe_dashboard": {"type": "express"},
        "fees": {"payer": "application"},
        "losses": {"payments": "application"},
        "requirement_collection": "stripe",
    }
    asked = {
        "country": "DE",
        "controller": express,
        "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
        "metadata": {"admit_onboarding_id": "o-1", "admit_tenant_id": "1"},
    }
    made = conforms(stripe.Account.create(idempotency_key="admit-account-o-1", **asked))
    equal(stripe.Account.create(idempotency_key="admit-account-o-1", **asked).id, made.id)
    equal((made.country, made.metadata["admit_onboarding_id"]), ("DE", "o-1"))
    equal((made.controller.stripe_dashboard.type, made.controller.losses.payments), ("express", "application"))
    equal(made.capabilities.to_dict(), {"card_payments": "inactive", "transfers": "inactive"})
    found = stripe.Account.list(created={"gte": made.created - 3600}, limit=100)
    equal([one.id for one in found.data if one.metadata.to_dict().get("admit_onboarding_id") == "o-1"], [made.id])
    equal(stripe.Account.list(created={"gt": made.created + 3600}).data, [])
    wrong = {**express, "losses": {"payments": "stripe"}}
    raises(stripe.InvalidRequestError, lambda: stripe.Account.create(controller=wrong), param="controller[stripe_dashboard][type]")
    raises(stripe.InvalidRequestError, lambda: stripe.Account.create(**{**asked, "country": "XX"}), code="country_unsupported")
    raises(stripe.InvalidRequestError, lambda: stripe.Account.create(**{**asked, "controller": {"dashboard": "x"}}))


@check
def transfers_and_reversals():
    venue = account()
    made = conforms(
        stripe.Transfer.create(amount=900, currency="usd", destination=venue.id, transfer_group="evening-1")
    )
    equal([one.id for one in stripe.Transfer.list(transfer_group="evening-1").data], [made.id])
    equal(conforms(stripe.Transfer.create_reversal(made.id, amount=300)).amount, 300)
    after = conforms(stripe.Transfer.retrieve(made.id))
    equal((after.amount_reversed, after.reversed), (300, False))
    raises(stripe.InvalidRequestError, lambda: stripe.Transfer.create_reversal(made.id, amount=601), param="amount")


@check
def payouts_paid_and_failed():
    venue = account()
    here = {"stripe_account": venue.id}
    made = conforms(
        stripe.Payout.create(amount=1200, currency="usd", metadata={"admit_payout_id": "o-1"}, **here)
    )
    equal(made.status, "pending")
    control(f"stripe/payouts/{made.id}/pay")
    equal(conforms(stripe.Payout.retrieve(made.id, **here)).status, "paid")
    second = stripe.Payout.create(amount=300, currency="usd", **here)
    control(f"stripe/payouts/{second.id}/fail", {"failure_code": "account_closed"})
    failed = conforms(stripe.Payout.retrieve(second.id, **here))
    equal((failed.status, failed.failure_code), ("failed", "account_closed"))
    equal([one.id for one in stripe.Payout.list(**here).data], [second.id, made.id])
    equal([one.id for one in stripe.Payout.list(status="paid", **here).data], [made.id])
    types = event_types(**here)
    assert "payout.paid" in types and "payout.failed" in types
    raises(
        stripe.InvalidRequestError,
        lambda: stripe.Payout.create(amount=1, currency="usd", stripe_account=account(active=False).id),
        code="payouts_not_allowed",
    )


@check
def balance_transactions_and_balance():
    made = paid(amount=10_000)
    charge = stripe.Charge.retrieve(made.latest_charge, expand=["balance_transaction"])
    booked = conforms(charge.balance_transaction)
    equal((booked.amount, booked.fee, booked.net, booked.type), (10_000, 320, 9_680, "charge"))
    stripe.Refund.create(payment_intent=made.id, amount=100)
    listed = stripe.BalanceTransaction.list(limit=5)
    equal((listed.data[0].type, listed.data[0].amount), ("refund", -100))
    for one in listed.data:
        conforms(one)
    conforms(stripe.Balance.retrieve())


@check
def pages_forwards_and_backwards():
    ids = [intent(metadata={"of": "pages"}).id for _ in range(23)]
    ids.reverse()
    first = stripe.PaymentIntent.list(limit=10)
    equal([one.id for one in first.data], ids[:10])
    equal(first.has_more, True)
    walked = []
    for one in first.auto_paging_iter():
        walked.append(one.id)
        if len(walked) == 23:
            break
    equal(walked, ids)
    back = stripe.PaymentIntent.list(limit=5, ending_before=ids[20])
    equal([one.id for one in back.data], ids[15:20])
    raises(stripe.InvalidRequestError, lambda: stripe.PaymentIntent.list(limit=101), param="limit")
    raises(stripe.InvalidRequestError, lambda: stripe.PaymentIntent.list(starting_after="pi_none"), status=400)
    equal(stripe.PaymentIntent.list(created={"gte": int(time.time()) + 60}).data, [])
    assert stripe.PaymentIntent.list(created={"gte": int(time.time()) - 60, "lte": int(time.time())}).data


@check
def events_newest_first():
    made = paid()
    listed = stripe.Event.list(
        types=["payment_intent.created", "payment_intent.succeeded"], created={"gte": int(time.time()) - 5}, limit=2
    )
    equal([event.type for event in listed.data], ["payment_intent.succeeded", "payment_intent.created"])
    for event in listed.data:
        conforms(event)
        equal(event.data.object.id, made.id)
        equal(event.livemode, False)
    equal(conforms(stripe.Event.retrieve(listed.data[0].id)).id, listed.data[0].id)
    equal(len(stripe.Event.list(type="charge.*", limit=1).data), 1)


class Endpoint(http.server.BaseHTTPRequestHandler):
    answers = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        DELIVERED.append((body, self.headers["Stripe-Signature"]))
        self.send_response(self.answers.pop(0) if self.answers else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("nothing came")


@check
def webhooks_that_the_library_verifies():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        control("webhooks/stripe", {"url": f"http://127.0.0.1:{server.server_port}/hook", "secret": SECRET})
        control("webhooks/retries", {"delays_ms": [10, 10, 10]})
        Endpoint.answers = [500, 503]
        made = paid(idempotency_key="webhook-1")
        wait_for(lambda: len(DELIVERED) >= 6)
        body, signature = DELIVERED[0]
        equal(sorted(Counter(body for body, _ in DELIVERED).values()), [1, 1, 2, 2])
        event = conforms(stripe.Webhook.construct_event(body, signature, SECRET))
        equal(event.api_version, "2026-10-28.endive")
        equal(event.request.idempotency_key, "webhook-1")
        equal(event.pending_webhooks, 1)
        equal(event.data.object.id, made.id)
        for wrong in [SECRET + "x", SECRET.removeprefix("whsec_")]:
            raises(
                stripe.SignatureVerificationError, lambda: stripe.Webhook.construct_event(body, signature, wrong)
            )
        raises(
            stripe.SignatureVerificationError,
            lambda: stripe.Webhook.construct_event(body + b" ", signature, SECRET),
        )
        wait_for(lambda: stripe.Event.retrieve(event.id).pending_webhooks == 0)
    finally:
        server.shutdown()


def main():
    failed = 0
    for function in CHECKS:
        control("reset")
        try:
            function()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next check runs
            failed += 1
            print(f"FAILED {function.__name__}: {type(error).__name__}: {error}")
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
