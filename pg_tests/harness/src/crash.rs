//! `kill -9` of the server under load; every acknowledged answer is compared afterwards.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use uuid::Uuid;

use crate::checks::{Checks, Failure};
use crate::place::{Place, connect, fresh_database, scan};

/// Clients that scan at the same time.
const CLIENTS: usize = 8;

/// A scan that was sent, and its answer if one came.
#[derive(Clone)]
struct Sent {
    token: String,
    device: Uuid,
    kind: &'static str,
    nonce: Uuid,
    amount: Option<i64>,
    answer: Option<String>,
}

/// Runs so many cycles of load, kill, restart and comparison.
pub fn run(cycles: u32) -> Result<bool, Failure> {
    let url = fresh_database("harness_crash")?;
    let place = Place::create(&url, 1, None)?;
    let mut sql = connect(&url)?;
    let tokens: Vec<String> = (0..64).map(|_| place.funded_wallet(&mut sql, 10_000_000)).collect::<Result<_, _>>()?;
    drop(sql);
    let mut checks = Checks::default();
    let (mut lost, mut doubled, mut acknowledged, mut in_doubt) = (0, 0, 0, 0);
    for cycle in 1..=cycles {
        let sent = load_until_killed(&place, &tokens, Duration::from_millis(200 + u64::from(cycle % 5) * 100))?;
        cluster(&["start"])?;
        let mut sql = connect(&place.url)?;
        for scan_sent in &sent {
            let again = scan(
                &mut sql,
                1,
                &scan_sent.token,
                scan_sent.device,
                scan_sent.kind,
                scan_sent.nonce,
                scan_sent.amount,
            )?;
            match &scan_sent.answer {
                Some(answer) => {
                    acknowledged += 1;
                    lost += i32::from(*answer != again.1);
                }
                None => in_doubt += 1,
            }
        }
        let twice: i64 = sql
            .query_one(
                "SELECT count(*) FROM (SELECT 1 FROM admit.scan GROUP BY device_id, nonce HAVING count(*) > 1) AS d",
                &[],
            )?
            .get(0);
        doubled += twice;
        println!(
            "cycle {cycle} of {cycles}: {acknowledged} acknowledged, {in_doubt} in doubt, {lost} lost, {doubled} doubled"
        );
        if cycle % 5 == 0 || cycle == cycles {
            checks.equal(&format!("verify is clean after {cycle} kills"), place.violations(&mut sql)?, Vec::new());
        }
        if cycle == 1 {
            comparison_can_fail(&mut checks, &mut sql, &sent)?;
        }
    }
    checks.that("there was load", acknowledged > 100);
    checks.equal("no acknowledged answer is lost or changed", lost, 0);
    checks.equal("none is doubled", doubled, 0);
    Ok(checks.close())
}

/// The comparison must see a lost answer: a nonce that was never booked answers differently.
fn comparison_can_fail(checks: &mut Checks, sql: &mut postgres::Client, sent: &[Sent]) -> Result<(), Failure> {
    let known = sent.iter().find(|sent| sent.answer.is_some()).ok_or("no scan was acknowledged")?;
    let other = scan(sql, 1, &known.token, known.device, known.kind, Uuid::now_v7(), known.amount)?;
    checks.that("the comparison tells answers apart", known.answer.as_ref() != Some(&other.1));
    Ok(())
}

fn load_until_killed(place: &Place, tokens: &[String], load: Duration) -> Result<Vec<Sent>, Failure> {
    let (stop, log) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (place, stop, log) = (place.clone(), Arc::clone(&stop), Arc::clone(&log));
            let tokens: Vec<String> = tokens.iter().skip(client).step_by(CLIENTS).cloned().collect();
            thread::spawn(move || {
                let Ok(mut sql) = connect(&place.url) else { return };
                let mut turn = 0_usize;
                while !stop.load(Ordering::Relaxed) {
                    let token = &tokens[turn % tokens.len()];
                    let (device, kind, amount) = match turn / tokens.len() % 3 {
                        0 => (place.devices[client % 2], "entry", None),
                        1 => (place.bar_device, "concession", Some(250)),
                        _ => (place.devices[client % 2], "exit", None),
                    };
                    let nonce = Uuid::now_v7();
                    let answer = scan(&mut sql, 1, token, device, kind, nonce, amount);
                    let gone = answer.is_err();
                    let sent = Sent {
                        token: token.clone(),
                        device,
                        kind,
                        nonce,
                        amount,
                        answer: answer.ok().map(|answer| answer.1),
                    };
                    log.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(sent);
                    if gone {
                        return;
                    }
                    turn += 1;
                }
            })
        })
        .collect();
    thread::sleep(load);
    kill_server()?;
    stop.store(true, Ordering::Relaxed);
    for client in clients {
        client.join().map_err(|_| "a client panicked")?;
    }
    let sent = log.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    Ok(sent)
}

/// The cluster's command with these words.
fn cluster(words: &[&str]) -> Result<String, Failure> {
    let command = std::env::var("ADMIT_CLUSTER").map_err(|_| "ADMIT_CLUSTER is not set")?;
    let mut parts = command.split_whitespace();
    let program = parts.next().ok_or("ADMIT_CLUSTER is empty")?;
    let output = Command::new(program).args(parts).args(words).output()?;
    if !output.status.success() {
        return Err(format!("{command} {words:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Kills every process of the server at once, without any chance to write.
fn kill_server() -> Result<(), Failure> {
    let folder = cluster(&["datadir"])?;
    let pid_file = std::fs::read_to_string(format!("{folder}/postmaster.pid"))?;
    let postmaster = pid_file.lines().next().ok_or("postmaster.pid is empty")?.to_owned();
    let children = children_of(&postmaster);
    let status = Command::new("kill").arg("-9").arg(&postmaster).args(&children).status()?;
    if status.success() || !children.is_empty() { Ok(()) } else { Err("the server could not be killed".into()) }
}

/// The processes whose parent is this one, from /proc.
fn children_of(parent: &str) -> Vec<String> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let is_child = |id: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        // After the name in brackets come the state and the parent.
        stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)).is_some_and(|id| id == parent)
    };
    processes.flatten().filter_map(|entry| entry.file_name().into_string().ok()).filter(is_child).collect()
}
