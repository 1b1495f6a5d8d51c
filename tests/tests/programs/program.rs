//! Programs that tests start.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a program may take for what it does at once. Only a test that fails waits so long.
const LIMIT: Duration = Duration::from_secs(60);

/// A program of a package of Debian's.
///
/// # Panics
/// It is missing.
#[track_caller]
pub(crate) fn program(name: &str, package: &str) -> Command {
    let probe = Command::new(name)
        .arg(if name == "etcd" {
            "--version"
        } else {
            "version"
        })
        .stdin(Stdio::null())
        .output();
    let missing = probe.is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    assert!(
        !missing,
        "{name} is missing, so this test has not run. Install it (on Debian: apt-get install \
         {package}), or leave `make test-programs` out."
    );
    Command::new(name)
}

/// Asks again until there is an answer; with the last refusal if there is none.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(why) => assert!(start.elapsed() < LIMIT, "no {what}: {why}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A program that runs until it is dropped.
pub(crate) struct Server(pub(crate) Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
