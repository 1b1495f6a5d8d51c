//! CPU time of a process as what criterion measures.

use std::time::Duration;

use criterion::Criterion;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use nix::time::{ClockId, clock_gettime};

use crate::Result;
use crate::provider::Provider;

/// The clock of a process, which runs while one of its threads does.
pub(crate) struct CpuTime(ClockId);

/// This process's.
pub(crate) fn own() -> CpuTime {
    CpuTime(ClockId::CLOCK_PROCESS_CPUTIME_ID)
}

/// The provider's, without what this process does to call it.
#[cfg(target_os = "linux")]
pub(crate) fn of(provider: &Provider) -> Result<CpuTime> {
    let pid = nix::unistd::Pid::from_raw(provider.pid.try_into()?);
    Ok(CpuTime(nix::time::clock_getcpuclockid(pid)?))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn of(_: &Provider) -> Result<CpuTime> {
    Err("only Linux tells the CPU time of another process while it runs".into())
}

/// Criterion with what the command line says, such as a part of a benchmark's name.
pub(crate) fn criterion(clock: CpuTime) -> Criterion<CpuTime> {
    Criterion::default()
        .with_measurement(clock)
        .configure_from_args()
}

impl CpuTime {
    /// A clock that was readable once stays so until its process ends, and then the benchmark has
    /// failed already.
    fn now(&self) -> Duration {
        clock_gettime(self.0).map_or(Duration::ZERO, Duration::from)
    }
}

impl Measurement for CpuTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        self.now()
    }

    fn end(&self, began: Duration) -> Duration {
        self.now().saturating_sub(began)
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_secs_f64() * 1e9
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        const NANOSECONDS: &WallTime = &WallTime;
        NANOSECONDS.formatter()
    }
}
