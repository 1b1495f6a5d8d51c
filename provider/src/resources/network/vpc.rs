//! The VPC and its internet gateway: found or made, and attached. AWS knows neither by a name or a
//! token.

use aws::ec2::{InternetGateway, Vpc, VpcDns};
use tfplug::{Diagnostic, Result};

use super::converge::Converge;
use super::outside::Marked;
use super::part::Part;
use super::preflight::own_vpc;
use super::settling::bears;
use crate::diagnostics::aws_error;

impl Converge<'_> {
    pub(super) async fn vpc(&mut self) -> Result<()> {
        let vpc = match self.there.vpc.clone() {
            Some(vpc) => vpc,
            None => self.create_vpc().await?,
        };
        self.save();
        let dns = match self.there.dns {
            Some(dns) => dns,
            // AWS makes VPCs with a name server and without host names.
            None => VpcDns {
                support: true,
                host_names: false,
            },
        };
        if !dns.support {
            self.settled(async || self.ec2.enable_dns_support(&vpc.id).await)
                .await?;
        }
        if !dns.host_names {
            self.settled(async || self.ec2.enable_dns_host_names(&vpc.id).await)
                .await?;
        }
        Ok(())
    }

    async fn create_vpc(&mut self) -> Result<Vpc> {
        let cluster = self.desired.cluster.clone();
        let tags = self.tags_of(Part::Vpc, None, "");
        let made = self.ec2.create_vpc(&self.desired.cidr_block, &tags).await;
        // Without an owner, a VPC whose id isn't known can't be told from another's.
        let made = self.possibly(made, self.has_owner())?;
        if let Ok(vpc) = &made {
            self.there.vpc = Some(vpc.clone());
            self.save();
        }
        let what = format!("the VPC of cluster {cluster} to be seen");
        let found = self
            .until_seen(what, &made, async || {
                let found = self.ec2.vpcs_of_cluster(&cluster).await?;
                let is_seen = found.iter().any(|vpc| match &made {
                    Ok(made) => vpc.id == made.id,
                    Err(_) => bears(&vpc.tags, &tags),
                });
                Ok(is_seen.then_some(found))
            })
            .await?;
        let (new, others): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|vpc| made.as_ref().is_ok_and(|made| vpc.id == made.id));
        // Without an owner, another one is anybody's.
        let other = match self.has_owner() {
            true => own_vpc(self.cx.data(), &cluster, others, self.doing)?,
            false => None,
        };
        let Some(other) = other else {
            let vpc = new.into_iter().next();
            let vpc = vpc.ok_or_else(|| Diagnostic::bug("A VPC that was seen is not there."))?;
            self.there.vpc = Some(vpc.clone());
            return Ok(vpc);
        };
        // What an earlier create made, and the look before this one didn't show yet. It may have parts,
        // the new one hasn't.
        for new in new {
            tracing::warn!(new = %new.id, older = %other.id, "made twice: the new VPC goes");
            self.done(self.ec2.delete_vpc(&new.id).await)?;
        }
        self.there.vpc = None;
        self.take_vpc(other.clone()).await?;
        self.find_outside().await?;
        Ok(other)
    }

    pub(super) async fn internet_gateway(&mut self) -> Result<()> {
        let vpc_id = self.vpc_id()?;
        let mut gateway = match self.there.internet_gateway.take() {
            Some(gateway) => gateway,
            None => self.create_internet_gateway(&vpc_id).await?,
        };
        self.there.internet_gateway = Some(gateway.clone());
        self.save();
        if gateway.vpc_id.is_none() {
            let attach = async || self.ec2.attach_internet_gateway(&gateway.id, &vpc_id).await;
            match self.settled_or(attach).await {
                // Also if the answer to a first try got lost.
                Err(error) if error.code() == Some("Resource.AlreadyAssociated") => {
                    let found = self.done(self.ec2.internet_gateway_of(&vpc_id).await)?;
                    if found.is_none_or(|found| found.id != gateway.id) {
                        return Err(aws_error(self.doing, &error).into());
                    }
                }
                other => self.done(other)?,
            }
            gateway.vpc_id = Some(vpc_id);
            self.there.internet_gateway = Some(gateway);
        }
        Ok(())
    }

    async fn create_internet_gateway(&mut self, vpc_id: &str) -> Result<InternetGateway> {
        let cluster = self.desired.cluster.clone();
        let tags = self.tags_of(Part::InternetGateway, None, vpc_id);
        let made = self.ec2.create_internet_gateway(&tags).await;
        let made = self.possibly(made, true)?;
        if let Ok(gateway) = &made {
            self.there.internet_gateway = Some(gateway.clone());
            self.save();
        }
        let what = format!("the internet gateway of {vpc_id} to be seen");
        let (gateway, found) = self
            .until_seen(what, &made, async || {
                let found = self.ec2.internet_gateways_of_cluster(&cluster).await?;
                let seen = found.iter().find(|gateway| match &made {
                    Ok(made) => gateway.id == made.id,
                    Err(_) => bears(&gateway.tags, &tags),
                });
                Ok(seen.cloned().map(|gateway| (gateway, found)))
            })
            .await?;
        // Others are what an earlier create made, and the look before this one didn't show yet.
        self.there.internet_gateway = Some(gateway.clone());
        self.note_surplus(Marked {
            gateways: found,
            ..Marked::default()
        });
        Ok(gateway)
    }
}
