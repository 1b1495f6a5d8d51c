//! Makes AWS have what is wanted: every part is found or made, then brought into line. A create and
//! an update are the same walk, so a create that was killed is finished by the next.

use std::time::Duration;

use aws::elbv2::{
    Attributes, Elbv2, ListenerSpec, LoadBalancer, NewLoadBalancer, NewTargetGroup, TargetGroup,
};
use aws::ownership::{Claim, Ownership};
use aws::tags::{TagChanges, Tags};
use aws::wait::{Backoff, Wait};
use tfplug::{Attr, Cx, Diagnostic, Result, Saved};

use super::desired::{Desired, WantedRecord};
use super::model::ApiLoadBalancer;
use super::observed::Observed;
use super::plan::endpoint;
use super::{LISTENER, LOAD_BALANCER, RESOURCE, TARGET_GROUP};
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;

/// One walk.
pub(super) struct Converge<'a> {
    pub(super) cx: &'a Cx<Data>,
    elb: &'a Elbv2,
    pub(super) desired: Desired,
    /// What is reached so far: what Terraform will remember if a step fails.
    pub(super) reached: ApiLoadBalancer,
    saved: &'a Saved<ApiLoadBalancer>,
    /// Parts whose tags are to be changed, each with the changes.
    tagging: Vec<(String, TagChanges)>,
    pub(super) doing: &'static str,
}

/// Walks from what exists to what is planned, and returns the state that is reached.
///
/// # Errors
/// AWS refuses a step, or an object of the same name isn't ours. What exists by then is saved.
pub(super) async fn converge(
    cx: &Cx<Data>,
    doing: &'static str,
    existing: Observed,
    plan: ApiLoadBalancer,
    before: Option<&ApiLoadBalancer>,
    saved: &Saved<ApiLoadBalancer>,
) -> Result<ApiLoadBalancer> {
    let elb = cx
        .data()
        .clients()?
        .elbv2()
        .await
        .map_err(|error| aws_error(doing, &error))?;
    let desired = Desired::of(&plan)?;
    let reached = match before {
        // Of what exists, the state tells what it was until a step has changed it.
        Some(before) => before.clone(),
        None => ApiLoadBalancer {
            fqdn: Attr::Null,
            ..plan.clone()
        },
    };
    let mut walk = Converge {
        cx,
        elb,
        desired,
        reached,
        saved,
        tagging: Vec::new(),
        doing,
    };
    let existing = walk.find_missing(existing).await?;
    walk.load_balancer(existing.load_balancer).await?;
    walk.target_group(existing.target_group).await?;
    walk.listener(existing.listener).await?;
    walk.write_tags().await?;
    walk.record(before).await?;
    walk.wait_until_active().await?;
    walk.finish(plan)
}

impl Converge<'_> {
    /// Looks for the parts that the state doesn't name, by their names. All are judged before any is
    /// touched: what can't be taken over as a whole is left alone as a whole.
    async fn find_missing(&self, mut existing: Observed) -> Result<Observed> {
        if existing.load_balancer.is_none() {
            let ownership = self.ownership(LOAD_BALANCER);
            existing.load_balancer = self.find_load_balancer(&ownership).await?;
        }
        if existing.target_group.is_none() {
            let ownership = self.ownership(TARGET_GROUP);
            existing.target_group = self.find_target_group(&ownership).await?;
        }
        Ok(existing)
    }

    async fn load_balancer(
        &mut self,
        existing: Option<(LoadBalancer, Attributes, Tags)>,
    ) -> Result<()> {
        let ownership = self.ownership(LOAD_BALANCER);
        let (balancer, attributes) = match existing {
            Some((balancer, attributes, tags)) => {
                self.set_load_balancer(&balancer);
                self.bring_into_line(&balancer).await?;
                self.tag(&balancer.arn, &tags, &ownership);
                (balancer, attributes)
            }
            None => (
                self.create_load_balancer(&ownership).await?,
                Attributes::new(),
            ),
        };
        self.set_load_balancer(&balancer);
        let wanted = differing(&self.desired.load_balancer_attributes, &attributes);
        if !wanted.is_empty() {
            let set = self
                .elb
                .set_load_balancer_attributes(&balancer.arn, &wanted)
                .await;
            self.done(set)?;
        }
        Ok(())
    }

    /// A load balancer of the wanted name, if it is ours to take.
    async fn find_load_balancer(
        &self,
        ownership: &Ownership,
    ) -> Result<Option<(LoadBalancer, Attributes, Tags)>> {
        let name = &self.desired.name;
        let Some(found) = self.done(self.elb.load_balancer_by_name(name).await)? else {
            return Ok(None);
        };
        let (attributes, tags) = self.done(tokio::try_join!(
            self.elb.load_balancer_attributes(&found.arn),
            self.elb.tags(&found.arn)
        ))?;
        let tags = tags.unwrap_or_default();
        if let Claim::Refuse(why) = ownership.claim(&tags) {
            let what = format!("A load balancer named \"{name}\"");
            return Err(refusal(self.doing, &what, &why, RESOURCE, Some(&found.arn))
                .at("name")
                .into());
        }
        let loses_a_subnet = (found.subnets.iter())
            .any(|(zone, subnet)| self.desired.subnets.get(zone) != Some(subnet));
        if found.internal != self.desired.internal
            || found.load_balancer_type != "network"
            || loses_a_subnet
        {
            return Err(unlike(self.doing, name).into());
        }
        self.cx.data().claims.take_over(&found.arn);
        tracing::info!(arn = %found.arn, "taking over the load balancer of an unfinished create");
        Ok(Some((found, attributes.unwrap_or_default(), tags)))
    }

    async fn create_load_balancer(&mut self, ownership: &Ownership) -> Result<LoadBalancer> {
        let new = NewLoadBalancer {
            name: self.desired.name.clone(),
            internal: self.desired.internal,
            ip_address_type: None,
            subnets: self.desired.subnets.values().cloned().collect(),
            security_groups: self.desired.security_groups.clone(),
            tags: self.all_tags(ownership),
        };
        let made = self.done(self.elb.create_load_balancer(&new).await)?;
        self.set_load_balancer(&made);
        Ok(made)
    }

    /// Subnets and security groups of a load balancer that exists.
    async fn bring_into_line(&mut self, found: &LoadBalancer) -> Result<()> {
        if found.subnets != self.desired.subnets {
            let subnets: Vec<_> = self.desired.subnets.values().cloned().collect();
            self.done(self.elb.set_subnets(&found.arn, &subnets).await)?;
        }
        let wanted = self.desired.security_groups.iter().cloned().collect();
        if found.security_groups != wanted {
            let set = self
                .elb
                .set_security_groups(&found.arn, &self.desired.security_groups)
                .await;
            self.done(set)?;
        }
        Ok(())
    }

    async fn target_group(
        &mut self,
        existing: Option<(TargetGroup, Attributes, Tags)>,
    ) -> Result<()> {
        let ownership = self.ownership(TARGET_GROUP);
        let (group, attributes) = match existing {
            Some((group, attributes, tags)) => {
                self.set_target_group(&group);
                if group.health_check != self.desired.health_check {
                    let check = &self.desired.health_check;
                    self.done(self.elb.set_health_check(&group.arn, check).await)?;
                }
                self.tag(&group.arn, &tags, &ownership);
                (group, attributes)
            }
            None => (
                self.create_target_group(&ownership).await?,
                Attributes::new(),
            ),
        };
        self.set_target_group(&group);
        let wanted = differing(&self.desired.target_group_attributes, &attributes);
        if !wanted.is_empty() {
            self.done(
                self.elb
                    .set_target_group_attributes(&group.arn, &wanted)
                    .await,
            )?;
        }
        Ok(())
    }

    /// A target group of the wanted name, if it is ours to take.
    async fn find_target_group(
        &self,
        ownership: &Ownership,
    ) -> Result<Option<(TargetGroup, Attributes, Tags)>> {
        let name = &self.desired.target_group_name;
        let Some(found) = self.done(self.elb.target_group_by_name(name).await)? else {
            return Ok(None);
        };
        let (attributes, tags) = self.done(tokio::try_join!(
            self.elb.target_group_attributes(&found.arn),
            self.elb.tags(&found.arn)
        ))?;
        let tags = tags.unwrap_or_default();
        let id = found.load_balancer_arns.first().map(String::as_str);
        if let Claim::Refuse(why) = ownership.claim(&tags) {
            let what = format!("A target group named \"{name}\"");
            let refused = refusal(self.doing, &what, &why, RESOURCE, id);
            return Err(refused.at("target_group_name").into());
        }
        if found.port != self.desired.target_port || found.protocol != "TCP" {
            return Err(unlike(self.doing, name).into());
        }
        self.cx.data().claims.take_over(&found.arn);
        Ok(Some((found, attributes.unwrap_or_default(), tags)))
    }

    async fn create_target_group(&mut self, ownership: &Ownership) -> Result<TargetGroup> {
        let new = NewTargetGroup {
            name: self.desired.target_group_name.clone(),
            protocol: "TCP".to_owned(),
            port: self.desired.target_port,
            vpc_id: self.reached.vpc_id.get("vpc_id")?.clone(),
            target_type: "instance".to_owned(),
            ip_address_type: None,
            health_check: self.desired.health_check.clone(),
            tags: self.all_tags(ownership),
        };
        let made = self.done(self.elb.create_target_group(&new).await)?;
        self.set_target_group(&made);
        Ok(made)
    }

    async fn listener(&mut self, existing: Option<(aws::elbv2::Listener, Tags)>) -> Result<()> {
        let spec = ListenerSpec {
            port: self.desired.port,
            protocol: "TCP".to_owned(),
            target_group_arn: self
                .reached
                .target_group_arn
                .get("target_group_arn")?
                .clone(),
        };
        let balancer = self.reached.arn.get("arn")?.clone();
        let ownership = self.ownership(LISTENER);
        // A listener is a part of a load balancer that is ours, so one on our port is ours too.
        let existing = match existing {
            Some(existing) => Some(existing),
            None => self.find_listener(&balancer).await?,
        };
        let arn = match existing {
            Some((found, tags)) => {
                if found.port != spec.port
                    || found.protocol != spec.protocol
                    || found.target_group_arns != [spec.target_group_arn.as_str()]
                {
                    self.done(self.elb.modify_listener(&found.arn, &spec).await)?;
                }
                self.tag(&found.arn, &tags, &ownership);
                found.arn
            }
            None => {
                let tags = self.all_tags(&ownership);
                self.done(self.elb.create_listener(&balancer, &spec, &tags).await)?
                    .arn
            }
        };
        self.reached.listener_arn = arn.into();
        self.reached.port = i64::from(spec.port).into();
        self.save();
        Ok(())
    }

    async fn find_listener(&self, balancer: &str) -> Result<Option<(aws::elbv2::Listener, Tags)>> {
        let listeners = self.done(self.elb.listeners_of(balancer).await)?;
        let Some(found) = listeners
            .into_iter()
            .find(|listener| listener.port == self.desired.port)
        else {
            return Ok(None);
        };
        let tags = self
            .done(self.elb.tags(&found.arn).await)?
            .unwrap_or_default();
        Ok(Some((found, tags)))
    }

    async fn wait_until_active(&self) -> Result<()> {
        let arn = self.reached.arn.get("arn")?;
        let what = format!("load balancer {} to be active", self.desired.name);
        self.done(self.elb.wait_until_active(arn, self.wait(what)).await)
            .map(drop)
    }

    /// The plan, with all that was open in it.
    fn finish(self, plan: ApiLoadBalancer) -> Result<ApiLoadBalancer> {
        let reached = self.reached;
        let mut state = ApiLoadBalancer {
            arn: reached.arn,
            dns_name: reached.dns_name,
            zone_id: reached.zone_id,
            vpc_id: reached.vpc_id,
            target_group_arn: reached.target_group_arn,
            listener_arn: reached.listener_arn,
            ..plan
        };
        state.endpoint = endpoint(&state);
        Ok(state)
    }

    /// Notes what a part's tags lack. They are written together.
    fn tag(&mut self, arn: &str, on_aws: &Tags, ownership: &Ownership) {
        let policy = self.cx.data().tags().cloned().unwrap_or_default();
        let changes = policy.changes(on_aws, &self.desired.tags, &ownership.tags());
        if !changes.is_empty() {
            self.tagging.push((arn.to_owned(), changes));
        }
    }

    /// Writes the tags that are lacking, alike ones in one call.
    async fn write_tags(&mut self) -> Result<()> {
        let mut left = std::mem::take(&mut self.tagging);
        while let Some((_, changes)) = left.first().cloned() {
            let (alike, others): (Vec<_>, Vec<_>) =
                left.into_iter().partition(|(_, other)| *other == changes);
            let arns: Vec<String> = alike.into_iter().map(|(arn, _)| arn).collect();
            self.done(self.elb.change_tags(&arns, &changes).await)?;
            left = others;
        }
        Ok(())
    }

    fn set_load_balancer(&mut self, balancer: &LoadBalancer) {
        self.reached.arn = balancer.arn.as_str().into();
        self.reached.name = balancer.name.as_str().into();
        self.reached.dns_name = balancer.dns_name.as_str().into();
        self.reached.zone_id = balancer.zone_id.as_str().into();
        self.reached.vpc_id = balancer.vpc_id.as_str().into();
        self.save();
    }

    fn set_target_group(&mut self, group: &TargetGroup) {
        self.reached.target_group_arn = group.arn.as_str().into();
        self.reached.target_group_name = group.name.as_str().into();
        self.save();
    }

    pub(super) fn set_record(&mut self, record: Option<&WantedRecord>) {
        self.reached.fqdn = record.map(|record| record.fqdn.clone()).into();
        self.reached.hosted_zone_id = record.map(|record| record.zone_id.clone()).into();
        self.save();
    }

    pub(super) fn save(&self) {
        self.saved.save(&self.reached);
    }

    fn ownership(&self, kind: &'static str) -> Ownership {
        self.cx.data().ownership(&self.desired.cluster, kind)
    }

    fn all_tags(&self, ownership: &Ownership) -> Tags {
        self.desired
            .tags
            .clone()
            .into_iter()
            .chain(ownership.tags())
            .collect()
    }

    pub(super) fn wait(&self, what: String) -> Wait {
        wait(self.cx, what)
    }

    pub(super) fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| aws_error(self.doing, &error).into())
    }
}

/// A wait for as long as the operation may take.
pub(super) fn wait(cx: &Cx<Data>, what: String) -> Wait {
    let left = cx
        .deadline()
        .saturating_duration_since(tokio::time::Instant::now());
    // The text is different for each object, and that is all that a seed has to be.
    let seed = what
        .bytes()
        .fold(0_u64, |seed, byte| seed.rotate_left(7) ^ u64::from(byte));
    Wait::new(
        what,
        left,
        cx.stop(),
        Backoff::new(FIRST_LOOK, SLOWEST_LOOK, seed),
    )
}

/// A network load balancer is active after some minutes, a record in sync after half of one: a
/// second is soon enough for a first look, and ten seconds are no time lost.
const FIRST_LOOK: Duration = Duration::from_secs(1);
const SLOWEST_LOOK: Duration = Duration::from_secs(10);

/// The attributes that aren't yet as they should be.
fn differing(wanted: &Attributes, found: &Attributes) -> Attributes {
    wanted
        .iter()
        .filter(|(key, value)| found.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn unlike(doing: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        doing,
        format!(
            "\"{name}\" exists already, with settings that AWS can't change in place. If it is left \
             from an unfinished create, delete it. If it is about to be replaced, it must go first: \
             remove create_before_destroy, or change the name too."
        ),
    )
}
