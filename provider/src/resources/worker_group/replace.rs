//! Leads a group to what it is to launch, by the steps that `refresh` chooses.

use std::collections::BTreeMap;

use aws::autoscaling::{Group, Launch, Refresh};
use aws::ec2::TemplateData;
use tfplug::{Diagnostic, Result};

use super::desired::Desired;
use super::purchase::{self, Purchase};
use super::refresh::{Situation, Step, next, outdated};
use crate::node_group::{Since, Walk, active_refresh, living};

/// How often the way may begin anew because somebody else started or ended a refresh meanwhile.
const MOST_ROUNDS: usize = 10;

/// What a refresh that fails leaves: it says itself what the group is to launch in the end.
const STAYS: &str = "the group itself launches what it did before";

/// Where a group is led to.
#[derive(Clone, Debug)]
pub(super) struct Goal<'a> {
    pub(super) walk: &'a Walk<'a>,
    pub(super) desired: &'a Desired,
    /// What it is to launch.
    pub(super) launch: Launch,
    pub(super) template_id: String,
    /// What that version of the launch template says.
    pub(super) data: TemplateData,
    /// Whether the plan said that nodes are replaced. Nobody is by surprise.
    pub(super) may_replace: bool,
    /// What the versions say that the group or an instance of it uses.
    pub(super) versions: BTreeMap<i64, TemplateData>,
    pub(super) since: Since,
}

impl Goal<'_> {
    /// Walks there, from a group as it is. Returns whether nodes were replaced on the way.
    ///
    /// # Errors
    /// AWS refuses, or the refresh fails or takes too long.
    pub(super) async fn reach(&self, mut group: Group) -> Result<bool> {
        for _ in 0..MOST_ROUNDS {
            let is_launched = purchase::is_same(&group.launch, &self.launch);
            let replaces = self.may_replace && self.replaces(&group);
            if is_launched && !replaces {
                return Ok(false);
            }
            let refreshes = self.walk.refreshes().await?;
            let active = active_refresh(&refreshes);
            let step = next(Situation {
                strategy: self.desired.replacing.strategy,
                is_launched,
                replaces,
                active,
                leads_there: active.is_some_and(|active| self.leads_there(active, is_launched)),
            });
            tracing::debug!(?step, is_launched, replaces, "replacing nodes");
            match (step, active) {
                (Step::Done, _) => return Ok(false),
                (Step::Set, _) => return self.set().await.map(|()| false),
                (Step::Follow, Some(active)) => {
                    return self.follow(&active.id).await.map(|()| true);
                }
                (Step::Start, _) => {
                    if let Some(id) = self.start(&group, is_launched).await? {
                        return self.follow(&id).await.map(|()| true);
                    }
                }
                (Step::Cancel, Some(active)) => {
                    tracing::info!(id = %active.id, "cancelling a refresh that leads elsewhere");
                    let cancelled = self.walk.scaling.cancel_refresh(&self.desired.name).await;
                    self.walk.done(cancelled)?;
                    self.walk.end_of_refresh(&active.id).await?;
                }
                (Step::LetEnd, Some(active)) => {
                    self.walk.end_of_refresh(&active.id).await?;
                }
                // Both are chosen only where there is one.
                (Step::Follow | Step::Cancel | Step::LetEnd, None) => {}
            }
            let found = self.walk.scaling.group(&self.desired.name).await;
            group = self.walk.done(found)?.ok_or_else(|| self.gone())?;
        }
        Err(self.disturbed().into())
    }

    /// Whether a refresh would replace anybody.
    fn replaces(&self, group: &Group) -> bool {
        let ignored = self.desired.replacing.ignores();
        let outdated = outdated(
            &group.instances,
            &self.template_id,
            &self.versions,
            &self.data,
            &self.desired.purchase,
            ignored,
        );
        !outdated.is_empty()
            || (self.desired.replacing.replaces_all()
                && living(Some(group)).next().is_some()
                && !self.launches_alike(group))
    }

    /// Whether a group launches the same instances already, tags and prices aside.
    fn launches_alike(&self, group: &Group) -> bool {
        let used = match &group.launch {
            Launch::Template(used) => used,
            Launch::Mixed(mixed) => &mixed.template,
            Launch::Other => return false,
        };
        let data = (used.id == self.template_id)
            .then(|| used.version.parse::<i64>().ok())
            .flatten()
            .and_then(|version| self.versions.get(&version));
        let of_any_type = |data: &TemplateData| TemplateData {
            instance_type: None,
            ..data.clone()
        };
        data.is_some_and(|data| {
            let types = Purchase::read(&group.launch, data.instance_type.as_deref());
            types.is_some_and(|found| found.instance_types == self.desired.purchase.instance_types)
                && of_any_type(data).is_alike(&of_any_type(&self.data))
        })
    }

    fn leads_there(&self, active: &Refresh, is_launched: bool) -> bool {
        match &active.desired_launch {
            Some(launch) => purchase::is_same(launch, &self.launch),
            None => is_launched,
        }
    }

    async fn set(&self) -> Result<()> {
        let changes = aws::autoscaling::GroupChanges {
            launch: Some(self.launch.clone()),
            ..Default::default()
        };
        let name = &self.desired.name;
        self.walk
            .done(self.walk.scaling.update_group(name, &changes).await)
    }

    /// Starts the refresh; none if there is one already.
    async fn start(&self, group: &Group, is_launched: bool) -> Result<Option<String>> {
        let desired = (!is_launched).then_some(&self.launch);
        let spec = self
            .desired
            .replacing
            .spec(desired, has_number(&group.launch));
        self.walk.start_refresh(&spec).await
    }

    /// Waits until a refresh has done what it was to do.
    async fn follow(&self, id: &str) -> Result<()> {
        self.walk.follow_refresh(id, self.since, STAYS).await
    }

    fn gone(&self) -> Diagnostic {
        let text = format!(
            "The group {} was deleted while its nodes were being replaced. Apply again: it is made \
             anew.",
            self.desired.name
        );
        Diagnostic::error(self.walk.doing, text)
    }

    fn disturbed(&self) -> Diagnostic {
        let text = format!(
            "Somebody else starts instance refreshes of {} again and again, which lead elsewhere. \
             Stop that, and apply again.",
            self.desired.name
        );
        Diagnostic::error(self.walk.doing, text)
    }
}

/// Whether a group names its template's version by number: AWS goes back to nothing else.
fn has_number(launch: &Launch) -> bool {
    let template = match launch {
        Launch::Template(template) => template,
        Launch::Mixed(mixed) => &mixed.template,
        Launch::Other => return false,
    };
    template.version.parse::<i64>().is_ok()
}
