//! Majorities: how many members must agree, and how many may fail.

use crate::error::Error;

/// A number of quorum members, at least 1, odd or even.
///
/// A plan is always odd ([`ControlPlaneSize`]), a living cluster isn't: while a node is
/// replaced, etcd may count one member more.
///
/// [`ControlPlaneSize`]: crate::ControlPlaneSize
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Members(u32);

impl Members {
    /// Takes a number of members.
    ///
    /// # Errors
    /// [`Error::MembersOutOfRange`] below 1 or above `u32::MAX`.
    pub fn new(value: i64) -> Result<Self, Error> {
        match u32::try_from(value) {
            Ok(members) if members > 0 => Ok(Self(members)),
            _ => Err(Error::MembersOutOfRange { value }),
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// How many members must be up for etcd to accept writes: more than half of all, up or not.
    pub fn quorum(self) -> u32 {
        self.0 / 2 + 1
    }

    /// How many members may be down at once.
    pub fn tolerated_failures(self) -> u32 {
        self.0 - self.quorum()
    }

    /// Whether quorum holds when `lost` members are down.
    pub fn quorum_survives(self, lost: u32) -> bool {
        lost <= self.tolerated_failures()
    }

    /// For sizes that are known to be at least 1.
    pub(crate) const fn from_size(size: u32) -> Self {
        Self(size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of etcd's FAQ, "What is failure tolerance?".
    #[test]
    fn agrees_with_etcd() {
        for (members, quorum, failures) in [
            (1, 1, 0),
            (2, 2, 0),
            (3, 2, 1),
            (4, 3, 1),
            (5, 3, 2),
            (6, 4, 2),
            (7, 4, 3),
            (8, 5, 3),
            (9, 5, 4),
        ] {
            let members = Members::new(members).unwrap();
            assert_eq!(
                (members.quorum(), members.tolerated_failures()),
                (quorum, failures)
            );
            assert!(members.quorum_survives(failures));
            assert!(!members.quorum_survives(failures + 1));
        }
    }

    #[test]
    fn refuses_what_is_no_number_of_members() {
        let too_many = i64::from(u32::MAX) + 1;
        for value in [i64::MIN, -1, 0, too_many, i64::MAX] {
            assert_eq!(Members::new(value), Err(Error::MembersOutOfRange { value }));
        }
        assert!(Members::new(i64::from(u32::MAX)).is_ok());
    }
}
