//! A terraform that still runs, and signals to it.

use std::io::Read;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use rustix::process::{Pid, Signal};
use rustix::process::{kill_process, kill_process_group, test_kill_process_group};

use crate::Outcome;

/// A terraform in a process group of its own, as a shell in a terminal starts it. Killed with its
/// whole group when dropped, so that a failing test leaves nothing behind.
#[derive(Debug)]
pub struct Running {
    command: String,
    child: Child,
    stdout: Reader,
    stderr: Reader,
    finished: bool,
}

/// How long a condition may take. Only a test that fails waits this long.
const LIMIT: Duration = Duration::from_secs(120);

/// How often a condition is looked at.
const GLANCE: Duration = Duration::from_millis(10);

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let text = format!("{command:?}");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        Self {
            command: text,
            child,
            stdout: Reader::start(stdout.unwrap()),
            stderr: Reader::start(stderr.unwrap()),
            finished: false,
        }
    }

    /// The process id of terraform itself, which is also its group's.
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Signals terraform and all its plugins, as a terminal's Ctrl-C does.
    ///
    /// # Panics
    /// The group is gone.
    pub fn signal_group(&self, signal: Signal) {
        kill_process_group(self.pid(), signal).expect("terraform runs");
    }

    /// Signals terraform alone, as a supervisor does.
    ///
    /// # Panics
    /// It is gone.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("terraform runs");
    }

    /// Whether terraform has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Returns as soon as the condition holds.
    ///
    /// # Panics
    /// It doesn't hold for two minutes, or terraform ended without it.
    #[track_caller]
    pub fn wait_until(&mut self, what: &str, mut condition: impl FnMut() -> bool) {
        let start = Instant::now();
        while !condition() {
            // Looked at in this order: what terraform did last counts too.
            if self.has_ended() && !condition() {
                panic!("terraform ended before {what}\n{}", self.finish());
            }
            assert!(start.elapsed() < LIMIT, "waited in vain until {what}");
            std::thread::sleep(GLANCE);
        }
    }

    /// Waits until terraform has said this on its standard output.
    ///
    /// # Panics
    /// It doesn't within two minutes, or ends without it.
    #[track_caller]
    pub fn wait_until_it_says(&mut self, words: &str) {
        let stdout = self.stdout.read.clone();
        self.wait_until(&format!("it said: {words}"), || {
            String::from_utf8_lossy(&stdout.lock().unwrap()).contains(words)
        });
    }

    /// Waits until terraform has said this on its standard output, or has ended. Returns whether it runs.
    ///
    /// # Panics
    /// Neither happens within two minutes.
    #[track_caller]
    pub fn runs_until_it_says(&mut self, words: &str) -> bool {
        let start = Instant::now();
        let said = |stdout: &Reader| String::from_utf8_lossy(&stdout.so_far()).contains(words);
        while !said(&self.stdout) {
            if self.has_ended() {
                return false;
            }
            assert!(start.elapsed() < LIMIT, "waited in vain for: {words}");
            std::thread::sleep(GLANCE);
        }
        true
    }

    /// Waits for its end.
    pub fn wait(mut self) -> Outcome {
        self.finish()
    }

    fn finish(&mut self) -> Outcome {
        let status = self.child.wait().unwrap();
        self.finished = true;
        let output = Output {
            status,
            stdout: self.stdout.rest(),
            stderr: self.stderr.rest(),
        };
        Outcome::new(self.command.clone(), output)
    }
}

/// Whether any process of a group is left.
#[must_use]
pub fn group_exists(group: Pid) -> bool {
    test_kill_process_group(group).is_ok()
}

impl Drop for Running {
    fn drop(&mut self) {
        // After `wait` the id may be another process's: then there is nothing to kill.
        if !self.finished {
            let _ = kill_process_group(self.pid(), Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Reads a stream as it comes.
#[derive(Debug)]
struct Reader {
    read: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    fn start(mut from: impl Read + Send + 'static) -> Self {
        let read = Arc::new(Mutex::new(Vec::new()));
        let shared = read.clone();
        let thread = std::thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(length @ 1..) = from.read(&mut block) {
                shared.lock().unwrap().extend_from_slice(&block[..length]);
            }
        });
        let thread = Some(thread);
        Self { read, thread }
    }

    fn so_far(&self) -> Vec<u8> {
        self.read.lock().unwrap().clone()
    }

    fn rest(&mut self) -> Vec<u8> {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        self.so_far()
    }
}
