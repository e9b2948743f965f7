//! `expand[]`: an id is replaced by the object it names.
//!
//! Source: Stripe's API reference "Expanding Responses".

use serde_json::Value;

use super::parameters::Parameters;
use super::problem::Problem;
use super::store::Store;

/// Expands what the parameters ask for, such as `latest_charge.balance_transaction` or, in
/// lists, `data.payment_intent`.
pub(crate) fn expand(store: &Store, parameters: &Parameters, answer: &mut Value) -> Result<(), Problem> {
    for path in parameters.texts("expand") {
        let steps: Vec<&str> = path.split('.').collect();
        if !follow(store, &steps, answer) {
            return Err(Problem::value("expand", format!("This property cannot be expanded ({path}).")));
        }
    }
    Ok(())
}

fn follow(store: &Store, steps: &[&str], value: &mut Value) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    if let Value::Array(items) = value {
        return items.iter_mut().all(|item| follow(store, steps, item));
    }
    let Some(field) = value.get_mut(*step) else { return false };
    if let Some(object) = field.as_str().and_then(|id| store.any(id)) {
        *field = object.value();
    }
    field.is_null() || follow(store, rest, field)
}
