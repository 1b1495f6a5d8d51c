//! How much a wait tells the log: what is new, and now and then that nothing is.

use std::time::Duration;

use tokio::time::Instant;

/// After this long without news a reader would think that it hangs.
const REMINDER: Duration = Duration::from_secs(30);

/// What was told last, and when.
#[derive(Debug, Default)]
pub(super) struct Told(Option<(String, Instant)>);

impl Told {
    /// Whether a state is to be told now; if so it counts as told.
    pub(super) fn is_due(&mut self, state: &str, now: Instant) -> bool {
        let is_stale = match &self.0 {
            None => true,
            Some((told, at)) => told != state || now.saturating_duration_since(*at) >= REMINDER,
        };
        if is_stale {
            self.0 = Some((state.to_owned(), now));
        }
        is_stale
    }

    /// Whether anything was told.
    pub(super) fn any(&self) -> bool {
        self.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is told of the states seen at these seconds.
    fn told(seen: &[(u64, &'static str)]) -> Vec<(u64, &'static str)> {
        let start = Instant::now();
        let mut told = Told::default();
        seen.iter()
            .copied()
            .filter(|(second, state)| told.is_due(state, start + Duration::from_secs(*second)))
            .collect()
    }

    #[test]
    fn a_change_is_told_at_once_and_back_again_too() {
        let seen = [(0, "a"), (1, "b"), (2, "b"), (3, "a"), (4, "a")];
        assert_eq!(told(&seen), [(0, "a"), (1, "b"), (3, "a")]);
    }

    #[test]
    fn what_stays_is_told_every_half_minute() {
        let seen: Vec<_> = (0..=100).map(|second| (second, "a")).collect();
        assert_eq!(told(&seen), [(0, "a"), (30, "a"), (60, "a"), (90, "a")]);
        assert!(!Told::default().any());
    }
}
