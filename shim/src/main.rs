//! The program: arguments, configuration, log, signals, exit code.

use std::io::Write as _;
use std::process::ExitCode;

use admit_shim::config::{Config, Format, help, unknown};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// Files besides client connections: pool, log, runtime.
const OTHER_FILES: u64 = 64;
/// The configuration or an argument is wrong.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    let argument = std::env::args().nth(1);
    let check = match argument.as_deref() {
        None => false,
        Some("--check") => true,
        Some("--help" | "-h") => return say(&help()),
        Some("--version" | "-V") => return say(concat!("admit-shim ", env!("CARGO_PKG_VERSION"), "\n")),
        Some(other) => {
            eprintln!("admit-shim: there is no argument {other}; see admit-shim --help");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(problems) => {
            for problem in problems {
                eprintln!("admit-shim: {problem}");
            }
            eprintln!("admit-shim: see admit-shim --help");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    if check {
        return say("the configuration is valid\n");
    }
    start_log(&config);
    run(config)
}

/// A closed pipe, as in `admit-shim --help | head`, is no reason to panic.
fn say(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

/// Other crates speak up from warnings on only: what they say at lower levels may quote requests.
fn start_log(config: &Config) {
    let level = config.log;
    let targets = Targets::new().with_target("admit_shim", level).with_default(level.min(tracing::Level::WARN.into()));
    let layer = match config.log_format {
        Format::Json => fmt::layer().json().flatten_event(true).with_target(false).boxed(),
        Format::Text => {
            fmt::layer().with_target(false).with_ansi(std::io::IsTerminal::is_terminal(&std::io::stdout())).boxed()
        }
    };
    tracing_subscriber::registry().with(layer.with_filter(targets)).init();
    for name in unknown(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())) {
        tracing::warn!(name, "this environment variable is none of the shim's");
    }
}

fn run(config: Config) -> ExitCode {
    allow_files(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(config.threads).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the runtime does not start");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(listen_and_serve(config));
    // What is still running has had its time.
    runtime.shutdown_background();
    code
}

async fn listen_and_serve(config: Config) -> ExitCode {
    let listener = match TcpListener::bind(&config.listen).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::error!(%error, "cannot listen on {}: set ADMIT_LISTEN to a free address of this machine", config.listen);
            return ExitCode::FAILURE;
        }
    };
    let signals = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    let (Ok(mut terminate), Ok(mut interrupt)) = signals else {
        tracing::error!("signals cannot be received");
        return ExitCode::FAILURE;
    };
    if let Ok(address) = listener.local_addr() {
        tracing::info!("listening on http://{address}; documentation at http://{address}/docs");
    }
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    match admit_shim::serve(config, listener, shutdown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the shim does not start");
            ExitCode::FAILURE
        }
    }
}

/// Each connection is an open file, and shells allow a thousand by default.
fn allow_files(config: &Config) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let files = [config.connections_max, config.pool_size].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
    let wanted = files.iter().sum::<u64>().saturating_add(OTHER_FILES);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_none_or(|current| current >= wanted) {
        return;
    }
    let allowed = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(allowed), maximum });
    if allowed < wanted {
        tracing::warn!(allowed, wanted, "too few open files are allowed for ADMIT_CONNECTIONS_MAX: raise ulimit -n");
    }
}
