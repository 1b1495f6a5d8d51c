//! The cloud: a directory that tests look into, and change behind terraform's back.
//!
//! - `objects/<kind>-<name>.json` is an object; deleting it makes the object vanish.
//! - `events` tells line by line what the provider was asked to do.
//! - `gates/<name>` opens a gate at which operations wait.
//! - `secret` is what the ephemeral resource hands out.

use std::fmt::Display;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value as Json;
use tfplug::{Cx, Diagnostic, Result};

/// What the provider is configured with.
#[derive(Debug)]
pub(crate) struct Cloud {
    /// `None` while the configuration doesn't know it yet.
    root: Option<PathBuf>,
}

/// How often a closed gate is looked at.
const GLANCE: Duration = Duration::from_millis(10);

impl Cloud {
    pub(crate) fn new(root: Option<PathBuf>) -> Self {
        Self { root }
    }

    /// Writes an object.
    pub(crate) fn put(&self, id: &str, object: &Json) -> Result<()> {
        let path = self.path("objects", &format!("{id}.json"))?;
        fs::write(path, object.to_string()).map_err(|error| failed("write", id, &error))
    }

    /// Reads an object; `None` if there is none.
    pub(crate) fn get(&self, id: &str) -> Result<Option<Json>> {
        match fs::read(self.path("objects", &format!("{id}.json"))?) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("read", id, &error)),
        }
    }

    /// Removes an object; that there is none is fine.
    pub(crate) fn remove(&self, id: &str) -> Result<()> {
        match fs::remove_file(self.path("objects", &format!("{id}.json"))?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(failed("remove", id, &error))
            }
            _ => Ok(()),
        }
    }

    /// The text that the ephemeral resource hands out.
    pub(crate) fn secret(&self) -> Result<String> {
        let path = self.path("", "secret")?;
        fs::read_to_string(path).map_err(|error| failed("read", "secret", &error))
    }

    /// Tells tests what happened.
    pub(crate) fn event(&self, event: impl Display) -> Result<()> {
        let path = self.path("", "events")?;
        let line = format!("{event}\n");
        // One write of a short line: lines of parallel operations don't mix.
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .map_err(|error| failed("write", "events", &error))
    }

    /// Opens a gate.
    pub(crate) fn open_gate(&self, name: &str) -> Result<()> {
        fs::write(self.path("gates", name)?, "").map_err(|error| failed("open", name, &error))
    }

    fn is_open(&self, gate: &str) -> Result<bool> {
        Ok(self.path("gates", gate)?.exists())
    }

    fn path(&self, dir: &str, name: &str) -> Result<PathBuf> {
        let root = self.root.as_ref().ok_or_else(|| {
            let detail = "Set \"cloud\" in the provider block, or DEMO_CLOUD.";
            Diagnostic::error("There is no cloud", detail)
        })?;
        let dir = root.join(dir);
        fs::create_dir_all(&dir).map_err(|error| failed("open", name, &error))?;
        Ok(dir.join(name))
    }
}

/// Waits at a gate until it is open, the user stops terraform, or the time is over. `deaf` is the
/// misbehaviour of not hearing the user.
pub(crate) async fn pass_gate(cx: &Cx<Cloud>, gate: &str, deaf: bool) -> Result<()> {
    let cloud = cx.data();
    cloud.event(format_args!("waiting {gate}"))?;
    while !cloud.is_open(gate)? {
        tokio::select! {
            () = cx.stop().cancelled(), if !deaf => {
                cloud.event(format_args!("stopped {gate}"))?;
                let detail = format!("It waited at the gate {gate} and was told to stop.");
                return Err(Diagnostic::error("Stopped", detail).into());
            }
            () = tokio::time::sleep_until(cx.deadline()) => {
                let detail = format!("The gate {gate} didn't open within {:?}.", cx.timeout());
                return Err(Diagnostic::error("Timed out", detail).into());
            }
            () = tokio::time::sleep(GLANCE) => {}
        }
    }
    cloud.event(format_args!("passed {gate}"))
}

fn failed(what: &str, name: &str, error: &io::Error) -> tfplug::Diagnostics {
    Diagnostic::error(
        "The cloud is out of order",
        format!("Can't {what} {name}: {error}."),
    )
    .into()
}
