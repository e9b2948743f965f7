//! How a payment here and the one in the provider's list differ.

use uuid::Uuid;

use super::super::PaymentState;
use super::FindingKind;

/// A page of the provider's list, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPage {
    /// Its payments.
    pub payments: Vec<ListedPayment>,
    /// The object after which the next page begins; none on the last.
    pub next_after: Option<String>,
}

/// A payment as its provider lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPayment {
    /// The provider's payment object.
    pub reference: String,
    /// The payment's id here, when the object carries it.
    pub own_id: Option<Uuid>,
    /// The tenant's number, when the object carries it.
    pub tenant_id: Option<i32>,
    /// Live or test mode.
    pub live: bool,
    /// Where it is.
    pub state: ListedState,
    /// What arrived or, before, what is to be paid, in minor units.
    pub amount_cents: i64,
    /// In which currency, in upper or lower case.
    pub currency: String,
    /// The charge behind it, where there is one.
    pub charge: Option<ListedCharge>,
}

/// Where a listed payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedState {
    /// The money arrived.
    Succeeded,
    /// It can be paid no more.
    Cancelled,
    /// It can be paid, or is on its way.
    Open,
}

/// The charge behind a listed payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCharge {
    /// The provider's charge.
    pub reference: String,
    /// How much went back in all, in minor units.
    pub refunded_cents: i64,
    /// Whether it is or was disputed.
    pub disputed: bool,
}

/// A payment here, for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPayment {
    /// Its id.
    pub payment_id: Uuid,
    /// The provider's payment object, where it is known.
    pub provider_reference: Option<String>,
    /// Where it is.
    pub state: PaymentState,
    /// How much was announced, in minor units.
    pub amount_cents: i64,
    /// In which currency.
    pub currency: String,
    /// Whether it had succeeded before the list was asked for: a list that is older says nothing.
    pub succeeded_before: bool,
    /// What went back, or was asked to, in minor units.
    pub refunded_cents: i64,
    /// How much of it the list need not tell yet: it is pending, or was when the list was asked for.
    pub unsettled_cents: i64,
    /// Whether a dispute of it is known.
    pub disputed: bool,
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub kind: FindingKind,
    /// How it is here.
    pub ours: Option<String>,
    /// How it is at the provider.
    pub theirs: Option<String>,
}

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compared {
    /// Whether the object is the tenant's; others share the provider's account.
    pub is_own: bool,
    /// The payment here that the object belongs to.
    pub payment_id: Option<Uuid>,
    /// What differs.
    pub found: Vec<Found>,
}

impl FindingKind {
    /// Whether it is a webhook that was missed: then the provider's word is booked as if it had come.
    pub fn is_missed(self) -> bool {
        matches!(self, Self::MissedSuccess | Self::MissedCancellation | Self::MissedRefund)
    }
}

impl ListedState {
    fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Cancelled => "cancelled",
            Self::Open => "open",
        }
    }
}

fn found(kind: FindingKind, ours: impl Into<String>, theirs: impl Into<String>) -> Found {
    Found { kind, ours: Some(ours.into()), theirs: Some(theirs.into()) }
}

/// Compares a listed payment with the payments here that its id or its metadata name.
pub fn compare(tenant_id: i32, listed: &ListedPayment, ours: &[OwnPayment]) -> Compared {
    match ours {
        [] => {
            let is_own = listed.tenant_id == Some(tenant_id) && listed.own_id.is_some();
            let theirs = Some(format!("{}, {} {}", listed.state.word(), listed.amount_cents, currency(listed)));
            let unknown = Found { kind: FindingKind::UnknownHere, ours: None, theirs };
            Compared { is_own, payment_id: None, found: if is_own { vec![unknown] } else { Vec::new() } }
        }
        [own] => {
            let other = own.provider_reference.as_ref().filter(|reference| **reference != listed.reference);
            let found = match other {
                // A payer who tried twice: only money that arrived twice matters.
                Some(_) if listed.state != ListedState::Succeeded => Vec::new(),
                Some(other) => vec![found(FindingKind::ReferenceDiffers, other, &listed.reference)],
                None => differences(listed, own),
            };
            let payment_id = other.is_none().then_some(own.payment_id);
            Compared { is_own: true, payment_id, found }
        }
        [first, ..] => {
            let other = first.provider_reference.clone().unwrap_or_default();
            let found = vec![found(FindingKind::ReferenceDiffers, other, &listed.reference)];
            Compared { is_own: true, payment_id: None, found }
        }
    }
}

/// A currency code as it is shown, at no length that the provider chooses.
fn currency(listed: &ListedPayment) -> String {
    listed.currency.chars().filter(char::is_ascii_alphanumeric).take(5).collect::<String>().to_ascii_uppercase()
}

fn differences(listed: &ListedPayment, own: &OwnPayment) -> Vec<Found> {
    let mut all = Vec::new();
    if listed.state != ListedState::Cancelled {
        let (ours, theirs) =
            (format!("{} {}", own.amount_cents, own.currency), format!("{} {}", listed.amount_cents, currency(listed)));
        if !own.currency.eq_ignore_ascii_case(&listed.currency) {
            all.push(found(FindingKind::CurrencyDiffers, &ours, &theirs));
        } else if own.amount_cents != listed.amount_cents {
            all.push(found(FindingKind::AmountDiffers, &ours, &theirs));
        }
    }
    // What contradicts the announcement is not booked, however it is reported.
    let contradicts = !all.is_empty();
    let kind = match (listed.state, own.state) {
        (ListedState::Succeeded, PaymentState::Succeeded) => None,
        (ListedState::Succeeded, _) => Some(FindingKind::MissedSuccess).filter(|_| !contradicts),
        (ListedState::Cancelled, PaymentState::Pending | PaymentState::Failed) => Some(FindingKind::MissedCancellation),
        (ListedState::Cancelled, PaymentState::Succeeded) if own.succeeded_before => {
            Some(FindingKind::CancelledAtProvider)
        }
        (ListedState::Open, PaymentState::Succeeded) if own.succeeded_before => {
            Some(FindingKind::NotSucceededAtProvider)
        }
        (ListedState::Cancelled | ListedState::Open, _) => None,
    };
    all.extend(kind.map(|kind| found(kind, own.state.as_str(), listed.state.word())));
    if let (ListedState::Succeeded, Some(charge), false) = (listed.state, &listed.charge, contradicts) {
        all.extend(of_charge(charge, own));
    }
    all
}

/// What differs of what happened after a payment succeeded.
fn of_charge(charge: &ListedCharge, own: &OwnPayment) -> impl Iterator<Item = Found> {
    let (ours, theirs) = (own.refunded_cents, charge.refunded_cents);
    let refunded = if theirs > ours {
        Some(FindingKind::MissedRefund)
    } else if theirs < ours - own.unsettled_cents {
        Some(FindingKind::RefundedDiffers)
    } else {
        None
    };
    let refunded = refunded.map(|kind| found(kind, format!("{ours} refunded"), format!("{theirs} refunded")));
    let disputed = charge.disputed && !own.disputed;
    refunded.into_iter().chain(disputed.then(|| found(FindingKind::DisputeUnknown, "no dispute", "disputed")))
}

#[cfg(test)]
mod tests;
