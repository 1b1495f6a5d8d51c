//! Planned groups in AWS's terms: everything known.

use aws::tags::Tags;
use tfplug::{Diagnostic, Diagnostics, Result};
use topology::ports::Rule;

use super::model::SecurityGroups;
use super::settings::settings;
use crate::tags;

/// What is to be. Made from a plan whose values are all known but for what AWS decides: in an apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Desired {
    pub(super) cluster: String,
    pub(super) vpc_id: String,
    pub(super) rules: Vec<Rule>,
    /// Whether rules of others go.
    pub(super) exclusive: bool,
    pub(super) tags: Tags,
}

impl Desired {
    /// # Errors
    /// A value that the plan had to leave open is wrong, or one that must be known isn't, which is a
    /// defect.
    pub(super) fn of(plan: &SecurityGroups) -> Result<Self> {
        let mut errors = Diagnostics::new();
        let settings = settings(plan, &mut errors);
        errors.into_result()?;
        let unknown = || Diagnostic::bug("A setting is not known where it must be.");
        Ok(Self {
            cluster: plan.cluster_name.get("cluster_name")?.clone(),
            vpc_id: plan.vpc_id.get("vpc_id")?.clone(),
            rules: settings.ok_or_else(unknown)?.rules(),
            exclusive: *plan.exclusive.get("exclusive")?,
            tags: tags::wanted(plan.tags_all.get("tags_all")?),
        })
    }
}
