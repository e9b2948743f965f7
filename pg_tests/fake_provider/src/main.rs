//! The program: serves until it is told to stop.

use std::io::Write as _;
use std::process::ExitCode;

use admit_fake_provider::Server;
use clap::Parser;

/// Stripe, Midtrans and Xendit in one process, with faults to order.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Count ids from behind this number: for a database that outlives the fake.
    #[arg(long, default_value_t = 0)]
    ids_after: usize,
    /// Print the port alone, for scripts.
    #[arg(long)]
    print_port: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let server = match Server::start_with_ids_after(arguments.port, arguments.ids_after).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("fake-provider: port {}: {error}", arguments.port);
            return ExitCode::FAILURE;
        }
    };
    let line = if arguments.print_port {
        server.address().port().to_string()
    } else {
        format!("Stripe, Midtrans and Xendit: {0}; control: {0}/_control", server.url())
    };
    // A closed pipe, as in `fake-provider | head`, is no reason to panic.
    let _ = writeln!(std::io::stdout(), "{line}");
    let _ = std::io::stdout().flush();
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
