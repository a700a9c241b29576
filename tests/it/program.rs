//! Runs the program itself, in an environment of its own and with a time limit.

use std::ffi::OsStr;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// What hangs does not come back in an hour; what merely is slow in a debug build does within this.
const TIME_LIMIT: Duration = Duration::from_secs(90);

/// One call of the program that is being put together.
pub struct Call {
    command: Command,
    /// Home and cache folder of this call alone; dropped with it.
    home: TempDir,
}

/// What a call left behind.
pub struct Outcome {
    /// None when a signal ended it: an abort or a stack overflow.
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Call {
    /// The program with nothing of the caller's environment but PATH.
    pub fn new() -> Self {
        Self::of(Command::new(env!("CARGO_BIN_EXE_fragscope")))
    }

    /// The same by way of `sh -c SCRIPT`, where `"$0" "$@"` is the program with its arguments.
    #[cfg(unix)]
    pub fn within(script: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_fragscope")]);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        command
            .env_clear()
            .env("HOME", home.path())
            .env("XDG_CACHE_HOME", home.path().join("cache"));
        for kept in ["PATH", "SYSTEMROOT", "TEMP", "TMP"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        Self { command, home }
    }

    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub fn in_folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Waits for the end; panics when the program does not come to one.
    pub fn run(mut self) -> Outcome {
        let mut child = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = read_aside(child.stdout.take().expect("stdout is a pipe"));
        let stderr = read_aside(child.stderr.take().expect("stderr is a pipe"));
        let (Ok(stdout), Ok(stderr)) =
            (stdout.recv_timeout(TIME_LIMIT), stderr.recv_timeout(TIME_LIMIT))
        else {
            child.kill().expect("a child that still runs can be ended");
            panic!("{:?} did not finish within {TIME_LIMIT:?}", self.command);
        };
        let status = child.wait().expect("the child can be waited for");
        drop(self.home);
        Outcome { code: status.code(), stdout, stderr }
    }
}

impl Outcome {
    /// The JSON document on stdout, once the exit status is 0.
    pub fn json(&self) -> Result<Value, String> {
        if self.code != Some(0) {
            return Err(format!("{}\n{}", self.ending(), String::from_utf8_lossy(&self.stderr)));
        }
        serde_json::from_slice(&self.stdout).map_err(|error| {
            format!(
                "stdout is no JSON: {error}\n{}",
                String::from_utf8_lossy(&self.stdout).trim_end()
            )
        })
    }

    pub fn ending(&self) -> String {
        match self.code {
            Some(code) => format!("the exit status is {code}"),
            None => "a signal ended the program".to_string(),
        }
    }
}

/// Reads to the end on a thread of its own, so that neither pipe fills up while we wait for the other.
fn read_aside(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could be read before a failure is what the test shall see.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}
