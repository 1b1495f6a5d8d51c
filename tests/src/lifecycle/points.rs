//! Which of the moments at which something can happen a run tries.

/// How many moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// Each of them.
    All,
    /// So many, spread evenly; all of them if `KUBEHA_ALL_POINTS` is set.
    Spread(usize),
}

impl Points {
    /// The chosen ones of all.
    pub(super) fn of<T>(self, all: Vec<T>) -> Vec<T> {
        let count = all.len();
        match self {
            Self::Spread(wanted)
                if wanted < count && std::env::var_os("KUBEHA_ALL_POINTS").is_none() =>
            {
                let chosen = |at: &usize| (at + 1) * wanted / count > at * wanted / count;
                let pairs = all.into_iter().enumerate();
                pairs
                    .filter(|(at, _)| chosen(at))
                    .map(|(_, one)| one)
                    .collect()
            }
            _ => all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_even_and_reaches_the_end() {
        assert_eq!(Points::All.of(vec![1, 2, 3]), [1, 2, 3]);
        if std::env::var_os("KUBEHA_ALL_POINTS").is_none() {
            assert_eq!(Points::Spread(3).of((1..=9).collect()), [3, 6, 9]);
        }
        assert_eq!(Points::Spread(4).of(vec![1, 2]), [1, 2]);
    }
}
