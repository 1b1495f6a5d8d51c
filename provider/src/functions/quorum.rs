//! `quorum(members)`

use tfplug::{Function, FunctionError, Parameters};
use topology::Members;

use crate::diagnostics::argument_error;

pub(crate) struct Quorum;

#[derive(Parameters)]
pub(crate) struct Arguments {
    /// Number of etcd members, 1 or more. Even numbers are allowed here: a cluster has one while a
    /// member is being added.
    members: i64,
}

impl Function for Quorum {
    type Parameters = Arguments;
    type Output = i64;

    fn name(&self) -> &'static str {
        "quorum"
    }

    fn summary(&self) -> &'static str {
        "Number of members that must be up"
    }

    fn description(&self) -> &'static str {
        "Returns how many of `members` etcd members must be up for the cluster to accept writes: \
         more than half of them."
    }

    fn call(&self, arguments: Arguments) -> Result<i64, FunctionError> {
        let members =
            Members::new(arguments.members).map_err(|error| argument_error("members", &error))?;
        Ok(members.quorum().into())
    }
}
