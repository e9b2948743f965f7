//! The real shim as a child of the tests.

use std::fs::File;
use std::process::{Child, Command};
use std::time::Duration;

use crate::checks::Failure;
use crate::logs;
use crate::web::Web;

/// A shim that ends with the test.
pub struct Shim {
    child: Child,
    /// Where it writes what it says.
    pub log: String,
    /// How to reach it.
    pub web: Web,
}

impl Drop for Shim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Shim {
    /// Starts a shim with these variables beside the database's URL, and waits until it is ready.
    pub fn start(database: &str, name: &str, variables: &[(&str, &str)]) -> Result<Self, Failure> {
        let program = std::env::var("ADMIT_SHIM").map_err(|_| "ADMIT_SHIM is not set")?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let web = Web { address: format!("127.0.0.1:{port}") };
        let log = logs::folder()?.join(format!("{name}-{port}.log")).to_string_lossy().into_owned();
        let child = Command::new(program)
            .env("ADMIT_DATABASE_URL", database)
            .env("ADMIT_LISTEN", &web.address)
            .env("ADMIT_PUBLIC_TENANTS", "*=1,evening.test=7")
            .envs(variables.iter().copied())
            .env_remove("ADMIT_SHIM")
            .env_remove("ADMIT_CLUSTER")
            .stderr(File::create(&log)?)
            .stdout(File::options().append(true).open(&log)?)
            .spawn()?;
        let shim = Self { child, log, web };
        for _ in 0..100 {
            if shim.web.send("GET", "/readyz", &[], b"").is_ok_and(|answer| answer.status == 200) {
                return Ok(shim);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(format!("the shim does not become ready, see {}", shim.log).into())
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) -> Result<(), Failure> {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err("the shim could not be told to stop".into()) }
    }

    /// Waits until it has ended; whether it ended well.
    pub fn ended_well(&mut self) -> Result<bool, Failure> {
        Ok(self.child.wait()?.success())
    }
}
