//! Makes AWS have what is wanted. A create and an update are the same walk over
//! [the steps](crate::node_group) of all node groups, so a create that was killed is finished by the
//! next.

use std::collections::BTreeSet;

use aws::autoscaling::Group;
use aws::ec2::{LaunchTemplate, TemplateData};
use tfplug::{Attr, Cx, Diagnostic, Planned, Result, Saved, Set};

use super::desired::{Desired, launch};
use super::model::ControlPlaneGroup;
use super::plan::shrinking;
use super::rollout::{Drive, Rolling, Strategy, Work, replace_by_refresh};
use super::{KIND, sizing};
use crate::node_group::{
    Capacity, HasMachine, Made, Observed, Since, Spread, UserData, Walk, tag_values, tainted,
};
use crate::provider::Data;
use crate::tags;

/// One walk.
struct Converge<'a> {
    walk: Walk<'a>,
    desired: Desired,
    rolling: Rolling,
    /// The plan, with what was open in it as soon as that is known.
    plan: ControlPlaneGroup,
    user_data: Option<UserData>,
    /// What the launch template is to say, if that may differ from what it says.
    data: Option<TemplateData>,
    /// What is reached so far: what Terraform will remember if a step fails.
    reached: ControlPlaneGroup,
    saved: &'a Saved<ControlPlaneGroup>,
    since: Since,
    creating: bool,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, an object of the same name isn't ours, or nodes don't come. What exists by
/// then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    existing: Observed,
    planned: Planned<ControlPlaneGroup>,
    before: Option<&ControlPlaneGroup>,
    saved: &Saved<ControlPlaneGroup>,
) -> Result<ControlPlaneGroup> {
    let doing = match before {
        None => "Creating control plane group",
        Some(_) => "Updating control plane group",
    };
    let Planned { mut plan, config } = planned;
    open_sizes(&mut plan, &config)?;
    let desired = Desired::of(cx.data(), &plan)?;
    let rolling = Rolling::of(&plan.rollout)?.ok_or_else(|| {
        let text = "A part of \"rollout\" is not known where it must be.";
        Diagnostic::bug(text).at("rollout")
    })?;
    let (text, base64) = config.user_data();
    let user_data = UserData::parse(text, base64)?.into_known();
    let cluster = plan.cluster_name.get("cluster_name")?.clone();
    let name = plan.name.get("name")?.clone();
    let mut converge = Converge {
        walk: Walk::new(cx, &KIND, doing, &cluster, &name).await?,
        desired,
        rolling,
        // Of what exists, the state tells what it was until all steps are done.
        reached: before.cloned().unwrap_or_else(|| plan.clone()),
        plan,
        user_data,
        data: None,
        saved,
        since: match before {
            None => Since::FOREVER,
            Some(_) => Since::now(),
        },
        creating: before.is_none(),
    };
    let mut existing = match before {
        // AWS says if a name is taken.
        None => existing,
        Some(_) => converge.find_missing(existing).await?,
    };
    let version = match Box::pin(converge.parts(&existing, before)).await? {
        Made::Fresh(version) => version,
        Made::Taken(_) => {
            existing = converge.find_missing(Observed::default()).await?;
            match Box::pin(converge.parts(&existing, before)).await? {
                Made::Fresh(version) => version,
                Made::Taken(error) => return converge.walk.taken(&error),
            }
        }
    };
    match &existing.group {
        None => converge.complete(version).await?,
        Some(group) => converge.capacity(group).await?,
    }
    Box::pin(converge.roll(&existing, version)).await?;
    Ok(converge.finish(&existing, version))
}

/// Decides on the size where the plan had to leave it open.
fn open_sizes(plan: &mut ControlPlaneGroup, config: &ControlPlaneGroup) -> Result<()> {
    if plan.quorum.is_unknown() {
        plan.size = config.size;
        if let Some(topology) = sizing::topology(plan)? {
            sizing::set(plan, &topology);
        }
    }
    Ok(())
}

impl Converge<'_> {
    /// Makes the parts that aren't there, and brings the others into line. Returns the version of
    /// the launch template that says what is planned.
    async fn parts(
        &mut self,
        existing: &Observed,
        before: Option<&ControlPlaneGroup>,
    ) -> Result<Made<i64>> {
        self.refuse_to_shrink(existing)?;
        let (template, version) = match self.template(existing).await? {
            Made::Fresh(template) => template,
            Made::Taken(error) => return Ok(Made::Taken(error)),
        };
        self.nodes(existing, before).await?;
        Ok(match self.group(existing, &template, version).await? {
            Made::Fresh(()) => Made::Fresh(version),
            Made::Taken(error) => Made::Taken(error),
        })
    }

    /// Looks for the parts that the state doesn't name, by their names. All are judged before any
    /// is touched: what can't be taken over as a whole is left alone as a whole.
    async fn find_missing(&self, mut existing: Observed) -> Result<Observed> {
        let (group, template) = (existing.group.is_none(), existing.template.is_none());
        if !group && !template {
            return Ok(existing);
        }
        // The group first: if both are another's, its name is what users know.
        if group {
            existing.group = self.walk.find_group().await?;
        }
        if template {
            existing.template = self.walk.find_template().await?;
        }
        let version = existing.version;
        let Observed {
            group, template, ..
        } = existing;
        let completed =
            Observed::complete(self.walk.scaling, self.walk.ec2, group, template, version).await;
        self.walk.done(completed)
    }

    /// Nodes may have been added since the plan was made.
    fn refuse_to_shrink(&self, existing: &Observed) -> Result<()> {
        let Some(group) = &existing.group else {
            return Ok(());
        };
        if !self.rolls() && group.desired_capacity > self.desired.size {
            let (before, now) = (group.desired_capacity.into(), self.desired.size.into());
            return Err(shrinking(before, now).at("size").into());
        }
        Ok(())
    }

    /// Whether nodes are replaced, and the group is resized, one by one.
    fn rolls(&self) -> bool {
        self.rolling.strategy != Strategy::None
    }

    /// The launch template, and its version that says what is planned.
    async fn template(&mut self, existing: &Observed) -> Result<Made<(LaunchTemplate, i64)>> {
        if let Some(template) = &existing.template {
            self.reached.launch_template_id = template.id.as_str().into();
        }
        // A version that the plan knows is the one: what isn't to change isn't looked at again.
        if let (Some(template), Some(&version)) = (
            &existing.template,
            self.plan.launch_template_version.known(),
        ) {
            let (marks, tags) = (&self.desired.marks, &self.desired.tags);
            self.walk.tag_template(template, marks, tags).await?;
            return Ok(Made::Fresh((template.clone(), version)));
        }
        let mut machine = self.plan.machine();
        if machine.root_device_name().is_none() {
            let image_id = machine.image_id.get("image_id")?;
            let root = self.walk.root_device_of(image_id).await?;
            machine.set_root_device_name(&root);
            self.plan.set_machine(machine.clone());
            if self.creating {
                self.reached.set_machine(machine.clone());
            }
        }
        let (marks, tags) = (&self.desired.marks, &self.desired.tags);
        let data = machine.data(self.user_data.as_ref(), marks.in_template(tags))?;
        let (template, fresh) = match &existing.template {
            Some(template) => {
                self.walk.tag_template(template, marks, tags).await?;
                (template.clone(), None)
            }
            None => {
                let made = self
                    .walk
                    .create_template(&data, &marks.of_template(tags))
                    .await?;
                let (template, version) = match made {
                    Made::Fresh(made) => made,
                    Made::Taken(error) => return Ok(Made::Taken(error)),
                };
                self.reached.launch_template_id = template.id.as_str().into();
                self.save();
                (template, Some(version))
            }
        };
        let version = match fresh {
            Some(version) => version,
            None => {
                let in_use = existing.version;
                self.walk
                    .version(&template, in_use, &existing.versions, &data)
                    .await?
            }
        };
        self.data = Some(data);
        Ok(Made::Fresh((template, version)))
    }

    /// The group: one that is there gets all its settings, and one that is made is yet to be
    /// [completed](Self::complete).
    async fn group(
        &mut self,
        existing: &Observed,
        template: &LaunchTemplate,
        version: i64,
    ) -> Result<Made<()>> {
        let mut wanted = self.desired.group(&self.plan, &template.id, version)?;
        if let (Some(group), true) = (&existing.group, self.rolls() && !self.creating) {
            // Nodes come and go one by one, when all else is as planned.
            wanted.min_size = group.min_size;
            wanted.max_size = group.max_size;
            wanted.desired_capacity = None;
        }
        let Some(group) = &existing.group else {
            let made = self.walk.create_group(&wanted).await?;
            if let Made::Fresh(()) = made {
                // A group that somebody deleted had another.
                self.reached.arn = Attr::Null;
                self.save();
            }
            return Ok(made);
        };
        self.reached.arn = group.arn.as_str().into();
        self.save();
        self.walk
            .bring_into_line(group, &existing.hooks, &wanted)
            .await?;
        Ok(Made::Fresh(()))
    }

    /// Completes a group that was just made, until its nodes are in service.
    async fn complete(&mut self, version: i64) -> Result<()> {
        let template_id = self.reached.launch_template_id.get("launch_template_id")?;
        let wanted = self.desired.group(&self.plan, template_id, version)?;
        let capacity = self.desired.capacity(true);
        let capacity = Capacity::new(
            |_: &Group| capacity.clone(),
            self.desired.capacity_timeout,
            self.since,
        );
        let (walk, saved, reached) = (&self.walk, self.saved, &mut self.reached);
        let completed = walk
            .complete_group(&wanted, capacity, |group| {
                reached.arn = group.arn.as_str().into();
                saved.save(reached);
            })
            .await;
        if let Some(spread) = tainted(self.creating, completed)? {
            self.compare_with_placement(&spread);
        }
        Ok(())
    }

    /// What lives: protection and tags. Tags come before the group's own, which remember until then
    /// what the nodes had.
    async fn nodes(&self, existing: &Observed, before: Option<&ControlPlaneGroup>) -> Result<()> {
        let Some(group) = &existing.group else {
            return Ok(());
        };
        self.walk.protect_nodes(group).await?;
        let (marks, tags) = (&self.desired.marks, &self.desired.tags);
        let of_state = before
            .map(|before| before.tags_all.clone())
            .unwrap_or_default();
        let policy = self.walk.cx.data().tags().cloned().unwrap_or_default();
        let of_group = marks.users(&tag_values(&group.tags), &of_state);
        let mut former = policy.visible(&of_group);
        former.extend(of_state.known().map(tags::wanted).unwrap_or_default());
        self.walk.tag_nodes(existing, marks, tags, &former).await
    }

    /// Waits until all nodes of a group that was there before are in service.
    async fn capacity(&self, group: &Group) -> Result<()> {
        let as_many = group.desired_capacity == self.desired.size || self.rolls();
        if as_many && !self.creating {
            // A node that is just being replaced is nothing that this update is about.
            return Ok(());
        }
        // Where nodes stood before, nobody moves them.
        let wanted = self.desired.capacity(false);
        let (timeout, since) = (self.desired.capacity_timeout, self.since);
        let Some(capacity) = Capacity::new(|_: &Group| wanted.clone(), timeout, since) else {
            return Ok(());
        };
        let waited = self.walk.wait_for_capacity(capacity).await;
        self.compare_with_placement(&tainted(self.creating, waited)?);
        Ok(())
    }

    /// Replaces, adds and takes away nodes of a group that was there before.
    async fn roll(&self, existing: &Observed, version: i64) -> Result<()> {
        // What a create that was killed left is of nobody's use yet.
        let rolls = self.rolls() && !self.creating;
        let Some(group) = existing.group.as_ref().filter(|_| rolls) else {
            return Ok(());
        };
        let Some(data) = self.data_of(existing, version) else {
            return Ok(());
        };
        let topology = sizing::topology(&self.plan)?.ok_or_else(|| {
            Diagnostic::bug("The zones are not known where they must be.").at("subnets")
        })?;
        let template_id = self.reached.launch_template_id.get("launch_template_id")?;
        let clients = self.walk.cx.data().clients()?;
        let by_aws = self.rolling.strategy == Strategy::InstanceRefresh;
        let mut drive = Drive {
            walk: &self.walk,
            elb: self.walk.done(clients.elbv2().await)?,
            goal: ::rollout::Goal {
                size: topology.size(),
                zones: topology.zones().clone(),
                target_groups: Desired::rolled_target_groups(&self.plan),
                roll_last: self.rolling.roll_last.clone(),
                settings: self.rolling.settings,
            },
            launch: launch(template_id, version),
            template_id: template_id.clone(),
            data,
            versions: &existing.versions,
            work: if by_aws { Work::Resize } else { Work::All },
            since: self.since,
        };
        // Going back to what nodes run leaves nothing to replace, but perhaps somebody to put back.
        let is_other = || existing.data().is_none_or(|before| !before.is_alike(data));
        if drive.is_needed(group) || (!by_aws && is_other()) {
            drive.run().await?;
            let found = self.walk.scaling.group(&self.walk.name).await;
            if let Some(group) = self.walk.done(found)? {
                let wanted = self.desired.capacity(false);
                self.compare_with_placement(&Spread::of(&wanted, &group.instances));
            }
        }
        if by_aws {
            drive.work = Work::All;
            let outdated = |group: &Group| drive.outdated(group);
            let (size, settings) = (topology.size(), &self.rolling.settings);
            replace_by_refresh(&self.walk, size, settings, outdated, self.since).await?;
        }
        Ok(())
    }

    /// What the group launches.
    fn data_of<'b>(&'b self, existing: &'b Observed, version: i64) -> Option<&'b TemplateData> {
        self.data
            .as_ref()
            .or_else(|| existing.versions.get(&version))
    }

    /// Tells where AWS put more nodes than the placement says.
    fn compare_with_placement(&self, spread: &Spread) {
        let zones: &BTreeSet<String> = &self.desired.zones;
        if !spread.is_even(zones) {
            self.walk.cx.warn(Diagnostic::warning(
                "Nodes are not evenly spread",
                format!(
                    "The group has {spread}. Nodes that exist are moved by nobody; those that \
                     replace them go where nodes are lacking."
                ),
            ));
            return;
        }
        let planned = self.plan.placement.known().into_iter();
        let elsewhere: Vec<String> = planned
            .flat_map(tfplug::List::known)
            .filter_map(|share| Some((share.zone.text()?, *share.nodes.known()?)))
            .filter_map(|(zone, planned)| {
                let found = spread.in_service.get(zone).copied().unwrap_or_default();
                let found = i64::try_from(found).unwrap_or_default();
                (found != planned).then(|| format!("{zone} has {found}, not {planned}"))
            })
            .collect();
        if !elsewhere.is_empty() {
            self.walk.cx.warn(Diagnostic::warning(
                "AWS chose another placement",
                format!(
                    "Shares of zones differ by one at most, as planned, but AWS chose which zones \
                     get the larger ones: {}. What the cluster survives is the same; which zone \
                     it does not survive may be another than \"placement\" says.",
                    elsewhere.join(", ")
                ),
            ));
        }
    }

    /// The plan, with all that was open in it.
    fn finish(self, existing: &Observed, version: i64) -> ControlPlaneGroup {
        let outdated = || {
            (self.data_of(existing, version))
                .map(|data| existing.outdated_by(data))
                .unwrap_or_default()
        };
        let outdated_instance_ids = match self.plan.outdated_instance_ids.clone() {
            Attr::Unknown => Attr::Known(outdated().into_iter().collect()),
            known => known,
        };
        ControlPlaneGroup {
            arn: self.reached.arn,
            launch_template_id: self.reached.launch_template_id,
            launch_template_version: version.into(),
            outdated_instance_ids,
            drifted_settings: Attr::Known(Set::default()),
            ..self.plan
        }
    }

    fn save(&self) {
        self.saved.save(&self.reached);
    }
}
