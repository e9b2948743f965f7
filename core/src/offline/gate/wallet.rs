//! Wallets at a gate without a network: what they may spend, and what the server did in the meantime.

use jiff::Timestamp;

use super::OfflineGate;
use super::proof::Proved;
use crate::Result;
use crate::credential::UnverifiedSession;
use crate::offline::{session_prefix, wallet_prefix};
use crate::scan::{Outcome, Reason, ScanInput, ScanKind, WalletFacts};

impl OfflineGate {
    /// What a wallet's token proves: that it is on the list, and what its wallet may still spend here.
    pub(super) fn wallet(
        &self,
        token: &UnverifiedSession,
        kind: ScanKind,
        now: Timestamp,
    ) -> std::result::Result<Proved, Reason> {
        let claims = token.claims();
        let in_vain = || self.asked_in_vain(claims.tenant_id);
        let (rules, listed) = (&self.manifest.rules, self.manifest.wallets.as_ref());
        // Which of its tickets a wallet would come in with is the server's to know.
        let by_pass = rules.event.requires_pass && !kind.is_sale();
        if claims.tenant_id != self.manifest.tenant_id || by_pass || rules.offline_limit_cents <= 0 {
            return Err(in_vain());
        }
        let spendable = listed.and_then(|listed| listed.sessions.find(session_prefix(&token.text())));
        let spendable = i64::from(spendable.ok_or_else(in_vain)?).min(rules.offline_limit_cents);
        if i64::from(claims.expires_at_seconds) <= now.as_second() {
            return Err(Reason::TokenExpired);
        }
        let prefix = wallet_prefix(claims.wallet_id);
        let local = self.local.wallets.get(&prefix).cloned().unwrap_or_default();
        // It may have come in elsewhere.
        if kind == ScanKind::Exit && local.past.entries == 0 {
            return Err(in_vain());
        }
        let wallet = WalletFacts {
            wallet_id: claims.wallet_id,
            balance_cents: (spendable - local.spent_cents()).max(0),
            currency: rules.event.currency,
            frozen: false,
            session_ended: false,
        };
        Ok(Proved { prefix, facts: None, wallet: Some(wallet), past: local.past, sure: true })
    }

    /// Notes a scan that the server has admitted at this gate, so that the gate knows of it before its next
    /// manifest tells. Gives its number in [`super::LocalUses`], if what was shown is known here.
    ///
    /// # Errors
    /// `invalid_amount` when the charge is larger than a charge may be.
    pub fn admitted_online(
        &mut self,
        token: &str,
        kind: ScanKind,
        charged_cents: i64,
        now: Timestamp,
    ) -> Result<Option<u64>> {
        let Ok(mut known) = self.proved(token, kind, now) else { return Ok(None) };
        if let Some(wallet) = &mut known.wallet {
            // The server knew a balance that covered it.
            wallet.balance_cents = i64::MAX;
        }
        let (prefix, past, pays) = (known.prefix, known.past, known.wallet.is_some());
        let input = ScanInput { kind, amount_cents: 0, items: Vec::new(), scanned_at: now, override_reason: None };
        let decision = self.judged(&Ok(known), &input, now)?;
        let admitted = decision.outcome == Outcome::Admitted;
        let after = if admitted { self.after(&past, &decision) } else { past };
        Ok(match (pays, admitted) {
            (true, _) => Some(self.local.note_wallet(prefix, charged_cents, after)),
            (false, true) => Some(self.local.note(prefix, past, after)),
            (false, false) => None,
        })
    }
}
