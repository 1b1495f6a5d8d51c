//! Makes AWS have what is wanted of a load balancer: every part is found or made, then brought into
//! line. A create and an update take the same steps, so a create that was killed is finished by the
//! next.

use aws::elbv2::{
    Attributes, Elbv2, Listener, ListenerSpec, LoadBalancer, NewLoadBalancer, NewTargetGroup,
    TargetGroup,
};
use aws::ownership::{Claim, Ownership};
use aws::tags::{TagChanges, Tags};
use tfplug::{Attr, Cx, Diagnostic, Result, Saved};

use super::desired::LoadBalancerSpec;
use super::{HasBalancer, TargetGroupSpec, Type, Whole};
use crate::diagnostics::{aws_error, refusal};
use crate::provider::Data;
use crate::waits::wait;

/// One walk from what exists to what is planned.
#[derive(Debug)]
pub(crate) struct Walk<'a, M> {
    pub(crate) cx: &'a Cx<Data>,
    pub(crate) elb: &'a Elbv2,
    pub(crate) kind: &'static Type,
    /// What it is for, for the head of its errors.
    pub(crate) doing: &'static str,
    pub(crate) wanted: LoadBalancerSpec,
    /// What is reached so far: what Terraform will remember if a step fails.
    pub(crate) reached: M,
    saved: &'a Saved<M>,
    /// Parts whose tags are to be changed, each with the changes.
    tagging: Vec<(String, TagChanges)>,
}

impl<'a, M: HasBalancer> Walk<'a, M> {
    /// A walk to what is planned; `before` is the state that an update starts from.
    ///
    /// # Errors
    /// There is no way to AWS, or a value isn't known that must be.
    pub(crate) async fn to(
        plan: &M,
        kind: &'static Type,
        doing: &'static str,
        cx: &'a Cx<Data>,
        before: Option<&M>,
        saved: &'a Saved<M>,
    ) -> Result<Self> {
        let elb = cx
            .data()
            .clients()?
            .elbv2()
            .await
            .map_err(|error| aws_error(doing, &error))?;
        // Of what exists, the state tells what it was until a step has changed it.
        let reached = before.cloned().unwrap_or_else(|| {
            let mut reached = plan.clone();
            reached.change_balancer(|balancer| balancer.fqdn = Attr::Null);
            reached
        });
        Ok(Self {
            cx,
            elb,
            kind,
            doing,
            wanted: LoadBalancerSpec::of(&plan.balancer())?,
            reached,
            saved,
            tagging: Vec::new(),
        })
    }

    /// A load balancer of the wanted name, if it is ours to take.
    ///
    /// # Errors
    /// It isn't, or it can't become what is wanted.
    pub(crate) async fn find_load_balancer(&self) -> Result<Option<Whole<LoadBalancer>>> {
        let name = &self.wanted.name;
        let Some(found) = self.done(self.elb.load_balancer_by_name(name).await)? else {
            return Ok(None);
        };
        let (attributes, tags) = self.done(tokio::try_join!(
            self.elb.load_balancer_attributes(&found.arn),
            self.elb.tags(&found.arn)
        ))?;
        let tags = tags.unwrap_or_default();
        if let Claim::Refuse(why) = self.ownership(self.kind.load_balancer).claim(&tags) {
            let what = format!("A load balancer named \"{name}\"");
            let id = Some(found.arn.as_str());
            return Err(refusal(self.doing, &what, &why, self.kind.resource, id)
                .at("name")
                .into());
        }
        let loses_a_subnet = (found.subnets.iter())
            .any(|(zone, subnet)| self.wanted.subnets.get(zone) != Some(subnet));
        if found.internal != self.wanted.internal
            || found.load_balancer_type != "network"
            || loses_a_subnet
        {
            return Err(unlike(self.doing, name).into());
        }
        self.cx.data().claims.take_over(&found.arn);
        tracing::info!(arn = %found.arn, "taking over the load balancer of an unfinished create");
        Ok(Some((found, attributes.unwrap_or_default(), tags)))
    }

    /// Makes the load balancer, or brings the existing one into line.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn load_balancer(
        &mut self,
        existing: Option<Whole<LoadBalancer>>,
    ) -> Result<()> {
        let ownership = self.ownership(self.kind.load_balancer);
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
        let wanted = differing(&self.wanted.attributes, &attributes);
        if !wanted.is_empty() {
            let set = self
                .elb
                .set_load_balancer_attributes(&balancer.arn, &wanted)
                .await;
            self.done(set)?;
        }
        Ok(())
    }

    async fn create_load_balancer(&mut self, ownership: &Ownership) -> Result<LoadBalancer> {
        let new = NewLoadBalancer {
            name: self.wanted.name.clone(),
            internal: self.wanted.internal,
            ip_address_type: None,
            subnets: self.wanted.subnets.values().cloned().collect(),
            security_groups: self.wanted.security_groups.clone(),
            tags: self.all_tags(ownership),
        };
        let made = self.done(self.elb.create_load_balancer(&new).await)?;
        self.set_load_balancer(&made);
        Ok(made)
    }

    /// Subnets and security groups of a load balancer that exists.
    async fn bring_into_line(&mut self, found: &LoadBalancer) -> Result<()> {
        if found.subnets != self.wanted.subnets {
            let subnets: Vec<_> = self.wanted.subnets.values().cloned().collect();
            self.done(self.elb.set_subnets(&found.arn, &subnets).await)?;
        }
        let wanted = self.wanted.security_groups.iter().cloned().collect();
        if found.security_groups != wanted {
            let set = self
                .elb
                .set_security_groups(&found.arn, &self.wanted.security_groups)
                .await;
            self.done(set)?;
        }
        Ok(())
    }

    /// A target group of the wanted name, if it is ours to take.
    ///
    /// # Errors
    /// It isn't, or it can't become what is wanted.
    pub(crate) async fn find_target_group(
        &self,
        wanted: &TargetGroupSpec,
    ) -> Result<Option<Whole<TargetGroup>>> {
        let name = &wanted.name;
        let Some(found) = self.done(self.elb.target_group_by_name(name).await)? else {
            return Ok(None);
        };
        let (attributes, tags) = self.done(tokio::try_join!(
            self.elb.target_group_attributes(&found.arn),
            self.elb.tags(&found.arn)
        ))?;
        let tags = tags.unwrap_or_default();
        if let Claim::Refuse(why) = self.ownership(self.kind.target_group).claim(&tags) {
            let what = format!("A target group named \"{name}\"");
            let id = found.load_balancer_arns.first().map(String::as_str);
            return Err(refusal(self.doing, &what, &why, self.kind.resource, id)
                .at(wanted.named_by)
                .into());
        }
        if found.port != wanted.port || found.protocol != TARGET_PROTOCOL {
            return Err(unlike(self.doing, name).into());
        }
        self.cx.data().claims.take_over(&found.arn);
        Ok(Some((found, attributes.unwrap_or_default(), tags)))
    }

    /// Makes a target group, or brings the existing one into line. `note` puts it into what is
    /// reached, as soon as it is there.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn target_group(
        &mut self,
        wanted: &TargetGroupSpec,
        existing: Option<Whole<TargetGroup>>,
        note: impl FnOnce(&mut M, &TargetGroup),
    ) -> Result<TargetGroup> {
        let ownership = self.ownership(self.kind.target_group);
        let (group, attributes) = match existing {
            Some((group, attributes, tags)) => {
                note(&mut self.reached, &group);
                self.save();
                if group.health_check != wanted.health_check {
                    let check = &wanted.health_check;
                    self.done(self.elb.set_health_check(&group.arn, check).await)?;
                }
                self.tag(&group.arn, &tags, &ownership);
                (group, attributes)
            }
            None => {
                let made = self.create_target_group(wanted, &ownership).await?;
                note(&mut self.reached, &made);
                self.save();
                (made, Attributes::new())
            }
        };
        let wanted = differing(&wanted.attributes, &attributes);
        if !wanted.is_empty() {
            let set = self
                .elb
                .set_target_group_attributes(&group.arn, &wanted)
                .await;
            self.done(set)?;
        }
        Ok(group)
    }

    async fn create_target_group(
        &self,
        wanted: &TargetGroupSpec,
        ownership: &Ownership,
    ) -> Result<TargetGroup> {
        let new = NewTargetGroup {
            name: wanted.name.clone(),
            protocol: TARGET_PROTOCOL.to_owned(),
            port: wanted.port,
            vpc_id: self.reached.balancer().vpc_id.get("vpc_id")?.clone(),
            target_type: "instance".to_owned(),
            ip_address_type: None,
            health_check: wanted.health_check.clone(),
            tags: self.all_tags(ownership),
        };
        self.done(self.elb.create_target_group(&new).await)
    }

    /// Makes a listener of the load balancer, or brings the existing one into line. Returns its
    /// ARN. A listener is a part of a load balancer that is ours, so one on our port is ours too.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn listener(
        &mut self,
        wanted: &ListenerSpec,
        existing: Option<(Listener, Tags)>,
    ) -> Result<String> {
        let ownership = self.ownership(self.kind.listener);
        if let Some((found, tags)) = existing {
            if !wanted.is_met_by(&found) {
                self.done(self.elb.modify_listener(&found.arn, wanted).await)?;
            }
            self.tag(&found.arn, &tags, &ownership);
            return Ok(found.arn);
        }
        let balancer = self.reached.balancer();
        let balancer = balancer.arn.get("arn")?;
        let tags = self.all_tags(&ownership);
        let made = self.elb.create_listener(balancer, wanted, &tags).await;
        Ok(self.done(made)?.arn)
    }

    /// # Errors
    /// It doesn't come about, or not in time.
    pub(crate) async fn wait_until_active(&self) -> Result<()> {
        let balancer = self.reached.balancer();
        let what = format!("load balancer {} to be active", self.wanted.name);
        let wait = wait(self.cx, what);
        let arn = balancer.arn.get("arn")?;
        self.done(self.elb.wait_until_active(arn, wait).await)
            .map(drop)
    }

    /// The plan, with what AWS decided of the load balancer.
    pub(crate) fn finish(&self, mut plan: M) -> M {
        let reached = self.reached.balancer();
        plan.change_balancer(|plan| {
            plan.arn = reached.arn;
            plan.dns_name = reached.dns_name;
            plan.zone_id = reached.zone_id;
            plan.vpc_id = reached.vpc_id;
        });
        plan
    }

    /// Notes what a part's tags lack. They are written together.
    fn tag(&mut self, arn: &str, on_aws: &Tags, ownership: &Ownership) {
        let policy = self.cx.data().tags().cloned().unwrap_or_default();
        let changes = policy.changes(on_aws, &self.wanted.tags, &ownership.tags());
        if !changes.is_empty() {
            self.tagging.push((arn.to_owned(), changes));
        }
    }

    /// Writes the tags that are lacking, alike ones in one call.
    ///
    /// # Errors
    /// AWS refuses.
    pub(crate) async fn write_tags(&mut self) -> Result<()> {
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

    fn set_load_balancer(&mut self, found: &LoadBalancer) {
        self.reached
            .change_balancer(|balancer| balancer.set_made(found));
        self.save();
    }

    pub(crate) fn save(&self) {
        self.saved.save(&self.reached);
    }

    pub(crate) fn ownership(&self, kind: &'static str) -> Ownership {
        self.cx.data().ownership(&self.wanted.cluster, kind)
    }

    fn all_tags(&self, ownership: &Ownership) -> Tags {
        self.wanted
            .tags
            .clone()
            .into_iter()
            .chain(ownership.tags())
            .collect()
    }

    pub(crate) fn done<T>(&self, result: Result<T, aws::Error>) -> Result<T> {
        result.map_err(|error| aws_error(self.doing, &error).into())
    }
}

/// Load balancers may end TLS, but speak TCP to nodes: what is encrypted up to a node is none of
/// their business.
const TARGET_PROTOCOL: &str = "TCP";

/// The attributes that aren't yet as they should be.
fn differing(wanted: &Attributes, found: &Attributes) -> Attributes {
    wanted
        .iter()
        .filter(|(key, value)| found.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// What stands under a wanted name can't become what is wanted.
pub(crate) fn unlike(doing: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        doing,
        format!(
            "\"{name}\" exists already, with settings that AWS can't change in place. If it is left \
             from an unfinished create, delete it. If it is about to be replaced, it must go first: \
             remove create_before_destroy, or change the name too."
        ),
    )
}
