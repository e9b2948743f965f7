//! Fee rules as they are written down, and what makes one valid.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::money::AMOUNT_MAX;
use crate::{Error, ErrorCode, Result};

/// What a guest pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// First entry.
    Entry,
    /// Every later entry.
    Reentry,
    /// Leaving.
    Exit,
    /// A sale at a bar or stand.
    Concession,
    /// A sale of merchandise.
    Merchandise,
    /// Any other sale.
    General,
    /// A ticket or pass; fees are per ticket.
    TicketPurchase,
}

impl Action {
    /// Whether the action has an amount of its own beside the fees.
    pub fn is_sale(self) -> bool {
        matches!(self, Self::Concession | Self::Merchandise | Self::General | Self::TicketPurchase)
    }
}

/// The parts of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// The price of what is sold; a rule for it only says who shares it.
    Sale,
    /// The venue's fee.
    VenueFee,
    /// The platform's fee.
    PlatformFee,
    /// Tax on everything before it.
    Tax,
}

impl Component {
    /// The parts in the order in which they are charged and shown.
    pub const ALL: [Self; 4] = [Self::Sale, Self::VenueFee, Self::PlatformFee, Self::Tax];
}

/// Whose fees; a narrower scope wins over a wider one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeeScope {
    /// The tenant's default.
    Platform,
    /// One venue.
    Venue,
    /// One event.
    Event,
    /// One gate.
    Gate,
}

impl FeeScope {
    /// The name as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Venue => "venue",
            Self::Event => "event",
            Self::Gate => "gate",
        }
    }
}

/// How a fraction of a minor unit is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half away from zero.
    #[default]
    HalfUp,
    /// Half to the even neighbour.
    HalfEven,
    /// Always up.
    Up,
    /// Always down.
    Down,
}

/// Who receives a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Payee {
    /// The tenant's platform account.
    Platform,
    /// The tenant's pool.
    Pool,
    /// The venue.
    Venue,
    /// The gate's vendor; the venue where a gate names none.
    Vendor,
    /// The event's promoter; the venue where an event names none.
    Promoter,
    /// The event's organizer; the venue where an event names none. Ticket sales that no rule
    /// divides are theirs.
    Organizer,
    /// Any ledger account: `account:<uuid>`.
    Account(Uuid),
}

impl fmt::Display for Payee {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Platform => formatter.write_str("platform"),
            Self::Pool => formatter.write_str("pool"),
            Self::Venue => formatter.write_str("venue"),
            Self::Vendor => formatter.write_str("vendor"),
            Self::Promoter => formatter.write_str("promoter"),
            Self::Organizer => formatter.write_str("organizer"),
            Self::Account(id) => write!(formatter, "account:{id}"),
        }
    }
}

impl FromStr for Payee {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let account = |id: &str| Uuid::parse_str(id).ok().map(Self::Account);
        match text {
            "platform" => Some(Self::Platform),
            "pool" => Some(Self::Pool),
            "venue" => Some(Self::Venue),
            "vendor" => Some(Self::Vendor),
            "promoter" => Some(Self::Promoter),
            "organizer" => Some(Self::Organizer),
            other => other.strip_prefix("account:").and_then(account),
        }
        .ok_or_else(|| {
            Error::invalid("payee must be platform, pool, venue, vendor, promoter, organizer or account:<account id>")
        })
    }
}

impl Serialize for Payee {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Payee {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Payee {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Payee".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(platform|pool|venue|vendor|promoter|organizer|account:[0-9a-f-]{36})$",
            "description": "Who receives a share"
        })
    }
}

/// A payee's part of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Who.
    pub payee: Payee,
    /// Percent of the component, 0 to 100, at most four decimals, as a string such as `"2.5"`.
    pub percentage: Decimal,
}

/// One component of one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FeeRule {
    /// What is paid for.
    pub action: Action,
    /// Which part of the charge.
    pub component: Component,
    /// Fixed part in minor units.
    #[serde(default)]
    pub fixed_cents: i64,
    /// Percent of the sale's amount; for entry, re-entry and exit percent of the venue fee
    /// (platform fee only); for a tax percent of the sale and all fees.
    #[serde(default)]
    pub percentage: Decimal,
    /// Never less than this, in minor units.
    pub minimum_cents: Option<i64>,
    /// Never more than this, in minor units.
    pub maximum_cents: Option<i64>,
    /// Who shares it; percentages add up to exactly 100.
    pub shares: Vec<Share>,
}

/// The rules of one scope in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeSchedule {
    /// The version's number.
    pub fee_version: i64,
    /// Its rules.
    pub rules: Vec<FeeRule>,
    /// How percentages are rounded.
    pub rounding: Rounding,
}

/// Payees of one component; more would make every booking that long.
const SHARES_MAX: usize = 16;

impl FeeSchedule {
    /// Checks every rule.
    ///
    /// # Errors
    /// `invalid_fee` names the rule and what to change.
    pub fn validate(&self) -> Result<()> {
        for (index, rule) in self.rules.iter().enumerate() {
            let same = |other: &&FeeRule| other.action == rule.action && other.component == rule.component;
            if self.rules[..index].iter().any(|other| same(&other)) {
                return Err(invalid_fee(index, "repeats the action and component of an earlier rule"));
            }
            rule.validate().map_err(|problem| invalid_fee(index, problem))?;
        }
        Ok(())
    }
}

impl FeeRule {
    fn validate(&self) -> std::result::Result<(), &'static str> {
        let amounts = [Some(self.fixed_cents), self.minimum_cents, self.maximum_cents];
        if amounts.into_iter().flatten().any(|amount| !(0..=AMOUNT_MAX).contains(&amount)) {
            return Err("has an amount that is negative or too large");
        }
        if self.minimum_cents.zip(self.maximum_cents).is_some_and(|(minimum, maximum)| minimum > maximum) {
            return Err("has a minimum above its maximum");
        }
        if !is_percentage(self.percentage) {
            return Err("has a percentage outside 0 to 100 or with more than four decimals");
        }
        match (self.component, self.action.is_sale()) {
            (Component::Sale, false) => return Err("divides a sale, but entry, re-entry and exit have none"),
            (Component::Sale, true) if self.fixed_cents != 0 || !self.percentage.is_zero() => {
                return Err("may only divide the sale: fixed_cents and percentage must be absent");
            }
            (Component::VenueFee, false) if !self.percentage.is_zero() => {
                return Err("takes a percentage of nothing: a venue fee for entry, re-entry or exit is fixed");
            }
            _ => {}
        }
        self.validate_shares()
    }

    fn validate_shares(&self) -> std::result::Result<(), &'static str> {
        if self.shares.is_empty() || self.shares.len() > SHARES_MAX {
            return Err("must have 1 to 16 shares");
        }
        if self.shares.iter().any(|share| !is_percentage(share.percentage)) {
            return Err("has a share outside 0 to 100 percent or with more than four decimals");
        }
        if self.shares.iter().map(|share| share.percentage).sum::<Decimal>() != Decimal::ONE_HUNDRED {
            return Err("has shares that do not add up to 100 percent");
        }
        let payees: std::collections::HashSet<_> = self.shares.iter().map(|share| share.payee).collect();
        if payees.len() != self.shares.len() {
            return Err("names a payee twice");
        }
        Ok(())
    }
}

fn is_percentage(value: Decimal) -> bool {
    value >= Decimal::ZERO && value <= Decimal::ONE_HUNDRED && value.normalize().scale() <= 4
}

fn invalid_fee(index: usize, problem: &str) -> Error {
    Error::new(ErrorCode::InvalidFee, format!("rules[{index}] {problem}"))
}
