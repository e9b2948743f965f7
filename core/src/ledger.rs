//! Ledger accounts: the places money can be beside wallets.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::message::{answers, requests, words};
use crate::money::Currency;

words! {
    /// What an account stands for.
    pub enum AccountKind {
        /// The platform's income.
        Platform => "platform",
        /// The shared pool.
        Pool => "pool",
        /// A venue's money.
        Venue => "venue",
        /// A vendor's money.
        Vendor => "vendor",
        /// A promoter's money.
        Promoter => "promoter",
        /// An organizer's money.
        Organizer => "organizer",
        /// Taxes collected for an authority.
        Tax => "tax",
        /// Money at a payment provider: negative by what wallets hold of it.
        Provider => "provider",
        /// Money paid out.
        PaidOut => "paid_out",
        /// What went back at a provider and could not be taken from anybody: negative by that.
        Receivable => "receivable",
        /// What was taken back for payers and has not reached them.
        RefundDue => "refund_due",
        /// What providers keep back for disputes that are open or lost: negative by that.
        Disputed => "disputed",
    }
}

/// The id of a tenant's account for a reference, the same on every server: a version 8 UUID
/// (RFC 9562) from SHA-256 of tenant, kind, reference and currency.
pub fn account_id(tenant_id: i32, kind: AccountKind, reference: &str, currency: Currency) -> Uuid {
    let name = format!("admit account\0{tenant_id}\0{}\0{reference}\0{currency}", kind.as_str());
    let digest: [u8; 32] = Sha256::digest(name.as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

requests! {
    /// Creates a vendor's, promoter's, organizer's or tax account.
    pub struct AccountCreate {
        /// vendor, promoter, organizer or tax; the others are made by admit.
        pub kind: AccountKind,
        /// 1 to 200 characters, unique for its kind and currency.
        pub name: String,
        /// Its currency.
        pub currency: Currency,
    }

    /// Lists accounts with their exact balances.
    pub struct AccountList {}

    /// Reads an account with its exact balance.
    pub struct AccountGet {
        /// The account.
        pub account_id: Uuid,
    }
}

answers! {
    /// An account.
    pub struct AccountView {
        /// Its id.
        pub account_id: Uuid,
        /// What it stands for.
        pub kind: String,
        /// For people.
        pub name: String,
        /// Its currency.
        pub currency: String,
        /// Its balance in minor units, with every committed entry.
        pub balance_cents: i64,
    }

    /// All accounts.
    pub struct AccountPage {
        /// By kind and name.
        pub items: Vec<AccountView>,
    }
}
