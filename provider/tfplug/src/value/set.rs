//! Sets: elements without order.

use super::Value;

/// The elements of a set.
///
/// Kept as a list, because a set may hold several unknown elements that may or may not turn out to
/// be equal. Two sets are equal when they hold equal elements, in whatever order.
#[derive(Clone, Debug, Default)]
pub struct SetValue(Vec<Value>);

impl SetValue {
    /// A set of these elements; known duplicates are kept once.
    pub fn new(elements: Vec<Value>) -> Self {
        let mut distinct: Vec<Value> = Vec::with_capacity(elements.len());
        for element in elements {
            if !element.is_wholly_known() || !distinct.contains(&element) {
                distinct.push(element);
            }
        }
        Self(distinct)
    }

    /// The elements, in no meaningful order.
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        self.0.iter()
    }

    /// The elements, to be changed in place.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.iter_mut()
    }

    /// How many elements there are. With unknown elements, that is an upper bound.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The elements as a list.
    pub fn into_elements(self) -> Vec<Value> {
        self.0
    }
}

impl PartialEq for SetValue {
    fn eq(&self, other: &Self) -> bool {
        same_elements(&self.0, &other.0)
    }
}

/// Whether both hold equal elements, as often as each other, in whatever order.
pub(crate) fn same_elements<T: PartialEq>(left: &[T], right: &[T]) -> bool {
    // Terraform sends sets in an order of its own, so equal sets mostly have equal order.
    if left.len() != right.len() || left == right {
        return left.len() == right.len();
    }
    let mut rest: Vec<&T> = right.iter().collect();
    left.iter().all(|element| {
        let found = rest.iter().position(|candidate| *candidate == element);
        found.map(|position| rest.swap_remove(position)).is_some()
    })
}
