//! Where in a configuration or state a value stands.

use std::fmt;

/// One step from a value into a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// An attribute or block of an object.
    Attribute(String),
    /// An element of a list or tuple, counted from 0.
    Index(usize),
    /// An element of a map.
    Key(String),
    /// Some element of a set. Sets have no addresses for their elements, so a path that is shown to
    /// Terraform ends at the set itself.
    SetElement,
}

/// The address of a value inside a resource, data source or provider block.
///
/// Reads like the configuration it points at:
///
/// ```
/// use tfplug::Path;
/// let path = Path::attribute("listener").index(0).and("port");
/// assert_eq!(path.to_string(), "listener[0].port");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path {
    steps: Vec<Step>,
}

impl Path {
    /// The whole object.
    pub const fn root() -> Self {
        Self { steps: Vec::new() }
    }

    /// An attribute or block of the whole object.
    pub fn attribute(name: impl Into<String>) -> Self {
        Self::root().and(name)
    }

    /// An attribute or block below this path.
    #[must_use]
    pub fn and(self, name: impl Into<String>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// An element of the list at this path, counted from 0.
    #[must_use]
    pub fn index(self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// An element of the map at this path.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// This path, one step further.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// This path, continued by another that is relative to it.
    #[must_use]
    pub fn join(mut self, rest: &Self) -> Self {
        self.steps.extend(rest.steps.iter().cloned());
        self
    }

    /// The steps from the whole object to the value.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether this is the whole object.
    pub fn is_root(&self) -> bool {
        self.steps.is_empty()
    }

    /// Puts a step before the others: how decoders build a path on their way back up.
    pub(crate) fn prepend(&mut self, step: Step) {
        self.steps.insert(0, step);
    }
}

impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self::attribute(name)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => write!(f, "{name}")?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::SetElement => write!(f, "[*]")?,
            }
        }
        Ok(())
    }
}
