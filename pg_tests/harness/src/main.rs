//! Tests with real parallel clients and crashes, and the demo evening. Each test command ends
//! with one line `N passed, N failed`.

mod bank;
mod checks;
mod cluster;
mod concurrency;
mod concurrency_devices;
mod concurrency_keys;
mod concurrency_manifests;
mod concurrency_money;
mod concurrency_reissues;
mod concurrency_sales;
mod concurrency_seats;
mod concurrency_tokens;
mod concurrency_uploads;
mod crash;
mod crash_load;
mod demo;
mod demo_gate;
mod demo_provider;
mod demo_sale;
mod effects;
mod effects_faults;
mod effects_kill;
mod effects_methods;
mod effects_midtrans;
mod effects_onboarding;
mod effects_reconciliation;
mod effects_xendit;
mod gate;
mod gate_clock;
mod gate_kill;
mod gate_money;
mod gate_night;
mod gate_outage;
mod gate_program;
mod gate_wire;
mod hall;
mod http;
mod http_codes;
mod http_devices;
mod http_faults;
mod http_keys;
mod http_manifest;
mod http_money;
mod http_neighbours;
mod http_outage;
mod http_sales;
mod http_seats;
mod http_strangers;
mod http_uploads;
mod load;
mod logs;
mod place;
mod refunds;
mod refunds_load;
mod sellout;
mod shim;
mod shop;
mod upload_orders;
mod web;

use std::process::ExitCode;

const HELP: &str = "admit-harness: tests of admit on a running cluster

Usage: admit-harness concurrency | http | effects | gate | crash [--cycles N] | refunds [--kills N]
       admit-harness demo --url URL --database URL --provider URL
       admit-harness load-gate
       admit-harness load-orders --clients N --seconds N
       admit-harness load-sellout --places N --clients N
       admit-harness load-scans | load-evening | load-gate-scans --url URL --database URL --clients N --seconds N

Environment:
  ADMIT_DATABASE_URL  superuser of the cluster under test
  ADMIT_CLUSTER       command that takes start, stop, datadir (http, effects, crash, refunds)
  ADMIT_SHIM          path of admit-shim (http, effects, gate)
  ADMIT_GATE          path of admit-gate (gate, demo)
  ADMIT_LOGS          folder for what the shims of a failed run have said; the checkout's .admit/logs otherwise";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let option =
        |name: &str| arguments.iter().position(|word| word == name).and_then(|at| arguments.get(at + 1)).cloned();
    let result = match arguments.first().map(String::as_str) {
        Some("concurrency") => concurrency::run(),
        Some("http") => http::run(),
        Some("effects") => effects::run(),
        Some("gate") => gate::run(),
        Some("crash") => crash::run(option("--cycles").and_then(|cycles| cycles.parse().ok()).unwrap_or(20)),
        Some("refunds") => refunds::run(option("--kills").and_then(|kills| kills.parse().ok()).unwrap_or(2)),
        Some("demo") => match (option("--url"), option("--database"), option("--provider")) {
            (Some(url), Some(database), Some(provider)) => demo::run(&url, &database, &provider),
            _ => Err("demo needs --url, --database and --provider".into()),
        },
        Some(load @ ("load-scans" | "load-evening" | "load-gate-scans")) => {
            let number = |name: &str| option(name).and_then(|text| text.parse::<u64>().ok());
            match (option("--url"), option("--database"), number("--clients"), number("--seconds")) {
                (Some(url), Some(database), Some(clients), Some(seconds)) => {
                    let run = match load {
                        "load-scans" => load::scans,
                        "load-evening" => load::evening,
                        _ => load::gate_scans,
                    };
                    run(&url, &database, clients as usize, seconds)
                }
                _ => Err("a load needs --url, --database, --clients and --seconds".into()),
            }
        }
        Some("load-gate") => load::gate(),
        Some("load-orders") => {
            let number = |name: &str| option(name).and_then(|text| text.parse::<u32>().ok());
            match (number("--clients"), number("--seconds"), std::env::var("ADMIT_DATABASE_URL")) {
                (Some(clients), Some(seconds), Ok(database)) => {
                    load::orders(&database, clients as usize, u64::from(seconds))
                }
                _ => Err("load-orders needs --clients, --seconds and ADMIT_DATABASE_URL".into()),
            }
        }
        Some("load-sellout") => {
            let number = |name: &str| option(name).and_then(|text| text.parse::<u32>().ok());
            match (number("--places"), number("--clients")) {
                (Some(places), Some(clients)) => sellout::report(i64::from(places), u64::from(clients)),
                _ => Err("load-sellout needs --places and --clients".into()),
            }
        }
        Some("--help" | "help") => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    logs::end(matches!(result, Ok(true)));
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("admit-harness: {error}");
            println!("0 passed, 1 failed");
            ExitCode::FAILURE
        }
    }
}
