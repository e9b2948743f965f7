//! An evening's gates: each device has a token and a connection of its own and scans rotating codes at its own pace.
//! Now and then somebody shows a ticket that is in already, or a code that is not the ticket's.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use admit_core::ticket::token::rotating_suffix;
use admit_core::totp::TotpKey;
use jiff::Timestamp;
use postgres::Client;
use serde_json::Value;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::connection::Connection;
use super::{Measured, runtime};
use crate::checks::Failure;
use crate::place::connect;

/// The tenant of the gates.
const TENANT: i32 = 4;
/// A device's pause between two scans.
const PACE: Duration = Duration::from_millis(500);
/// How long the gates scan before they are measured: until every connection to the database has its plans.
const WARM_UP: Duration = Duration::from_secs(3);

/// A ticket with rotating codes, as its holder's phone has it.
struct Ticket {
    fixed: String,
    key: TotpKey,
}

impl Ticket {
    /// What the phone shows now.
    fn shown(&self) -> String {
        let now_seconds = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
        format!("{}{}", self.fixed, rotating_suffix(&self.key, now_seconds))
    }
}

/// What somebody shows at a gate.
#[derive(Clone, Copy)]
enum Shown {
    Fresh,
    /// A ticket that was admitted at this or another gate.
    Duplicate,
    /// A code that is not the ticket's.
    Forged,
}

impl Shown {
    /// What the gate must say: the outcome, and the reasons that are right.
    fn expected(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::Fresh => ("admitted", &[]),
            Self::Duplicate => ("denied", &["code_replayed", "duplicate", "already_inside"]),
            Self::Forged => ("denied", &["token_forged"]),
        }
    }
}

/// What all gates share.
struct Crowd {
    address: String,
    tickets: Vec<Ticket>,
    next_ticket: Cell<usize>,
    scans: Cell<usize>,
    admitted: RefCell<Vec<usize>>,
}

impl Crowd {
    fn read(url: &str, sql: &mut Client) -> Result<Self, Failure> {
        let text = "SELECT fixed, rotation_key FROM bench.shown_ticket WHERE name = 'rotating' ORDER BY random()";
        let tickets = sql.query(text, &[])?.into_iter().map(|row| {
            let key = data_encoding::BASE32_NOPAD.decode(row.get::<_, String>(1).as_bytes())?;
            let key = TotpKey(key.try_into().map_err(|_| "a key has the wrong length")?);
            Ok(Ticket { fixed: row.get(0), key })
        });
        Ok(Self {
            address: url.trim_start_matches("http://").to_owned(),
            tickets: tickets.collect::<Result<_, Failure>>()?,
            next_ticket: Cell::new(0),
            scans: Cell::new(0),
            admitted: RefCell::default(),
        })
    }

    /// Who comes next, and with which ticket: of a hundred two duplicates and one forged code.
    fn next(&self) -> Result<(Shown, usize), Failure> {
        let turn = self.scans.replace(self.scans.get() + 1);
        let last = self.admitted.borrow().last().copied();
        match (turn % 100, last) {
            (49 | 99, Some(admitted)) => return Ok((Shown::Duplicate, admitted)),
            (24, Some(admitted)) => return Ok((Shown::Forged, admitted)),
            _ => {}
        }
        let ticket = self.next_ticket.replace(self.next_ticket.get() + 1);
        if ticket >= self.tickets.len() {
            return Err("there are not enough tickets".into());
        }
        Ok((Shown::Fresh, ticket))
    }

    fn token(&self, shown: Shown, ticket: usize) -> String {
        let mut token = self.tickets[ticket].shown();
        if matches!(shown, Shown::Forged) {
            let last = if token.pop() == Some('0') { '1' } else { '0' };
            token.push(last);
        }
        token
    }
}

/// `devices` scan for `seconds` after a warm-up; prints `scans_per_second p50_ms p95_ms p99_ms scans wrong_outcomes violations`.
pub fn run(url: &str, database: &str, devices: usize, seconds: u64) -> Result<bool, Failure> {
    let mut sql = connect(database)?;
    let text = "SELECT device_token FROM bench.gate_device WHERE name = 'rotating' ORDER BY number";
    let tokens: Vec<String> = sql.query(text, &[])?.iter().map(|row| row.get(0)).take(devices).collect();
    if tokens.len() < devices {
        return Err(format!("there are only {} devices", tokens.len()).into());
    }
    let crowd = Rc::new(Crowd::read(url, &mut sql)?);
    let mut measured = LocalSet::new().block_on(&runtime()?, async {
        let began = Instant::now();
        let from = began + WARM_UP;
        let end = from + Duration::from_secs(seconds);
        let tasks: Vec<_> = (0_u32..)
            .zip(tokens)
            .map(|(number, token)| {
                // Gates do not scan all at the same moment.
                let first = began + PACE * number / u32::try_from(devices).unwrap_or(u32::MAX);
                tokio::task::spawn_local(gate(Rc::clone(&crowd), token, first, from..end))
            })
            .collect();
        let mut all = Measured::default();
        for task in tasks {
            match task.await {
                Ok(measured) => all.add(measured),
                Err(error) => all.errors.push(error.to_string()),
            }
        }
        all
    });
    sql.execute("SELECT admit.tick()", &[])?;
    let violations: i64 = sql.query_one("SELECT sum(violations)::bigint FROM admit.verify($1)", &[&TENANT])?.get(0);
    measured.close();
    let (scans, wrong) = (measured.latencies_us.len(), measured.errors.len());
    let [p50, p95, p99] = [50, 95, 99].map(|percent| measured.at_ms(percent));
    println!("{:.0} {p50:.1} {p95:.1} {p99:.1} {scans} {wrong} {violations}", scans as f64 / seconds as f64);
    Ok(wrong == 0 && violations == 0)
}

/// A gate from its first scan to the end; what goes wrong with its connection ends it.
async fn gate(crowd: Rc<Crowd>, token: String, first: Instant, time: Range<Instant>) -> Measured {
    let mut measured = Measured::default();
    if let Err(error) = scans(&crowd, &token, first, time, &mut measured).await {
        measured.errors.push(error.to_string());
    }
    measured
}

async fn scans(
    crowd: &Crowd,
    token: &str,
    first: Instant,
    time: Range<Instant>,
    measured: &mut Measured,
) -> Result<(), Failure> {
    let mut connection = Connection::open(&crowd.address).await?;
    let headers = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    let mut due = first;
    while due < time.end {
        sleep_until(due).await;
        let (shown, ticket) = crowd.next()?;
        let token = crowd.token(shown, ticket);
        let body = format!(r#"{{"token":"{token}","kind":"entry","nonce":"{}"}}"#, Uuid::now_v7());
        let answer = connection.send("POST /v1/scans", &headers, &body).await?.json()?;
        // From when it was due: a gate that waits for the answer before keeps its guests waiting, too.
        if time.contains(&due) {
            measured.took(due.into_std());
        }
        match check(shown, &answer) {
            Ok(()) if matches!(shown, Shown::Fresh) => crowd.admitted.borrow_mut().push(ticket),
            Ok(()) => {}
            Err(error) => measured.errors.push(error),
        }
        due += PACE;
    }
    Ok(())
}

fn check(shown: Shown, answer: &Value) -> Result<(), String> {
    let (outcome, reasons) = shown.expected();
    let reason = answer["reason"].as_str();
    if answer["outcome"] == outcome && reason.is_none_or(|reason| reasons.contains(&reason)) {
        return Ok(());
    }
    Err(format!("{outcome} was expected for a reason of {reasons:?}, the answer is {answer}"))
}
