//! Zones of a venue: which a ticket opens and which a device guards.

use std::collections::BTreeMap;

use crate::message::{requests, words};
use crate::{Error, Result};

/// The zone of tickets that name none, and of wallets.
pub const GENERAL_ADMISSION: &str = "GA";

/// Zones that one thing can have, at most.
const ZONES_MAX: usize = 32;

/// Characters of a zone's name, at most.
const NAME_CHARACTERS_MAX: usize = 40;

words! {
    /// How the zones of a ticket are compared with those that a device guards.
    pub enum ZoneCheck {
        /// Not at all.
        Off => "off",
        /// A ticket opens the zones that it names.
        Strict => "strict",
        /// A ticket opens the zones that it names and those that they include.
        Hierarchical => "hierarchical",
    }
}

requests! {
    /// What a ticket's zones open.
    #[derive(Default, PartialEq)]
    pub struct ZoneRules {
        /// off, strict or hierarchical; hierarchical when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub check: Option<ZoneCheck>,
        /// Which zones a zone includes, for a hierarchical check. When absent, BACKSTAGE includes VIP and
        /// VIP includes GA; own zones include none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub includes: Option<BTreeMap<String, Vec<String>>>,
        /// Zones whose tickets open every zone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub all_access: Option<Vec<String>>,
    }
}

impl ZoneRules {
    /// The rules with their names as they are stored.
    ///
    /// # Errors
    /// `invalid_request` for names that are none, too many of them, or a zone that includes itself.
    pub fn checked(self) -> Result<Self> {
        let includes = self.includes.map(|includes| {
            if includes.len() > ZONES_MAX {
                return Err(Error::invalid(format!("zones.includes must have at most {ZONES_MAX} zones")));
            }
            let entries = includes.into_iter().map(|(zone, included)| {
                let zone = zone_names("zones.includes", vec![zone])?.pop().unwrap_or_default();
                let included = zone_names("zones.includes", included)?;
                if included.contains(&zone) {
                    return Err(Error::invalid(format!("zones.includes: {zone} must not include itself")));
                }
                Ok((zone, included))
            });
            entries.collect::<Result<BTreeMap<_, _>>>()
        });
        Ok(Self {
            check: self.check,
            includes: includes.transpose()?,
            all_access: self.all_access.map(|zones| zone_names("zones.all_access", zones)).transpose()?,
        })
    }

    /// Whether somebody with the zones of a ticket may pass a device that guards `guarded`: through any
    /// one of its zones. A device that guards none lets everybody pass.
    pub fn opens(&self, ticket: &[String], guarded: &[String]) -> bool {
        let check = self.check.unwrap_or(ZoneCheck::Hierarchical);
        if guarded.is_empty() || check == ZoneCheck::Off {
            return true;
        }
        let own: Vec<&str> =
            if ticket.is_empty() { vec![GENERAL_ADMISSION] } else { ticket.iter().map(String::as_str).collect() };
        let guards = |zone: &str| guarded.iter().any(|guarded| guarded == zone);
        if self.all_access.iter().flatten().any(|zone| own.contains(&zone.as_str())) {
            return true;
        }
        let mut reached = own;
        let mut next = 0;
        while let Some(zone) = reached.get(next).copied() {
            if guards(zone) {
                return true;
            }
            if check == ZoneCheck::Hierarchical {
                let fresh: Vec<&str> = self.included(zone).filter(|zone| !reached.contains(zone)).collect();
                reached.extend(fresh);
            }
            next += 1;
        }
        false
    }

    /// The zones that a zone includes directly.
    fn included<'a>(&'a self, zone: &str) -> impl Iterator<Item = &'a str> {
        let own = self.includes.as_ref().and_then(|includes| includes.get(zone));
        let usual = match (&self.includes, zone) {
            (None, "BACKSTAGE") => Some("VIP"),
            (None, "VIP") => Some(GENERAL_ADMISSION),
            _ => None,
        };
        own.into_iter().flatten().map(String::as_str).chain(usual)
    }
}

/// Names of zones as they are stored: trimmed, in capital letters, each once.
///
/// # Errors
/// `invalid_request` for too many zones and for names that are none; `field` says where.
pub fn zone_names(field: &str, zones: Vec<String>) -> Result<Vec<String>> {
    if zones.len() > ZONES_MAX {
        return Err(Error::invalid(format!("{field} must have at most {ZONES_MAX} names")));
    }
    let mut names: Vec<String> = Vec::with_capacity(zones.len());
    for zone in zones {
        let plain = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | ' ');
        let name = zone.trim().to_uppercase();
        if !(1..=NAME_CHARACTERS_MAX).contains(&name.chars().count()) || !name.chars().all(plain) {
            return Err(Error::invalid(format!(
                "{field} must be names of 1 to {NAME_CHARACTERS_MAX} letters, digits, spaces, hyphens and underscores"
            )));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(zones: &[&str]) -> Vec<String> {
        zones.iter().map(|zone| (*zone).to_owned()).collect()
    }

    fn opens(rules: &ZoneRules, ticket: &[&str], guarded: &[&str]) -> bool {
        rules.opens(&names(ticket), &names(guarded))
    }

    #[test]
    fn backstage_opens_vip_and_vip_opens_general_admission() {
        let usual = ZoneRules::default();
        for (ticket, guarded, good) in [
            ("GA", "GA", true),
            ("GA", "VIP", false),
            ("GA", "BACKSTAGE", false),
            ("VIP", "GA", true),
            ("VIP", "VIP", true),
            ("VIP", "BACKSTAGE", false),
            ("BACKSTAGE", "GA", true),
            ("BACKSTAGE", "VIP", true),
            ("BACKSTAGE", "BACKSTAGE", true),
            ("CAMPING", "GA", false),
            ("CAMPING", "CAMPING", true),
        ] {
            assert_eq!(opens(&usual, &[ticket], &[guarded]), good, "{ticket} at {guarded}");
        }
        assert!(opens(&usual, &[], &["GA"]), "a ticket without a zone is general admission");
        assert!(!opens(&usual, &[], &["VIP"]));
        assert!(opens(&usual, &["GA"], &[]), "a device that guards no zone");
        assert!(opens(&usual, &["GA"], &["VIP", "GA"]), "one of the guarded zones is enough");
    }

    #[test]
    fn a_strict_check_knows_no_hierarchy_but_all_access() {
        let strict = ZoneRules { check: Some(ZoneCheck::Strict), ..ZoneRules::default() };
        assert!(!opens(&strict, &["VIP"], &["GA"]));
        assert!(opens(&strict, &["VIP"], &["VIP"]));
        let all = ZoneRules { all_access: Some(names(&["VIP"])), ..strict };
        assert!(opens(&all, &["VIP"], &["BACKSTAGE"]));
        assert!(!opens(&all, &["GA"], &["VIP"]));
        let off = ZoneRules { check: Some(ZoneCheck::Off), ..ZoneRules::default() };
        assert!(opens(&off, &["GA"], &["BACKSTAGE"]));
    }

    #[test]
    fn own_zones_include_what_they_say_even_in_a_circle() {
        let own: BTreeMap<_, _> = [("CREW", &["STAGE", "GA"][..]), ("STAGE", &["CREW", "PIT"]), ("PIT", &["STAGE"])]
            .into_iter()
            .map(|(zone, included)| (zone.to_owned(), names(included)))
            .collect();
        let rules = ZoneRules { includes: Some(own), ..ZoneRules::default() };
        assert!(opens(&rules, &["CREW"], &["PIT"]));
        assert!(opens(&rules, &["PIT"], &["GA"]));
        assert!(!opens(&rules, &["CREW"], &["VIP"]), "the circle ends");
        assert!(!opens(&rules, &["VIP"], &["GA"]), "the usual hierarchy is replaced");
    }

    #[test]
    fn names_are_unified_and_nonsense_is_refused() {
        assert_eq!(zone_names("zones", names(&[" vip ", "VIP", "back stage"])), Ok(names(&["VIP", "BACK STAGE"])));
        for bad in ["", "  ", "a/b", "a\u{0}", &"x".repeat(41)] {
            assert!(zone_names("zones", names(&[bad])).is_err(), "{bad:?}");
        }
        assert!(zone_names("zones", (0..33).map(|number| format!("Z{number}")).collect()).is_err());
        let itself = ZoneRules {
            includes: Some([("vip".to_owned(), names(&["VIP"]))].into_iter().collect()),
            ..ZoneRules::default()
        };
        assert!(itself.checked().is_err());
    }
}
