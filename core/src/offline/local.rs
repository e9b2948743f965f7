//! What a gate has admitted since its manifest was made: small, so that it can be stored after every scan.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::TicketPast;

/// The gate's own uses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LocalUses {
    /// How many scans it has counted.
    pub count: u64,
    /// By ticket.
    pub uses: BTreeMap<u64, LocalUse>,
    /// By wallet, see [`super::wallet_prefix`].
    #[serde(default)]
    pub wallets: BTreeMap<u64, LocalWallet>,
}

/// What the gate did with a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalUse {
    /// What the manifest said when the gate first changed it.
    pub before: TicketPast,
    /// The scans that changed it, by their numbers, each with what it was afterwards.
    pub steps: Vec<(u64, TicketPast)>,
}

impl LocalUse {
    /// What it is now.
    pub fn after(&self) -> TicketPast {
        self.steps.last().map_or(self.before, |step| step.1)
    }
}

/// What the gate did with a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LocalWallet {
    /// What it paid since the manifest's balances were read: number of the scan and minor units.
    pub spent: Vec<(u64, i64)>,
    /// What it did here. Manifests do not tell what wallets did elsewhere.
    pub past: TicketPast,
}

impl LocalWallet {
    /// What it paid in all, in minor units.
    pub fn spent_cents(&self) -> i64 {
        self.spent.iter().map(|(_, cents)| *cents).fold(0, i64::saturating_add)
    }
}

impl LocalUses {
    /// What a ticket's past is here, given the manifest's.
    pub fn past(&self, prefix: u64, listed: Option<&TicketPast>) -> TicketPast {
        match self.uses.get(&prefix) {
            Some(local) => local.after(),
            None => listed.copied().unwrap_or_default(),
        }
    }

    /// Notes a use and gives its number.
    pub fn note(&mut self, prefix: u64, before: TicketPast, after: TicketPast) -> u64 {
        self.count += 1;
        let number = self.count;
        let known = self.uses.entry(prefix).or_insert(LocalUse { before, steps: Vec::new() });
        known.steps.push((number, after));
        number
    }

    /// Notes a wallet's use and gives its number.
    pub fn note_wallet(&mut self, prefix: u64, charged_cents: i64, after: TicketPast) -> u64 {
        self.count += 1;
        let wallet = self.wallets.entry(prefix).or_default();
        wallet.past = after;
        if charged_cents > 0 {
            wallet.spent.push((self.count, charged_cents));
        }
        self.count
    }

    /// The uses under a newer manifest. Those up to `uploaded` had reached the server before it was made: they are
    /// in it. The others are put on top of what it says, with gates as `gate` numbers them now. Of wallets it is only
    /// known what they paid, and only when their balances are `new_balances`.
    pub fn carried_over(
        &self,
        uploaded: u64,
        listed: impl Fn(u64) -> Option<TicketPast>,
        gate: impl Fn(Option<u16>) -> Option<u16>,
        new_balances: bool,
    ) -> Self {
        let moved = |past: TicketPast| TicketPast { gate: gate(past.gate), ..past };
        let uses = self.uses.iter().filter_map(|(prefix, local)| {
            let before = listed(*prefix).unwrap_or_default();
            let (mut base, mut old) = (before, local.before);
            let mut steps = Vec::new();
            for (number, new) in &local.steps {
                if *number > uploaded {
                    base = on_top(base, moved(old), moved(*new));
                    steps.push((*number, base));
                }
                old = *new;
            }
            (!steps.is_empty()).then_some((*prefix, LocalUse { before, steps }))
        });
        let wallets = self.wallets.iter().map(|(prefix, wallet)| {
            let still = |(number, _): &&(u64, i64)| !new_balances || *number > uploaded;
            let spent = wallet.spent.iter().filter(still).copied().collect();
            (*prefix, LocalWallet { spent, past: moved(wallet.past) })
        });
        Self { count: self.count, uses: uses.collect(), wallets: wallets.collect() }
    }
}

/// The step from `old` to `new`, made from `base`.
fn on_top(base: TicketPast, old: TicketPast, new: TicketPast) -> TicketPast {
    let (latest, last_gate) = (base.admitted_at.max(new.admitted_at), base.admitted_at > new.admitted_at);
    let same_day = base.last_day == new.last_day;
    let earlier_day = base.last_day > new.last_day;
    let day_entries = if old.last_day == new.last_day { new.day_entries - old.day_entries } else { new.day_entries };
    TicketPast {
        entries: base.entries + (new.entries - old.entries),
        annulled: base.annulled,
        days_used: if same_day { base.days_used } else { base.days_used + (new.days_used - old.days_used) },
        day_entries: match (same_day, earlier_day) {
            (true, _) => base.day_entries + day_entries,
            (false, true) => base.day_entries,
            (false, false) => day_entries,
        },
        last_day: base.last_day.max(new.last_day),
        last_step: base.last_step.max(new.last_step),
        admitted_at: latest,
        gate: if last_gate { base.gate } else { new.gate },
        inside: new.inside,
        used_up: base.used_up || new.used_up,
    }
}
