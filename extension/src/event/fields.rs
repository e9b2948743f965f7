//! What an event's fields may be, and the fee rules that they stand for.

use std::collections::BTreeMap;

use admit_core::event::EventCreate;
use admit_core::fee::{Action, Component, FeeRule, Payee};
use admit_core::{Error, ErrorCode, Result};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::fee::{require_price, rule};

/// An event is at most this long.
const DAYS_MAX: i64 = 400;
/// A pass is for at most this many days.
const PASS_DAYS_MAX: u16 = 366;
/// Duplicate window at most, in milliseconds.
const DUPLICATE_WINDOW_MS_MAX: i64 = 86_400_000;

/// The rules that the fee fields stand for; none when no field is given.
pub fn fee_rules(request: &EventCreate) -> Result<Vec<FeeRule>> {
    let fees = [
        ("entry_fee_cents", request.entry_fee_cents),
        ("venue_reentry_fee_cents", request.venue_reentry_fee_cents),
        ("platform_entry_fee_cents", request.platform_entry_fee_cents),
        ("platform_reentry_fee_cents", request.platform_reentry_fee_cents),
    ];
    for (name, fee) in fees {
        require_price(name, fee.unwrap_or_default())?;
    }
    let percentage = request.platform_fee_percentage;
    let allowed =
        |share: Decimal| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&share) && share.normalize().scale() <= 4;
    if percentage.is_some_and(|share| !allowed(share)) {
        return Err(Error::new(
            ErrorCode::InvalidFee,
            "platform_fee_percentage must be between 0 and 100 and have at most four decimals",
        ));
    }
    let mut rules = Vec::new();
    for (action, venue_fee, platform_fee) in [
        (Action::Entry, request.entry_fee_cents, request.platform_entry_fee_cents),
        (Action::Reentry, request.venue_reentry_fee_cents, request.platform_reentry_fee_cents),
    ] {
        if let Some(fee) = venue_fee {
            rules.push(rule(action, Component::VenueFee, fee, Decimal::ZERO, Payee::Venue));
        }
        if platform_fee.is_some() || percentage.is_some() {
            let (fee, share) = (platform_fee.unwrap_or_default(), percentage.unwrap_or_default());
            rules.push(rule(action, Component::PlatformFee, fee, share, Payee::Platform));
        }
    }
    if let Some(share) = percentage {
        let sales = [Action::Concession, Action::Merchandise, Action::General];
        rules.extend(sales.map(|action| rule(action, Component::PlatformFee, 0, share, Payee::Platform)));
    }
    Ok(rules)
}

/// An event ends after it starts, and not too late.
pub fn require_times(starts_at: Timestamp, ends_at: Timestamp) -> Result<()> {
    let length = ends_at.duration_since(starts_at);
    if length > SignedDuration::ZERO && length <= SignedDuration::from_hours(24 * DAYS_MAX) {
        return Ok(());
    }
    Err(Error::invalid(format!("ends_at must be later than starts_at, by at most {DAYS_MAX} days")))
}

/// Prices by days, and the price of a ticket.
pub fn require_prices(pass_prices: Option<&BTreeMap<String, i64>>, ticket_price: Option<i64>) -> Result<()> {
    for (days, price) in pass_prices.into_iter().flatten() {
        // Written in one way only, so that no number of days has two prices.
        let known = days
            .parse::<u16>()
            .is_ok_and(|number| (1..=PASS_DAYS_MAX).contains(&number) && number.to_string() == *days);
        if !known {
            return Err(Error::invalid(format!(
                "pass_prices_cents must have numbers of days from 1 to {PASS_DAYS_MAX} as names"
            )));
        }
        require_price("pass_prices_cents", *price)?;
    }
    require_price("ticket_price_cents", ticket_price.unwrap_or_default())
}

/// Entries a wallet, and the window of duplicates.
pub fn require_limits(entries_max: Option<i32>, duplicate_window_ms: Option<i64>) -> Result<()> {
    if entries_max.is_some_and(|entries| entries < 1) {
        return Err(Error::invalid("entries_max must be at least 1"));
    }
    if duplicate_window_ms.is_some_and(|window| !(0..=DUPLICATE_WINDOW_MS_MAX).contains(&window)) {
        return Err(Error::invalid(format!("duplicate_window_ms must be between 0 and {DUPLICATE_WINDOW_MS_MAX}")));
    }
    Ok(())
}

/// The youngest age.
pub fn require_age(age_min: Option<i32>) -> Result<()> {
    if age_min.is_some_and(|years| !(0..=150).contains(&years)) {
        return Err(Error::invalid("age_min must be between 0 and 150 years"));
    }
    Ok(())
}
