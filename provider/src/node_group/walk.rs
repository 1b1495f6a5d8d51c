//! What the steps from what exists to what is planned have in common.
//!
//! A resource's create and update are one walk over the same steps: the launch template and its
//! version, the group, the group's settings, the live nodes. Each finds or makes its part, and
//! leaves alone what is as it should be, so that a walk that was killed is finished by the next.

use std::time::{Duration, SystemTime};

use aws::autoscaling::Autoscaling;
use aws::ec2::Ec2;
use aws::ownership::{Claim, Ownership};
use aws::tags::Tags;
use aws::wait::Wait;
use tfplug::{Cx, Result};

use super::Kind;
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;
use crate::waits::wait_for_nodes;

/// The surroundings of a walk.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) cx: &'a Cx<Data>,
    pub(crate) scaling: &'a Autoscaling,
    pub(crate) ec2: &'a Ec2,
    pub(crate) kind: &'static Kind,
    /// What Terraform is doing, at the head of messages.
    pub(crate) doing: &'static str,
    /// The cluster's name.
    pub(crate) cluster: String,
    /// The name of group and launch template.
    pub(crate) name: String,
}

/// What came of a create by a name that AWS gives once.
///
/// So nothing is looked for before: AWS itself says that the name is taken, and most often it isn't.
/// Who has it is looked for then: an earlier create of ours that was killed, or an answer that got
/// lost on its way, or somebody else.
#[derive(Debug)]
pub(crate) enum Made<T> {
    Fresh(T),
    /// In AWS's words.
    Taken(aws::Error),
}

impl<'a> Walk<'a> {
    /// # Errors
    /// There is no way to AWS.
    pub(crate) async fn new(
        cx: &'a Cx<Data>,
        kind: &'static Kind,
        doing: &'static str,
        cluster: &str,
        name: &str,
    ) -> Result<Self> {
        let clients = cx.data().clients()?;
        let (scaling, ec2) = tokio::try_join!(clients.autoscaling(), clients.ec2())
            .map_err(|error| aws_error(doing, &error))?;
        Ok(Self {
            cx,
            scaling,
            ec2,
            kind,
            doing,
            cluster: cluster.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The error of a name that is taken, though nobody is found who has it.
    pub(crate) fn taken<T>(&self, error: &aws::Error) -> Result<T> {
        Err(aws_error(self.doing, error).into())
    }

    /// A result of AWS, its error in words.
    pub(crate) fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| aws_error(self.doing, &error).into())
    }

    /// Refuses an object of the wanted name that isn't ours to take. `what` says what it is.
    pub(super) fn claim(&self, what: &str, kind: &'static str, tags: &Tags) -> Result<()> {
        match self.ownership(kind).claim(tags) {
            Claim::Adopt => Ok(()),
            Claim::Refuse(why) => {
                let what = format!("{what} named \"{}\"", self.name);
                let id = Some(self.name.as_str());
                Err(refusal(self.doing, &what, &why, self.kind.resource, id)
                    .at(self.kind.name_attribute)
                    .into())
            }
        }
    }

    pub(super) fn ownership(&self, kind: &'static str) -> Ownership {
        self.cx.data().ownership(&self.cluster, kind)
    }

    /// A wait of at most this long, and not longer than the operation may take.
    pub(crate) fn wait(&self, what: String, at_most: Duration) -> Wait {
        wait_for_nodes(self.cx, what, at_most)
    }

    /// A text that no other call has, by which AWS knows a call that is only repeated.
    ///
    /// It isn't made from what is asked for: AWS answers a token that it knows with what it made
    /// then, and that may have been deleted since.
    pub(super) fn token(&self) -> String {
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        format!("kubeha-{}-{:x}", std::process::id(), now.as_nanos())
    }
}
