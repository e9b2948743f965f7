//! The table of environment variables: it is the help text and the source of every default.

use std::fmt::Write as _;

/// One environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What counts when it is absent or empty.
    pub default: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
}

const fn variable(name: &'static str, default: &'static str, help: &'static str) -> Variable {
    Variable { name, default, help }
}

/// Every variable that the shim reads.
pub const VARIABLES: &[Variable] = &[
    variable(
        "ADMIT_DATABASE_URL",
        "",
        "postgres://user@host:port/database or host=… user=… dbname=…; required. Several hosts find the primary; sslmode=require checks the certificate",
    ),
    variable("ADMIT_DATABASE_PASSWORD_FILE", "", "file with the password, instead of one in the URL"),
    variable("ADMIT_DATABASE_CA_FILE", "", "PEM file of the authorities for sslmode=require; the system's when absent"),
    variable("ADMIT_LISTEN", "127.0.0.1:8080", "host:port to listen on"),
    variable("ADMIT_POOL_SIZE", "16", "connections to Postgres at most"),
    variable("ADMIT_POOL_WAIT_MS", "5000", "how long a request waits for a connection before 503"),
    variable("ADMIT_THREADS", "0", "threads that carry requests; 0 = one for two cores"),
    variable(
        "ADMIT_REQUEST_TIMEOUT_MS",
        "10000",
        "how long a request may take; what runs in the database is never cancelled",
    ),
    variable(
        "ADMIT_HEADER_TIMEOUT_MS",
        "30000",
        "how long a connection may be idle or slow in sending a request's header",
    ),
    variable("ADMIT_BODY_BYTES_MAX", "65536", "a request's body at most, up to 262144; webhooks may have 524288"),
    variable("ADMIT_CONNECTIONS_MAX", "10000", "client connections at most; more wait to be accepted"),
    variable("ADMIT_STREAMS_MAX", "1000", "live streams at most; more are answered 503"),
    variable("ADMIT_LIVE_POLL_MS", "500", "how often an event with live streams is read"),
    variable("ADMIT_TICK_MS", "0", "how often to call admit.tick(); 0 = never, the database's worker does it"),
    variable(
        "ADMIT_EFFECT_POLL_MS",
        "500",
        "how often to look for requests to payment providers; 0 = never, another shim does it",
    ),
    variable(
        "ADMIT_STRIPE_URL",
        "",
        "another address for Stripe's API, https:// or http:// of this machine: for tests",
    ),
    variable("ADMIT_MIDTRANS_URL", "", "another address for Midtrans' APIs, in the same way"),
    variable("ADMIT_XENDIT_URL", "", "another address for Xendit's API, in the same way"),
    variable("ADMIT_SHUTDOWN_SECONDS", "10", "how long running requests may take to end after SIGTERM"),
    variable("ADMIT_RATE_PER_IP", "6000/60", "requests/seconds of one client address, IPv6 by /64; 0 = unlimited"),
    variable("ADMIT_RATE_PER_CREDENTIAL", "6000/60", "requests/seconds of one credential; 0 = unlimited"),
    variable("ADMIT_RATE_WEBHOOKS", "30000/60", "webhooks/seconds of one client address; 0 = unlimited"),
    variable("ADMIT_TRUSTED_PROXIES", "0", "how many proxies in front write X-Forwarded-For; 0 = ignore the header"),
    variable("ADMIT_PUBLIC_TENANTS", "*=1", "host=tenant,… for requests without a credential; * is any other host"),
    variable("ADMIT_CORS_ORIGINS", "", "https://a.example,… that may call the API from a browser; none when absent"),
    variable("ADMIT_HSTS", "0", "1 = send Strict-Transport-Security"),
    variable("ADMIT_ACCESS_LOG", "0", "1 = log every request; otherwise only those that fail with 5xx"),
    variable("ADMIT_LOG", "info", "error, warn, info, debug, trace or off"),
    variable("ADMIT_LOG_FORMAT", "text", "text or json"),
];

/// The text of `--help`.
pub fn help() -> String {
    let mut text = String::from(
        "admit-shim: the HTTP API of a Postgres database with the extension admit\n\n\
         Usage: admit-shim [--check | --help | --version]\n\n\
         \x20 --check    check the configuration and exit\n\
         \x20 --help     print this\n\
         \x20 --version  print the version\n\n\
         Environment variables (default in brackets):\n",
    );
    for Variable { name, default, help } in VARIABLES {
        // Writing to a String cannot fail.
        let _ = match *default {
            "" => writeln!(text, "  {name}\n      {help}"),
            default => writeln!(text, "  {name} [{default}]\n      {help}"),
        };
    }
    text
}

/// Names that begin like ours but are none of ours: most likely misspelt.
pub fn unknown(names: impl Iterator<Item = String>) -> Vec<String> {
    let known = |name: &str| VARIABLES.iter().any(|variable| variable.name == name);
    names.filter(|name| name.starts_with("ADMIT_") && !known(name)).collect()
}
