//! Moments, periods, and when what is valid for a period has to be renewed.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use time::{OffsetDateTime, PrimitiveDateTime};

/// By how much the beginning of a certificate lies before its making: the clock of a machine that
/// has just booted may lag. Kubernetes's own signer has five minutes, kops two days; an hour covers
/// a clock that was set to a neighbouring time zone's local time, and is short beside any validity.
pub const SKEW_SECONDS: i64 = 3600;

const HOUR: i64 = 3600;

/// The longest validity, in hours: a century. A moment beyond the year 9999 has no form in X.509.
const MAX_HOURS: i64 = 100 * 365 * 24;

/// A second in time, counted from the beginning of 1970 (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// What a clock shows.
    #[must_use]
    pub fn of(clock: SystemTime) -> Self {
        let since = clock.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    /// So many seconds later, or earlier.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// So many hours later, or earlier.
    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        self.plus_seconds(hours.saturating_mul(HOUR))
    }

    pub(crate) fn date(self) -> OffsetDateTime {
        let last = PrimitiveDateTime::MAX.assume_utc();
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(last)
    }
}

/// RFC 3339, as Terraform's time functions take it.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second()
        )
    }
}

/// How long a certificate is valid from its making on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    hours: i64,
}

/// How long before its end a certificate is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    hours: i64,
}

/// A period that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidityInvalid {
    /// No time at all, or more than a century.
    #[error("a certificate is valid for 1 to {MAX_HOURS} hours, not {0}")]
    Hours(i64),
    /// A certificate that is to be renewed before it is made.
    #[error(
        "renewal {early} hours before the end of a validity of {hours} hours would never end: each \
         certificate would be due at once"
    )]
    TooEarly {
        /// How early.
        early: i64,
        /// The validity.
        hours: i64,
    },
    /// Less than nothing.
    #[error("renewal can't be {0} hours before the end")]
    Negative(i64),
}

impl Validity {
    /// A validity of so many hours.
    ///
    /// # Errors
    /// It is no time at all, or more than a century.
    pub fn hours(hours: i64) -> Result<Self, ValidityInvalid> {
        if (1..=MAX_HOURS).contains(&hours) {
            Ok(Self { hours })
        } else {
            Err(ValidityInvalid::Hours(hours))
        }
    }

    /// When a certificate made now ends.
    #[must_use]
    pub fn end(self, now: Moment) -> Moment {
        now.plus_hours(self.hours)
    }
}

impl Renewal {
    /// Renewal so many hours before the end of such a validity; 0 for never.
    ///
    /// # Errors
    /// It would be due as soon as it is made.
    pub fn early(early: i64, validity: Validity) -> Result<Self, ValidityInvalid> {
        if early < 0 {
            return Err(ValidityInvalid::Negative(early));
        }
        if early >= validity.hours {
            let hours = validity.hours;
            return Err(ValidityInvalid::TooEarly { early, hours });
        }
        Ok(Self { hours: early })
    }

    /// Whether what ends then is to be renewed now.
    #[must_use]
    pub fn is_due(self, end: Moment, now: Moment) -> bool {
        self.hours > 0 && now >= end.plus_hours(-self.hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_terraform_reads_it() {
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Moment(1_800_000_000).to_string(), "2027-01-15T08:00:00Z");
        assert_eq!(Moment(i64::MAX).to_string(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn renewal_begins_with_its_window() {
        let validity = Validity::hours(10).unwrap();
        let renewal = Renewal::early(3, validity).unwrap();
        let end = validity.end(Moment(0));
        assert!(!renewal.is_due(end, Moment(7 * HOUR - 1)));
        assert!(renewal.is_due(end, Moment(7 * HOUR)));
        let never = Renewal::early(0, validity).unwrap();
        assert!(!never.is_due(end, Moment(20 * HOUR)));
    }

    #[test]
    fn a_window_is_shorter_than_the_validity() {
        let validity = Validity::hours(10).unwrap();
        assert!(Renewal::early(9, validity).is_ok());
        for early in [-1, 10, 11] {
            assert!(Renewal::early(early, validity).is_err(), "{early}");
        }
        for hours in [i64::MIN, -1, 0, MAX_HOURS + 1] {
            assert!(Validity::hours(hours).is_err(), "{hours}");
        }
    }
}
