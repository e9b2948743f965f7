//! The real `admit-gate` as a child of the tests.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

use crate::checks::Failure;
use crate::logs;

/// A gate with files of its own.
pub struct Gate {
    /// Its state file.
    pub state: PathBuf,
    /// What is given with every command.
    options: Vec<String>,
}

/// What a command left.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: i32,
    /// The lines of its standard output.
    pub lines: Vec<Value>,
    /// Its standard error.
    pub said: String,
}

impl Gate {
    /// A gate that is not paired yet.
    pub fn new(name: &str, options: &[&str]) -> Result<Self, Failure> {
        let state = logs::folder()?.join(format!("{name}.json"));
        Ok(Self { state, options: options.iter().map(|&option| option.to_owned()).collect() })
    }

    /// A file beside its state.
    pub fn file(&self, ending: &str) -> PathBuf {
        let mut name = self.state.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    }

    fn command(&self, words: &[&str]) -> Result<Command, Failure> {
        let program = std::env::var("ADMIT_GATE").map_err(|_| "ADMIT_GATE is not set")?;
        let mut command = Command::new(program);
        command.args(words).args(&self.options).arg("--state").arg(&self.state);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    /// Runs a command with this standard input until it ends.
    pub fn run(&self, words: &[&str], input: &str) -> Result<Ended, Failure> {
        let mut child = self.command(words)?.spawn()?;
        let stdin = child.stdin.take();
        if let Some(mut stdin) = stdin {
            // A command that does not read it may have ended.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output = child.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        Ok(Ended {
            code: output.status.code().unwrap_or(-1),
            // Help is not JSON.
            lines: text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| line.into())).collect(),
            said: String::from_utf8(output.stderr)?,
        })
    }

    /// Runs a command that has to end well, and gives its last line.
    pub fn must(&self, words: &[&str]) -> Result<Value, Failure> {
        let mut ended = self.run(words, "")?;
        match (ended.code, ended.lines.pop()) {
            (0, Some(line)) => Ok(line),
            (code, _) => Err(format!("admit-gate {words:?} ended with {code}: {}", ended.said).into()),
        }
    }

    /// Starts a command that goes on.
    pub fn start(&self, words: &[&str]) -> Result<Running, Failure> {
        let said = self.file(".said");
        let mut child = self.command(words)?.stderr(File::create(&said)?).spawn()?;
        let stdout = child.stdout.take().ok_or("the gate has no output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Running { stdin: child.stdin.take(), child, lines, said })
    }
}

/// A gate at work. It ends with the test.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    said: PathBuf,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Shows it a token.
    pub fn show(&mut self, token: &str) -> Result<(), Failure> {
        let stdin = self.stdin.as_mut().ok_or("the gate's input is closed")?;
        Ok(writeln!(stdin, "{token}")?)
    }

    /// Its next answer.
    pub fn answer(&self) -> Result<Value, Failure> {
        let line = self.lines.recv_timeout(Duration::from_secs(30));
        let line = line.map_err(|_| format!("the gate is silent; it said: {}", self.said()))?;
        Ok(serde_json::from_str(&line)?)
    }

    /// Shows it a token and reads its answer.
    pub fn scan(&mut self, token: &str) -> Result<Value, Failure> {
        self.show(token)?;
        self.answer()
    }

    /// What it has told people so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// Waits until it has told people something.
    pub fn wait_until_said(&self, words: &str) -> Result<(), Failure> {
        for _ in 0..400 {
            if self.said().contains(words) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!("the gate never said {words:?}, but: {}", self.said()).into())
    }

    /// Kills it at once; gives the answers that it had printed.
    pub fn kill(mut self) -> Result<Vec<Value>, Failure> {
        self.child.kill()?;
        self.child.wait()?;
        let mut answers = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(500)) {
            answers.push(serde_json::from_str(&line)?);
        }
        Ok(answers)
    }

    /// Ends its input and waits for its end; its exit code.
    pub fn close(mut self) -> Result<i32, Failure> {
        self.stdin.take();
        Ok(self.child.wait()?.code().unwrap_or(-1))
    }
}
