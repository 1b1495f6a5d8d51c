//! Signals to the process. From when they are installed on, none of them kills it.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// Ctrl-C, which a terminal sends to Terraform and its plugins alike.
    Interrupt,
    /// SIGTERM, or SIGHUP from a terminal that closes.
    Terminate,
}

/// Installed handlers; they stay installed for the life of the process.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next signal. Cancel safe.
    pub(super) async fn next(&mut self) -> Event {
        tokio::select! {
            _ = self.interrupt.recv() => Event::Interrupt,
            _ = self.terminate.recv() => Event::Terminate,
            _ = self.hangup.recv() => Event::Terminate,
        }
    }
}

/// Installed handlers; they stay installed for the life of the process.
#[cfg(windows)]
#[derive(Debug)]
pub(super) struct Signals {
    ctrl_c: tokio::signal::windows::CtrlC,
    ctrl_break: tokio::signal::windows::CtrlBreak,
}

#[cfg(windows)]
impl Signals {
    pub(super) fn install() -> io::Result<Self> {
        Ok(Self {
            ctrl_c: tokio::signal::windows::ctrl_c()?,
            ctrl_break: tokio::signal::windows::ctrl_break()?,
        })
    }

    /// The next signal. Cancel safe.
    pub(super) async fn next(&mut self) -> Event {
        tokio::select! {
            _ = self.ctrl_c.recv() => Event::Interrupt,
            _ = self.ctrl_break.recv() => Event::Terminate,
        }
    }
}
