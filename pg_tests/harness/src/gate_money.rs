//! Wallets that pay at bars without a network.

use serde_json::{Value, json};

use crate::checks::{Checks, Failure};
use crate::gate_night::Night;
use crate::gate_outage::verdicts;
use crate::gate_program::{Ended, Gate};

/// What a wallet may spend at a bar without a network.
const LIMIT_CENTS: i64 = 1_000;
/// A drink, and what it costs with the fee of 2.5 percent.
const DRINK_CENTS: i64 = 400;
const PAID_CENTS: i64 = 410;

/// Runs the tests.
pub fn run(checks: &mut Checks, night: &Night) -> Result<(), Failure> {
    let hall = &night.hall;
    let path = format!("/v1/events/{}/policy", hall.event);
    hall.web.must("PUT", &path, &hall.owner, &json!({"policy": {"offline_limit_cents": LIMIT_CENTS}}))?;
    let (_, rich) = hall.open()?;
    hall.fund(&rich, 10_000)?;
    let (_, poor) = hall.open()?;
    hall.fund(&poor, 500)?;
    let (_, late) = hall.open()?;
    let (one, other) = (night.bar("bar", 0)?, night.bar("grill", 1)?);
    let shares = || -> Result<(i64, i64), Failure> { Ok((hall.account(&hall.vendor)?, hall.balance(&rich)?)) };
    let (vendor_before, _) = shares()?;
    let bought = drinks(&one, &[&rich, &rich, &rich])?;
    let told: Vec<_> =
        bought.lines.iter().map(|line| (line["reason"].clone(), line["balance_cents"].clone())).collect();
    let left = LIMIT_CENTS - 2 * PAID_CENTS;
    let expected = vec![
        (Value::Null, json!(LIMIT_CENTS - PAID_CENTS)),
        (Value::Null, json!(left)),
        (json!("insufficient_funds"), json!(left)),
    ];
    checks.equal("without a network a wallet pays up to the limit", told, expected);
    checks.that("people hear what is left", bought.said.contains(&format!("{left} cents are left")));
    let unknown = drinks(&one, &[&late])?;
    checks.equal(
        "a wallet without money is not known",
        unknown.lines[0]["reason"].clone(),
        json!("offline_unavailable"),
    );
    for gate in [&one, &other] {
        let poor = drinks(gate, &[&poor])?;
        checks.equal("each bar believes what it knows", poor.lines[0]["outcome"].clone(), json!("admitted"));
    }
    one.must(&["upload"])?;
    other.must(&["upload"])?;
    checks.equal("the wallet has paid twice", hall.balance(&rich)?, 10_000 - 2 * PAID_CENTS);
    checks.equal("the other one once: it had no more", hall.balance(&poor)?, 500 - PAID_CENTS);
    checks.equal("the vendor has three drinks", shares()?.0 - vendor_before, 3 * DRINK_CENTS);
    checks.equal("the second bar hears why", verdicts(&other)?, vec!["conflict".to_owned()]);
    let again = drinks(&one, &[&rich])?;
    checks.equal("an upload alone gives nothing back", again.lines[0]["reason"].clone(), json!("insufficient_funds"));
    one.must(&["sync"])?;
    let again = drinks(&one, &[&rich])?;
    checks.equal("nor do changes", again.lines[0]["reason"].clone(), json!("insufficient_funds"));
    one.must(&["sync", "--full"])?;
    let again = drinks(&one, &[&rich])?;
    checks.equal("new balances do", again.lines[0]["balance_cents"].clone(), json!(LIMIT_CENTS - PAID_CENTS));
    let online = one.run(&["scan", "--kind", "concession", "--amount-cents", "400"], &format!("{rich}\n"))?;
    checks.equal(
        "with the server there is no such limit",
        online.lines[0]["balance_cents"].clone(),
        json!(10_000 - 4 * PAID_CENTS),
    );
    let after = drinks(&one, &[&rich])?;
    checks.equal("but what was paid there counts", after.lines[0]["reason"].clone(), json!("insufficient_funds"));
    one.must(&["upload"])?;
    checks.equal("in the end all is booked once", hall.balance(&rich)?, 10_000 - 4 * PAID_CENTS);
    Ok(())
}

/// A drink for each of these wallets, without a network.
fn drinks(gate: &Gate, wallets: &[&str]) -> Result<Ended, Failure> {
    let amount = DRINK_CENTS.to_string();
    let shown: String = wallets.iter().map(|wallet| format!("{wallet}\n")).collect();
    gate.run(&["scan", "--offline", "--kind", "concession", "--amount-cents", &amount], &shown)
}
