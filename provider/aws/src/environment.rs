//! The process's environment variables, as an argument.

use std::collections::BTreeMap;

/// A snapshot of environment variables, so that what reads them can be tested without them.
///
/// The AWS SDK's own credential sources (environment, shared files, container, instance) read the
/// process's environment themselves; everything decided in this crate reads this.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process. Those that are not UTF-8 count as not set.
    #[must_use]
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// The first of `names` that is set to something. An empty variable counts as not set, as
    /// it does for the AWS CLI.
    #[must_use]
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            self.0
                .get(*name)
                .map(String::as_str)
                .filter(|v| !v.is_empty())
        })
    }

    /// The variable `name`, if it is set to something.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.first(&[name])
    }

    /// Whether the variable says `true`, in any case, as the SDKs read booleans.
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        )
    }
}

// Names alone: values may be credentials.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_unset_and_order_decides() {
        let env: Environment = [("A", ""), ("B", "b"), ("C", "c")].into_iter().collect();
        assert_eq!(env.first(&["A", "C", "B"]), Some("c"));
        assert_eq!(env.get("A"), None);
    }

    #[test]
    fn debug_shows_no_value() {
        let env: Environment = [("AWS_SECRET_ACCESS_KEY", "hush")].into_iter().collect();
        assert_eq!(format!("{env:?}"), r#"{"AWS_SECRET_ACCESS_KEY"}"#);
    }
}
