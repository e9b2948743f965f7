//! Where the objects are kept.

use std::collections::{BTreeMap, HashMap};

use crate::object::Object;

/// Kinds of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Account,
    ApplicationFee,
    BalanceTransaction,
    Charge,
    Customer,
    Dispute,
    Event,
    PaymentIntent,
    PaymentMethod,
    Payout,
    Refund,
    Session,
    SetupIntent,
    Transfer,
    TransferReversal,
}

impl Kind {
    /// The prefix of ids, the `object` word and the path of the list.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Account => ("acct_", "account", "/v1/accounts"),
            Self::ApplicationFee => ("fee_", "application_fee", "/v1/application_fees"),
            Self::BalanceTransaction => ("txn_", "balance_transaction", "/v1/balance_transactions"),
            Self::Charge => ("ch_", "charge", "/v1/charges"),
            Self::Customer => ("cus_", "customer", "/v1/customers"),
            Self::Dispute => ("dp_", "dispute", "/v1/disputes"),
            Self::Event => ("evt_", "event", "/v1/events"),
            Self::PaymentIntent => ("pi_", "payment_intent", "/v1/payment_intents"),
            Self::PaymentMethod => ("pm_", "payment_method", "/v1/payment_methods"),
            Self::Payout => ("po_", "payout", "/v1/payouts"),
            Self::Refund => ("re_", "refund", "/v1/refunds"),
            Self::Session => ("cs_test_", "checkout.session", "/v1/checkout/sessions"),
            Self::SetupIntent => ("seti_", "setup_intent", "/v1/setup_intents"),
            Self::Transfer => ("tr_", "transfer", "/v1/transfers"),
            Self::TransferReversal => ("trr_", "transfer_reversal", "/v1/transfers/reversals"),
        }
    }

    /// The `object` word.
    pub(crate) fn word(self) -> &'static str {
        self.words().1
    }

    /// The path of the list.
    pub(crate) fn list_path(self) -> &'static str {
        self.words().2
    }
}

#[derive(Debug)]
struct Stored {
    kind: Kind,
    /// The connected account it belongs to; none is the platform.
    account: Option<String>,
    object: Object,
}

/// All objects of all accounts.
#[derive(Debug, Default)]
pub(crate) struct Store {
    ids_after: usize,
    objects: HashMap<String, Stored>,
    /// Ids by kind, oldest first.
    order: BTreeMap<Kind, Vec<String>>,
}

impl Store {
    /// No objects; ids come after so many others.
    pub(crate) fn with_ids_after(ids_after: usize) -> Self {
        Self { ids_after, ..Self::default() }
    }

    /// The id that the next object of this kind has: a counter, so that runs are alike.
    pub(crate) fn next_id(&self, kind: Kind) -> String {
        let number = self.ids_after + self.order.get(&kind).map_or(0, Vec::len) + 1;
        match kind {
            Kind::Account => format!("acct_{number:016}"),
            _ => format!("{}{number:024}", kind.words().0),
        }
    }

    /// Adds an object.
    pub(crate) fn insert(&mut self, kind: Kind, account: Option<String>, id: &str, object: Object) {
        self.order.entry(kind).or_default().push(id.to_owned());
        self.objects.insert(id.to_owned(), Stored { kind, account, object });
    }

    /// An object of an account that is not deleted.
    pub(crate) fn get(&self, kind: Kind, account: Option<&str>, id: &str) -> Option<&Object> {
        let stored = self.objects.get(id)?;
        let here = stored.kind == kind && stored.account.as_deref() == account && !stored.object.is("deleted");
        here.then_some(&stored.object)
    }

    /// Any object, whosever it is.
    pub(crate) fn any(&self, id: &str) -> Option<&Object> {
        self.objects.get(id).map(|stored| &stored.object)
    }

    /// Any object, to change it.
    pub(crate) fn any_mut(&mut self, id: &str) -> Option<&mut Object> {
        self.objects.get_mut(id).map(|stored| &mut stored.object)
    }

    /// The account an object belongs to; none when there is no such object.
    pub(crate) fn owner(&self, id: &str) -> Option<Option<String>> {
        self.objects.get(id).map(|stored| stored.account.clone())
    }

    /// The objects of an account, newest first.
    pub(crate) fn newest_first<'a>(
        &'a self,
        kind: Kind,
        account: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Object> + use<'a> {
        let ids = self.order.get(&kind).map_or(&[][..], Vec::as_slice);
        ids.iter().rev().filter_map(move |id| self.get(kind, account, id))
    }

    /// The ids of a kind of every account.
    pub(crate) fn ids(&self, kind: Kind) -> &[String] {
        self.order.get(&kind).map_or(&[], Vec::as_slice)
    }
}
