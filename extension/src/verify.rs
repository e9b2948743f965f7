//! `admit.verify()`: every invariant, with its number of violations.

mod chain;
mod charges;

use admit_core::Result;
use admit_core::report::{InvariantView, VerifyResult, VerifyRun};
use pgrx::prelude::*;

use crate::call::Call;
use crate::database::{Database, arguments, connect};
use crate::raise::settle;

/// Invariants that are one statement each: name and statement that counts violations.
const COUNTED: &[(&str, &str)] = &[
    ("legs_sum_to_zero", include_str!("../../sql/statements/verify_legs.sql")),
    ("legs_name_known_accounts", include_str!("../../sql/statements/verify_leg_accounts.sql")),
    ("wallet_balances_equal_legs", include_str!("../../sql/statements/verify_wallets.sql")),
    ("wallet_balances_never_negative", include_str!("../../sql/statements/verify_wallet_history.sql")),
    ("settled_balances_equal_sealed_legs", include_str!("../../sql/statements/verify_settled.sql")),
    ("presence_equals_admissions", include_str!("../../sql/statements/verify_presence.sql")),
    ("annulled_scans_are_taken_back_once", include_str!("../../sql/statements/verify_annulments.sql")),
    ("scans_in_conflict_are_told", include_str!("../../sql/statements/verify_conflicts.sql")),
    ("one_admission_per_entry_number", include_str!("../../sql/statements/verify_entry_numbers.sql")),
    ("places_equal_capacity_less_inside", include_str!("../../sql/statements/verify_places.sql")),
    ("scans_have_their_journal_entry", include_str!("../../sql/statements/verify_scans.sql")),
    ("payments_equal_legs", include_str!("../../sql/statements/verify_payments.sql")),
    ("effects_equal_what_they_made", include_str!("../../sql/statements/verify_effects.sql")),
    ("payment_methods_are_their_wallets", include_str!("../../sql/statements/verify_payment_methods.sql")),
    ("connected_accounts_are_made_once", include_str!("../../sql/statements/verify_onboardings.sql")),
    ("reconciliations_compare_each_page_once", include_str!("../../sql/statements/verify_reconciliations.sql")),
    ("payments_are_where_legs_say", include_str!("../../sql/statements/verify_positions.sql")),
    ("disputes_equal_claims", include_str!("../../sql/statements/verify_disputes.sql")),
    ("payouts_equal_legs", include_str!("../../sql/statements/verify_payouts.sql")),
    ("buckets_add_up_to_their_pool", include_str!("../../sql/statements/verify_buckets.sql")),
    ("held_places_equal_live_holds", include_str!("../../sql/statements/verify_bucket_holds.sql")),
    ("sold_places_equal_tickets", include_str!("../../sql/statements/verify_bucket_tickets.sql")),
    ("held_seats_equal_live_holds", include_str!("../../sql/statements/verify_seats_held.sql")),
    ("one_ticket_per_sold_seat", include_str!("../../sql/statements/verify_seats_sold.sql")),
    ("quotas_equal_holds_and_tickets", include_str!("../../sql/statements/verify_quotas.sql")),
    ("one_ticket_per_paid_unit", include_str!("../../sql/statements/verify_order_tickets.sql")),
    ("orders_equal_items_and_legs", include_str!("../../sql/statements/verify_orders.sql")),
    ("orders_equal_payments", include_str!("../../sql/statements/verify_order_payments.sql")),
    ("one_admission_per_ticket_use", include_str!("../../sql/statements/verify_ticket_uses.sql")),
    ("generations_equal_reissues", include_str!("../../sql/statements/verify_reissues.sql")),
    ("live_figures_equal_sealed_scans", include_str!("../../sql/statements/verify_figures.sql")),
    ("sale_figures_equal_sealed_sales", include_str!("../../sql/statements/verify_sale_figures.sql")),
    ("cancelled_events_are_paid_back", include_str!("../../sql/statements/verify_cancellations.sql")),
    ("invoices_have_no_gap", include_str!("../../sql/statements/verify_invoices.sql")),
    ("staff_sessions_end_with_their_device", include_str!("../../sql/statements/verify_staff_sessions.sql")),
    ("references_exist", include_str!("../../sql/statements/verify_references.sql")),
];

/// Checks every invariant of a tenant; reads the whole journal.
#[pg_extern(sql = false, security_definer)]
fn verify(tenant_id: i32) -> TableIterator<'static, (name!(invariant, String), name!(violations, i64))> {
    let result = settle(connect(|database| {
        crate::dispatch::prepare(database, tenant_id)?;
        run(database, &Call::from_sql(tenant_id), VerifyRun {})
    }));
    TableIterator::new(result.invariants.into_iter().map(|check| (check.invariant, check.violations)))
}

/// `journal.verify`
pub fn run(database: &mut Database<'_, '_>, call: &Call, _: VerifyRun) -> Result<VerifyResult> {
    call.require_whole_tenant("tenant")?;
    // Nothing is violated where nothing is visible: that must not look like a clean ledger.
    let mut tenant = database.read("SELECT 1 FROM admit.tenant WHERE tenant_id = $1", arguments![call.tenant_id])?;
    tenant.only("tenant")?;
    // One snapshot for all checks: until the first write, statements share the caller's.
    let mut invariants = Vec::new();
    for (invariant, text) in COUNTED {
        let mut rows = database.read(text, arguments![call.tenant_id])?;
        rows.only("answer")?;
        invariants.push(InvariantView { invariant: (*invariant).to_owned(), violations: rows.get(1)? });
    }
    let chain = chain::check(database, call.tenant_id)?;
    let charges = charges::check(database, call.tenant_id)?;
    for (invariant, violations) in chain.into_iter().chain(charges) {
        invariants.push(InvariantView { invariant: invariant.to_owned(), violations });
    }
    let clean = invariants.iter().all(|check| check.violations == 0);
    Ok(VerifyResult { clean, invariants })
}
