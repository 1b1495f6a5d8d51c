//! Makes AWS have what is wanted: every part is found or made, then brought into line. A create and
//! an update are the same walk, so a create that was killed is finished by the next.

use std::collections::BTreeSet;

use aws::autoscaling::{Group, Launch, TemplateRef};
use aws::ec2::{LaunchTemplate, TemplateData};
use tfplug::{Attr, Cx, Planned, Result, Saved, Set};

use super::KIND;
use super::desired::Desired;
use super::model::WorkerGroup;
use super::observed::{named, outdated_now};
use super::replace::Goal;
use crate::diagnostics::aws_error;
use crate::node_group::{
    Capacity, HasMachine, Made, Observed, Since, UserData, Walk, Wanted, tag_values, tainted,
};
use crate::provider::Data;
use crate::tags;

/// One walk.
struct Converge<'a> {
    walk: &'a Walk<'a>,
    desired: &'a Desired,
    plan: WorkerGroup,
    /// What is reached so far: what Terraform will remember if a step fails.
    reached: WorkerGroup,
    saved: &'a Saved<WorkerGroup>,
    /// When it began.
    since: Since,
    creating: bool,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or an object of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    planned: Planned<WorkerGroup>,
    before: Option<WorkerGroup>,
    saved: &Saved<WorkerGroup>,
) -> Result<WorkerGroup> {
    let Planned { plan, config } = planned;
    let (text, base64) = config.user_data();
    let user_data = UserData::parse(text, base64)?.into_known();
    let desired = Desired::of(cx.data(), &plan)?;
    let walk = Walk::new(cx, &KIND, doing, &desired.cluster, &desired.name).await?;
    let mut converge = Converge {
        walk: &walk,
        desired: &desired,
        // Of what exists, the state tells what it was until a step has changed it.
        reached: before.clone().unwrap_or_else(|| plan.clone()),
        plan,
        saved,
        since: match before {
            None => Since::FOREVER,
            Some(_) => Since::now(),
        },
        creating: before.is_none(),
    };
    let mut existing = match &before {
        // AWS says if a name is taken.
        None => Observed::default(),
        Some(_) => converge.find(before.as_ref()).await?,
    };
    let template = match converge.parts(&existing, user_data.as_ref()).await? {
        Made::Fresh(template) => template,
        Made::Taken(_) => {
            existing = converge.find(before.as_ref()).await?;
            match converge.parts(&existing, user_data.as_ref()).await? {
                Made::Fresh(template) => template,
                Made::Taken(error) => return walk.taken(&error),
            }
        }
    };
    let outdated = match &existing.group {
        None => {
            converge.complete(template.launch(&desired)).await?;
            Attr::Known(Set::default())
        }
        Some(group) => {
            converge
                .tag_nodes(group, &existing, before.as_ref())
                .await?;
            let grows = converge.bring_into_line(group, &existing).await?;
            let goal = Goal {
                walk: &walk,
                desired: &desired,
                launch: template.launch(&desired),
                template_id: template.id.clone(),
                data: template.data.clone(),
                may_replace: converge.plan.outdated_instance_ids.is_unknown(),
                versions: existing.versions.clone(),
                since: converge.since,
            };
            let replaced = goal.reach(group.clone()).await?;
            if grows || converge.creating {
                converge.wait_for_nodes().await?;
            }
            converge.outdated(existing, &template, replaced).await?
        }
    };
    Ok(converge.finish(template.version, outdated))
}

/// The version of the launch template that says what is planned.
struct Template {
    id: String,
    version: i64,
    data: TemplateData,
}

impl Template {
    fn launch(&self, desired: &Desired) -> Launch {
        desired.purchase.launch(TemplateRef {
            id: self.id.clone(),
            version: self.version.to_string(),
        })
    }
}

impl Converge<'_> {
    /// What there is: what the state names, and what else has the wanted name and is ours. All is
    /// judged before any is touched: what can't be taken over as a whole is left alone as a whole.
    async fn find(&self, before: Option<&WorkerGroup>) -> Result<Observed> {
        let walk = self.walk;
        let failed = |error: aws::Error| aws_error(walk.doing, &error);
        let clients = walk.cx.data().clients()?;
        let existing = match before {
            Some(before) => Observed::read(clients, named(before))
                .await
                .map_err(failed)?,
            None => Observed::default(),
        };
        if existing.template.is_some() && existing.group.is_some() {
            return Ok(existing);
        }
        let template = match existing.template {
            Some(template) => Some(template),
            None => walk.find_template().await?,
        };
        let group = match existing.group {
            Some(group) => Some(group),
            None => walk.find_group().await?,
        };
        let (scaling, ec2) = (walk.scaling, walk.ec2);
        let all = Observed::complete(scaling, ec2, group, template, None).await;
        walk.done(all)
    }

    /// The launch template, and a group where there is none yet.
    async fn parts(
        &mut self,
        existing: &Observed,
        user_data: Option<&UserData>,
    ) -> Result<Made<Template>> {
        let template = match self.template(existing, user_data).await? {
            Made::Fresh(template) => template,
            Made::Taken(error) => return Ok(Made::Taken(error)),
        };
        if existing.group.is_none() {
            let launch = template.launch(self.desired);
            let wanted = self.desired.group(&self.plan, launch)?;
            if let Made::Taken(error) = self.walk.create_group(&wanted).await? {
                return Ok(Made::Taken(error));
            }
            // A group that somebody deleted had another.
            self.reached.arn = Attr::Null;
            self.saved.save(&self.reached);
        }
        Ok(Made::Fresh(template))
    }

    /// The launch template, and the version of it that says what is planned.
    async fn template(
        &mut self,
        existing: &Observed,
        user_data: Option<&UserData>,
    ) -> Result<Made<Template>> {
        let (walk, desired) = (self.walk, self.desired);
        let (marks, tags_all) = (&desired.marks, &desired.tags_all);
        if let Some(template) = &existing.template {
            self.set_template(template);
            walk.tag_template(template, marks, tags_all).await?;
        }
        // A version that the plan knows is the one: what isn't to change isn't looked at again.
        if let (Some(template), Some(&version)) = (
            &existing.template,
            self.plan.launch_template_version.known(),
        ) && let Some(data) = existing.versions.get(&version)
        {
            return Ok(Made::Fresh(Template {
                id: template.id.clone(),
                version,
                data: data.clone(),
            }));
        }
        let mut machine = self.plan.machine();
        if machine.root_device_name().is_none() {
            // The image says.
            let image = machine.image_id.get("image_id")?;
            let root = walk.root_device_of(image).await?;
            machine.set_root_device_name(&root);
            self.plan.set_machine(machine.clone());
            if self.creating {
                // By this name an unfinished group's volumes are told apart when it is read.
                self.reached.set_machine(machine.clone());
            }
        }
        let data = machine.data(user_data, marks.in_template(tags_all))?;
        let (template, fresh) = match &existing.template {
            Some(template) => (template.clone(), None),
            None => {
                let tags = marks.of_template(tags_all);
                match walk.create_template(&data, &tags).await? {
                    Made::Fresh((template, version)) => {
                        self.set_template(&template);
                        (template, Some(version))
                    }
                    Made::Taken(error) => return Ok(Made::Taken(error)),
                }
            }
        };
        let version = match fresh {
            Some(version) => version,
            None => {
                walk.version(&template, existing.version, &existing.versions, &data)
                    .await?
            }
        };
        Ok(Made::Fresh(Template {
            id: template.id,
            version,
            data,
        }))
    }

    /// Completes a group that was just made, until its nodes are in service.
    async fn complete(&mut self, launch: Launch) -> Result<()> {
        let wanted = self.desired.group(&self.plan, launch)?;
        let capacity = self.capacity();
        let (walk, saved, reached) = (self.walk, self.saved, &mut self.reached);
        let completed = walk
            .complete_group(&wanted, capacity, |group| save_group(reached, saved, group))
            .await;
        tainted(self.creating, completed).map(drop)
    }

    /// Gives what lives its tags: before the group gets them, which remembers until then what the
    /// nodes had.
    async fn tag_nodes(
        &self,
        group: &Group,
        existing: &Observed,
        before: Option<&WorkerGroup>,
    ) -> Result<()> {
        let (walk, desired) = (self.walk, self.desired);
        let of_state = before.map(|before| before.tags_all.clone());
        let of_state = of_state.unwrap_or_default();
        let policy = walk.cx.data().tags().cloned().unwrap_or_default();
        let of_group = desired.marks.users(&tag_values(&group.tags), &of_state);
        let mut former = policy.visible(&of_group);
        former.extend(of_state.known().map(tags::wanted).unwrap_or_default());
        walk.tag_nodes(existing, &desired.marks, &desired.tags_all, &former)
            .await
    }

    /// All but what the group launches. Returns whether there will be other nodes than there are.
    async fn bring_into_line(&mut self, group: &Group, existing: &Observed) -> Result<bool> {
        save_group(&mut self.reached, self.saved, group);
        let wanted = self.desired.group(&self.plan, group.launch.clone())?;
        self.walk
            .bring_into_line(group, &existing.hooks, &wanted)
            .await?;
        let desired = wanted.desired_capacity.unwrap_or(group.desired_capacity);
        Ok(desired != group.desired_capacity
            || wanted.min_size > group.desired_capacity
            || wanted.subnets != group.subnets)
    }

    /// Waits until as many nodes are in service as there are to be.
    async fn wait_for_nodes(&self) -> Result<()> {
        let Some(capacity) = self.capacity() else {
            return Ok(());
        };
        let waited = self.walk.wait_for_capacity(capacity).await;
        tainted(self.creating, waited).map(drop)
    }

    /// The nodes to wait for. The autoscaler may change their number meanwhile.
    fn capacity(&self) -> Option<Capacity<impl Fn(&Group) -> Wanted + use<>>> {
        let planned = self.plan.desired_capacity.known().copied();
        let planned = planned.or_else(|| self.plan.min_size.known().copied());
        let planned = planned
            .and_then(|size| i32::try_from(size).ok())
            .unwrap_or(0);
        let zones = self.plan.subnets.known().into_iter();
        let zones: BTreeSet<String> = zones.flat_map(|map| map.0.keys().cloned()).collect();
        let wanted = move |group: &Group| Wanted {
            size: usize::try_from(group.desired_capacity.max(planned)).unwrap_or(0),
            zones: zones.clone(),
            evenly: false,
            exactly: false,
        };
        Capacity::new(wanted, self.desired.capacity_timeout, self.since)
    }

    /// The nodes that are left as they were.
    async fn outdated(
        &self,
        existing: Observed,
        template: &Template,
        replaced: bool,
    ) -> Result<Attr<Set<String>>> {
        if !self.plan.outdated_instance_ids.is_unknown() {
            return Ok(self.plan.outdated_instance_ids.clone());
        }
        let mut observed = existing;
        if replaced {
            let walk = self.walk;
            let group = walk.done(walk.scaling.group(&walk.name).await)?;
            let all = Observed::complete(walk.scaling, walk.ec2, group, observed.template, None);
            observed = walk.done(all.await)?;
        }
        observed.version = Some(template.version);
        observed
            .versions
            .insert(template.version, template.data.clone());
        let ignored = self.desired.replacing.ignores();
        Ok(outdated_now(&observed, &self.desired.purchase, ignored))
    }

    fn set_template(&mut self, template: &LaunchTemplate) {
        self.reached.launch_template_id = template.id.as_str().into();
        self.saved.save(&self.reached);
    }

    /// The plan, with all that was open in it.
    fn finish(self, version: i64, outdated: Attr<Set<String>>) -> WorkerGroup {
        WorkerGroup {
            arn: self.reached.arn,
            launch_template_id: self.reached.launch_template_id,
            launch_template_version: version.into(),
            outdated_instance_ids: outdated,
            drifted_settings: Attr::Known(Set::default()),
            ..self.plan
        }
    }
}

fn save_group(reached: &mut WorkerGroup, saved: &Saved<WorkerGroup>, group: &Group) {
    reached.arn = group.arn.as_str().into();
    reached.autoscaling_group_name = group.name.as_str().into();
    saved.save(reached);
}
