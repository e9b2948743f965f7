//! Reports of a payment in any order and any repetition come to the same end.

use admit_core::money::Currency;
use admit_core::payment::PaymentState;
use admit_core::payment::notice::{CheckoutPayment, Dispute, Refund, Refunds, Report, Subject};
use admit_core::payment::transition::{
    Decision, DisputeState, PaymentFacts, RefundFact, RefundState, Step, answered, decide,
};
use proptest::prelude::*;
use uuid::Uuid;

const AMOUNT_CENTS: i64 = 1000;
const OWN_REFUND: Uuid = Uuid::from_u128(7);

fn announced() -> PaymentFacts {
    PaymentFacts {
        state: PaymentState::Pending,
        amount_cents: AMOUNT_CENTS,
        currency: "USD".parse::<Currency>().unwrap(),
        provider_reference: None,
        charge_reference: None,
        refunds: Vec::new(),
        refunded_in_all_cents: 0,
        disputes: Vec::new(),
    }
}

fn about(object_id: &str, report: Report) -> Subject {
    Subject {
        report,
        own_id: Some(Uuid::from_u128(1)),
        reference: Some("pi_1".to_owned()),
        object_id: object_id.to_owned(),
        amount_cents: Some(AMOUNT_CENTS),
        currency: Some("usd".to_owned()),
    }
}

fn report(report: Report) -> Subject {
    about("pi_1", report)
}

fn refund(reference: &str, amount_cents: i64) -> Refund {
    let own_id = (reference == "re_own").then_some(OWN_REFUND);
    Refund { own_id, reference: reference.to_owned(), amount_cents }
}

fn refunded(refunds: &[Refund]) -> Subject {
    report(Report::Refunded(Refunds::Single(refunds.to_vec())))
}

fn in_all(amount_cents: i64) -> Subject {
    report(Report::Refunded(Refunds::InAll(amount_cents)))
}

fn dispute(reference: &str) -> Dispute {
    Dispute { reference: reference.to_owned(), amount_cents: AMOUNT_CENTS, reason: None, inquiry: false }
}

/// Delivers a report as the inbox does: parked ones are tried again after each that was booked.
#[derive(Debug)]
struct Inbox {
    facts: PaymentFacts,
    parked: Vec<Subject>,
    credited: u32,
    moved_cents: i64,
}

impl Inbox {
    fn after(facts: PaymentFacts, reports: &[Subject]) -> Self {
        let moved_cents = facts.refunded_cents();
        let mut inbox = Self { facts, parked: Vec::new(), credited: 0, moved_cents };
        for subject in reports {
            inbox.deliver(subject.clone());
        }
        inbox.facts.refunds.sort_by(|a, b| a.reference.cmp(&b.reference));
        inbox.facts.disputes.sort_by(|a, b| a.dispute.reference.cmp(&b.dispute.reference));
        inbox
    }

    fn deliver(&mut self, subject: Subject) {
        match decide(&self.facts, &subject) {
            Decision::Book(step) => {
                self.credited += u32::from(step == Step::Credit);
                if let Step::Refund(step) = &step {
                    self.moved_cents += step.change_cents;
                }
                self.facts = self.facts.clone().after(&subject, step);
                for waiting in std::mem::take(&mut self.parked) {
                    self.deliver(waiting);
                }
            }
            Decision::Nothing => {}
            Decision::Park => self.parked.push(subject),
            Decision::Refuse(detail) => panic!("{subject:?} is refused: {detail}"),
        }
    }
}

/// The life of a payment with everything that can happen to it. The first refund fails after it
/// was reported; only then the second was made.
fn history() -> Vec<Subject> {
    let (first, second, third) = (refund("re_1", 600), refund("re_2", 600), refund("re_own", 300));
    vec![
        report(Report::Pending),
        report(Report::Failed),
        about("cs_1", Report::CheckoutFailed),
        about("cs_2", Report::CheckoutExpired),
        about("cs_3", Report::CheckoutCompleted(CheckoutPayment::Paid)),
        report(Report::Cancelled),
        report(Report::Succeeded),
        about("ch_1", Report::Charged),
        in_all(600),
        refunded(std::slice::from_ref(&first)),
        about("re_1", Report::RefundFailed(first.clone())),
        refunded(std::slice::from_ref(&second)),
        refunded(&[second, third]),
        in_all(900),
        about("du_1", Report::DisputeOpened(dispute("du_1"))),
        about("du_1", Report::DisputeLost(dispute("du_1"))),
        about("du_2", Report::DisputeOpened(dispute("du_2"))),
        about("du_2", Report::DisputeWon(dispute("du_2"))),
        about("du_3", Report::DisputeOpened(Dispute { inquiry: true, ..dispute("du_3") })),
        about("du_3", Report::DisputeOpened(dispute("du_3"))),
    ]
}

/// A payment for which one refund was asked for here already.
fn asked() -> PaymentFacts {
    let own = RefundFact { own_id: Some(OWN_REFUND), reference: None, amount_cents: 300, state: RefundState::Pending };
    PaymentFacts { refunds: vec![own], ..announced() }
}

#[test]
fn the_whole_history_comes_to_its_end() {
    for (facts, moved_before) in [(announced(), 0), (asked(), 300)] {
        let end = Inbox::after(facts, &history());
        assert_eq!((end.facts.state, end.credited), (PaymentState::Succeeded, 1));
        assert_eq!(
            (end.facts.provider_reference.as_deref(), end.facts.charge_reference.as_deref()),
            (Some("pi_1"), Some("ch_1"))
        );
        assert_eq!((end.facts.refunded_cents(), end.moved_cents), (900, 900), "{moved_before} was asked for");
        let refunds: Vec<_> =
            end.facts.refunds.iter().map(|fact| (fact.reference.as_deref().unwrap(), fact.state)).collect();
        assert_eq!(
            refunds,
            [("re_1", RefundState::Failed), ("re_2", RefundState::Succeeded), ("re_own", RefundState::Succeeded)]
        );
        let disputes: Vec<_> = end.facts.disputes.iter().map(|fact| fact.state).collect();
        assert_eq!(disputes, [DisputeState::Lost, DisputeState::Won, DisputeState::Opened]);
        assert!(end.facts.disputes.iter().all(|fact| !fact.dispute.inquiry));
        assert_eq!(end.parked, []);
    }
}

proptest! {
    /// Any part of the history, in two orders with repetitions: one end, and credited once.
    #[test]
    fn order_and_repetition_do_not_matter(
        mut one in proptest::sample::subsequence(history(), 0..=20).prop_shuffle(),
        repeated in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
        seed in proptest::collection::vec(any::<u32>(), 40),
        own in any::<bool>(),
    ) {
        // The second refund cannot be without the failure of the first.
        let failure = history().remove(10);
        if !one.contains(&failure) {
            one.push(failure);
        }
        let mut other = one.clone();
        other.extend(repeated.iter().map(|index| index.get(&one).clone()));
        let mut order: Vec<_> = seed.into_iter().zip(other).collect();
        order.sort_by_key(|(place, _)| *place);
        let other: Vec<_> = order.into_iter().map(|(_, subject)| subject).collect();
        let start = if own { asked() } else { announced() };
        let (first, second) = (Inbox::after(start.clone(), &one), Inbox::after(start, &other));
        prop_assert_eq!(&first.facts, &second.facts);
        prop_assert_eq!(first.moved_cents, second.moved_cents);
        prop_assert_eq!(first.moved_cents, first.facts.refunded_cents());
        let succeeded = one.contains(&report(Report::Succeeded));
        prop_assert_eq!((first.credited, second.credited), (u32::from(succeeded), u32::from(succeeded)));
        prop_assert_eq!(first.parked.is_empty(), second.parked.is_empty());
        prop_assert!(!succeeded || first.parked.is_empty());
    }
}

#[test]
fn the_state_only_moves_forward() {
    use PaymentState::{Cancelled, Failed, Pending, Succeeded};
    for (told, ends) in [
        (Report::Succeeded, [Succeeded; 4]),
        (Report::Failed, [Failed, Failed, Cancelled, Succeeded]),
        (Report::CheckoutFailed, [Failed, Failed, Cancelled, Succeeded]),
        (Report::Cancelled, [Cancelled, Cancelled, Cancelled, Succeeded]),
        (Report::CheckoutExpired, [Cancelled, Cancelled, Cancelled, Succeeded]),
        (Report::Pending, [Pending, Failed, Cancelled, Succeeded]),
    ] {
        for (state, end) in PaymentState::ALL.iter().zip(ends) {
            let inbox = Inbox::after(PaymentFacts { state: *state, ..announced() }, &[report(told.clone())]);
            assert_eq!(inbox.facts.state, end, "{told:?} when {state:?}");
        }
    }
}

#[test]
fn refunds_and_disputes_wait_for_success() {
    for subject in [
        in_all(1),
        refunded(&[refund("re_1", 1)]),
        report(Report::RefundFailed(refund("re_1", 1))),
        report(Report::DisputeOpened(dispute("du_1"))),
        report(Report::DisputeLost(dispute("du_1"))),
        report(Report::DisputeWon(dispute("du_1"))),
    ] {
        for state in [PaymentState::Pending, PaymentState::Failed, PaymentState::Cancelled] {
            assert_eq!(decide(&PaymentFacts { state, ..announced() }, &subject), Decision::Park, "{subject:?}");
        }
    }
}

#[test]
fn cumulative_refunds_take_the_maximum() {
    let end = Inbox::after(
        announced(),
        &[report(Report::Succeeded), in_all(700), in_all(200), refunded(&[refund("re_1", 200)])],
    );
    assert_eq!((end.facts.refunded_cents(), end.moved_cents), (700, 700));
    // What is asked for here is booked already: the report only confirms it.
    let end = Inbox::after(asked(), &[report(Report::Succeeded), in_all(300), refunded(&[refund("re_own", 300)])]);
    assert_eq!((end.facts.refunded_cents(), end.moved_cents), (300, 300));
    assert_eq!(end.facts.refunds[0].state, RefundState::Succeeded);
    let end = Inbox::after(asked(), &[report(Report::Succeeded), report(Report::RefundFailed(refund("re_own", 300)))]);
    assert_eq!((end.facts.refunded_cents(), end.moved_cents), (0, 0));
}

#[test]
fn contradictions_are_refused() {
    let known = PaymentFacts {
        state: PaymentState::Succeeded,
        provider_reference: Some("pi_1".to_owned()),
        charge_reference: Some("ch_1".to_owned()),
        ..asked()
    };
    for subject in [
        Subject { amount_cents: Some(999), ..report(Report::Succeeded) },
        Subject { amount_cents: None, ..report(Report::Succeeded) },
        Subject { currency: Some("eur".to_owned()), ..report(Report::Succeeded) },
        Subject { reference: Some("pi_2".to_owned()), ..report(Report::Succeeded) },
        about("ch_2", Report::Charged),
        in_all(1001),
        refunded(&[refund("re_1", 1001)]),
        refunded(&[refund("re_1", 0)]),
        refunded(&[refund("re_own", 299)]),
        Subject { currency: Some("eur".to_owned()), ..in_all(100) },
        Subject { currency: None, ..in_all(100) },
    ] {
        assert!(matches!(decide(&known, &subject), Decision::Refuse(_)), "{subject:?}");
    }
    for subject in [report(Report::Succeeded), about("ch_1", Report::Charged), in_all(0), report(Report::PaidOut)] {
        assert_eq!(decide(&known, &subject), Decision::Nothing, "{subject:?}");
    }
}

#[test]
fn a_transaction_that_is_undone_after_it_paid_is_for_people() {
    let paid =
        PaymentFacts { state: PaymentState::Succeeded, provider_reference: Some("tx_1".to_owned()), ..announced() };
    let end = |transaction: &str, report: Report| Subject { reference: None, ..about(transaction, report) };
    for report in [Report::Cancelled, Report::Failed] {
        assert!(matches!(decide(&paid, &end("tx_1", report.clone())), Decision::Refuse(_)), "{report:?}");
        assert_eq!(decide(&paid, &end("tx_0", report)), Decision::Nothing);
    }
}

#[test]
fn two_refunds_of_more_than_the_payment_wait_for_the_failure_of_one() {
    let (first, second) = (refund("re_1", 600), refund("re_2", 600));
    let mut reports = vec![report(Report::Succeeded), refunded(std::slice::from_ref(&first)), refunded(&[second])];
    let waiting = Inbox::after(announced(), &reports);
    assert_eq!((waiting.facts.refunded_cents(), waiting.parked.len()), (600, 1));
    reports.push(report(Report::RefundFailed(first)));
    let end = Inbox::after(announced(), &reports);
    assert_eq!((end.facts.refunded_cents(), end.parked.len()), (600, 0));
}

#[test]
fn what_is_asked_for_comes_on_top_of_what_the_provider_told() {
    // 400 went back and are only known from the provider's sum when 300 are asked for.
    let mut facts = Inbox::after(announced(), &[report(Report::Succeeded), in_all(400)]).facts;
    facts.ask(OWN_REFUND, 300);
    assert_eq!(facts.refunded_cents(), 700);
    let told = [refunded(&[refund("re_1", 400)]), in_all(700), refunded(&[refund("re_own", 300)])];
    let end = Inbox::after(facts.clone(), &told).facts;
    assert_eq!((end.refunded_cents(), end.refunds.len()), (700, 2));
    let failed = report(Report::RefundFailed(refund("re_own", 300)));
    assert_eq!(Inbox::after(facts, &[failed]).facts.refunded_cents(), 400);
    // Where each is known, so is the sum.
    let mut facts = Inbox::after(announced(), &[report(Report::Succeeded), refunded(&[refund("re_1", 400)])]).facts;
    facts.ask(OWN_REFUND, 300);
    assert_eq!((facts.refunded_cents(), facts.refunded_in_all_cents), (700, 0));
}

#[test]
fn what_was_refused_counts_nowhere_until_the_provider_made_it() {
    let mut facts = Inbox::after(announced(), &[report(Report::Succeeded)]).facts;
    facts.ask(OWN_REFUND, 300);
    facts.refunds[0].state = RefundState::Failed;
    assert_eq!(facts.refunded_cents(), 0);
    // Only the sum tells of what was refunded at the provider.
    assert_eq!(Inbox::after(facts.clone(), &[in_all(100)]).facts.refunded_cents(), 100);
    let made = refunded(&[refund("re_own", 300)]);
    let failed = report(Report::RefundFailed(refund("re_own", 300)));
    assert_eq!(Inbox::after(facts.clone(), std::slice::from_ref(&made)).facts.refunded_cents(), 300);
    for reports in [[made.clone(), failed.clone()], [failed, made]] {
        let end = Inbox::after(facts.clone(), &reports).facts;
        assert_eq!((end.refunded_cents(), end.refunds[0].state), (0, RefundState::Failed));
    }
}

#[test]
fn disputes_take_what_is_left_and_no_more() {
    let after = |reports: &[Subject]| {
        let mut all = vec![report(Report::Succeeded)];
        all.extend_from_slice(reports);
        Inbox::after(announced(), &all).facts
    };
    let opened = report(Report::DisputeOpened(dispute("du_1")));
    let lost = report(Report::DisputeLost(dispute("du_1")));
    let won = report(Report::DisputeWon(dispute("du_1")));
    let inquiry = report(Report::DisputeOpened(Dispute { inquiry: true, ..dispute("du_1") }));
    for (reports, disputed, gone) in [
        (vec![opened.clone()], 1000, false),
        (vec![opened.clone(), lost.clone()], 1000, true),
        (vec![won, opened.clone(), lost.clone()], 0, false),
        (vec![inquiry], 0, false),
        (vec![in_all(400), opened.clone()], 600, false),
        (vec![opened.clone(), in_all(400)], 600, false),
        (vec![in_all(1000), opened.clone()], 0, true),
        (vec![opened.clone(), report(Report::DisputeOpened(dispute("du_2")))], 1000, false),
        (vec![Subject { currency: Some("eur".to_owned()), ..lost.clone() }], 0, false),
        (vec![Subject { currency: Some("shells".to_owned()), ..lost }], 0, false),
    ] {
        let facts = after(&reports);
        assert_eq!((facts.disputed_cents(), facts.is_gone()), (disputed, gone), "{reports:?}");
    }
}

#[test]
fn the_answer_to_a_request_is_one_more_report() {
    let mut facts = Inbox::after(announced(), &[report(Report::Succeeded)]).facts;
    facts.ask(OWN_REFUND, 300);
    facts.ask(Uuid::from_u128(8), 200);
    let answer =
        |facts: &PaymentFacts, reference: Option<&str>, state| match answered(facts, OWN_REFUND, reference, state) {
            Decision::Book(step) => facts.clone().stepped(step),
            Decision::Nothing => facts.clone(),
            decision => panic!("{decision:?}"),
        };
    let pending = answer(&facts, Some("re_own"), RefundState::Pending);
    assert_eq!((pending.refunded_cents(), pending.refunds[0].reference.as_deref()), (500, Some("re_own")));
    assert_eq!(answer(&pending, Some("re_own"), RefundState::Pending), pending);
    let failed = answer(&pending, Some("re_own"), RefundState::Failed);
    assert_eq!((failed.refunded_cents(), failed.refunds[1].state), (200, RefundState::Pending));
    // Whichever comes first, the answer or the webhook.
    let told = refunded(&[refund("re_own", 300)]);
    let told_first = Inbox::after(facts.clone(), std::slice::from_ref(&told)).facts;
    assert_eq!(answer(&told_first, Some("re_own"), RefundState::Pending), told_first);
    assert_eq!(Inbox::after(pending.clone(), &[told]).facts.refunded_cents(), 500);
    // Refused, and of two the right one; made after all.
    let refused = answer(&facts, None, RefundState::Failed);
    assert_eq!(
        (refused.refunded_cents(), refused.refunds[0].is_refused(), refused.refunds[1].is_refused()),
        (200, true, false)
    );
    assert_eq!(answer(&refused, Some("re_own"), RefundState::Succeeded).refunded_cents(), 500);
    // What contradicts is for people.
    for (facts, refund_id, reference) in [
        (&facts, Uuid::from_u128(9), Some("re_own")),
        (&pending, OWN_REFUND, None),
        (&pending, OWN_REFUND, Some("re_other")),
        (&pending, Uuid::from_u128(8), Some("re_own")),
    ] {
        let decision = answered(facts, refund_id, reference, RefundState::Failed);
        assert!(matches!(decision, Decision::Refuse(_)), "{decision:?}");
    }
}
