use super::*;

fn listed() -> ListedPayment {
    ListedPayment {
        reference: "pi_1".to_owned(),
        own_id: Some(Uuid::from_u128(1)),
        tenant_id: Some(7),
        live: false,
        state: ListedState::Succeeded,
        amount_cents: 2500,
        currency: "usd".to_owned(),
        charge: Some(ListedCharge { reference: "ch_1".to_owned(), refunded_cents: 0, disputed: false }),
    }
}

fn own() -> OwnPayment {
    OwnPayment {
        payment_id: Uuid::from_u128(1),
        provider_reference: Some("pi_1".to_owned()),
        state: PaymentState::Succeeded,
        amount_cents: 2500,
        currency: "USD".to_owned(),
        succeeded_before: true,
        refunded_cents: 0,
        unsettled_cents: 0,
        disputed: false,
    }
}

fn kinds(listed: &ListedPayment, ours: &[OwnPayment]) -> Vec<FindingKind> {
    compare(7, listed, ours).found.into_iter().map(|found| found.kind).collect()
}

fn refunded(theirs: i64, ours: i64, unsettled: i64) -> Vec<FindingKind> {
    let charge = listed().charge.map(|charge| ListedCharge { refunded_cents: theirs, ..charge });
    let own = OwnPayment { refunded_cents: ours, unsettled_cents: unsettled, ..own() };
    kinds(&ListedPayment { charge, ..listed() }, &[own])
}

#[test]
fn equal_payments_differ_in_nothing() {
    let compared = compare(7, &listed(), &[own()]);
    assert_eq!(compared, Compared { is_own: true, payment_id: Some(Uuid::from_u128(1)), found: Vec::new() });
}

#[test]
fn what_was_missed_is_found() {
    for state in [PaymentState::Pending, PaymentState::Failed, PaymentState::Cancelled] {
        let own = OwnPayment { state, provider_reference: None, ..own() };
        assert_eq!(kinds(&listed(), std::slice::from_ref(&own)), [FindingKind::MissedSuccess]);
        let expected: &[_] = if state == PaymentState::Cancelled { &[] } else { &[FindingKind::MissedCancellation] };
        assert_eq!(kinds(&ListedPayment { state: ListedState::Cancelled, ..listed() }, &[own]), expected);
    }
    assert_eq!(refunded(100, 0, 0), [FindingKind::MissedRefund]);
    let charge = listed().charge.map(|charge| ListedCharge { refunded_cents: 100, ..charge });
    let pending = OwnPayment { state: PaymentState::Pending, ..own() };
    let both = [FindingKind::MissedSuccess, FindingKind::MissedRefund];
    assert_eq!(kinds(&ListedPayment { charge, ..listed() }, &[pending]), both);
}

#[test]
fn what_is_pending_here_may_be_there_or_not() {
    assert_eq!((refunded(0, 100, 100), refunded(100, 100, 100), refunded(60, 100, 40)), (vec![], vec![], vec![]));
    assert_eq!(refunded(0, 100, 0), [FindingKind::RefundedDiffers]);
    assert_eq!(refunded(50, 100, 40), [FindingKind::RefundedDiffers]);
}

#[test]
fn what_contradicts_is_not_repaired() {
    let pending = OwnPayment { state: PaymentState::Pending, ..own() };
    let amount = ListedPayment { amount_cents: 2400, ..listed() };
    assert_eq!(kinds(&amount, std::slice::from_ref(&pending)), [FindingKind::AmountDiffers]);
    let currency = ListedPayment { currency: "eur\n<long>".to_owned(), ..listed() };
    let compared = compare(7, &currency, &[pending]);
    assert_eq!(compared.found[0].kind, FindingKind::CurrencyDiffers);
    assert_eq!(compared.found[0].ours.as_deref(), Some("2500 USD"));
    assert_eq!(compared.found[0].theirs.as_deref(), Some("2500 EURLO"));
}

#[test]
fn success_here_is_compared_with_a_list_that_is_younger() {
    for (state, kind) in [
        (ListedState::Cancelled, FindingKind::CancelledAtProvider),
        (ListedState::Open, FindingKind::NotSucceededAtProvider),
    ] {
        let listed = ListedPayment { state, charge: None, ..listed() };
        assert_eq!(kinds(&listed, &[own()]), [kind]);
        assert_eq!(kinds(&listed, &[OwnPayment { succeeded_before: false, ..own() }]), []);
    }
}

#[test]
fn an_object_belongs_to_one_payment() {
    let other = OwnPayment { provider_reference: Some("pi_2".to_owned()), ..own() };
    let compared = compare(7, &listed(), std::slice::from_ref(&other));
    assert_eq!((compared.payment_id, compared.found[0].kind), (None, FindingKind::ReferenceDiffers));
    let open = ListedPayment { state: ListedState::Open, ..listed() };
    assert_eq!(kinds(&open, std::slice::from_ref(&other)), [], "a payer who tried twice");
    assert_eq!(kinds(&listed(), &[own(), other]), [FindingKind::ReferenceDiffers]);
}

#[test]
fn an_object_of_others_is_left_alone() {
    assert_eq!(kinds(&listed(), &[]), [FindingKind::UnknownHere]);
    for other in [
        ListedPayment { tenant_id: Some(8), ..listed() },
        ListedPayment { tenant_id: None, ..listed() },
        ListedPayment { own_id: None, ..listed() },
    ] {
        assert_eq!(compare(7, &other, &[]), Compared::default());
    }
}

#[test]
fn a_dispute_that_nobody_told_is_found() {
    let charge = listed().charge.map(|charge| ListedCharge { disputed: true, ..charge });
    let disputed = ListedPayment { charge, ..listed() };
    assert_eq!(kinds(&disputed, &[own()]), [FindingKind::DisputeUnknown]);
    assert_eq!(kinds(&disputed, &[OwnPayment { disputed: true, ..own() }]), []);
}
