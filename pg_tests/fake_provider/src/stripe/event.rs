//! Events: the list from which missed webhooks are caught up.
//!
//! Source: Stripe's API reference "Events" and documentation "Process undelivered webhook events".

use serde_json::Value;

use super::desk::Desk;
use super::list::list_where;
use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Kind;

/// `GET /v1/events`; `type` may end in `*`.
pub(crate) fn list_all(desk: &Desk<'_>, parameters: &Parameters) -> Result<Value, Problem> {
    let types = parameters.texts("types");
    let pattern = parameters.text("type")?.map(str::to_owned);
    let delivered = parameters.flag("delivery_success")?;
    if pattern.is_some() && !types.is_empty() {
        return Err(Problem::value("type", "You may pass either `type` or `types`, but not both."));
    }
    // The filters that are no plain equality are taken out before the list reads them.
    let plain = parameters.without(&["type", "types", "delivery_success"]);
    list_where(desk, Kind::Event, &plain, &[], |event| {
        let kind = event.text("type");
        let matches = pattern.as_deref().is_none_or(|pattern| match pattern.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => kind == pattern,
        });
        matches
            && (types.is_empty() || types.iter().any(|wanted| wanted == kind))
            && delivered.is_none_or(|delivered| delivered == (event.integer("pending_webhooks") == 0))
    })
}
