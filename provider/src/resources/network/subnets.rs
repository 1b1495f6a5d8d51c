//! The subnets: found or made, each known by its block.

use aws::ec2::{NewSubnet, Subnet};
use tfplug::Result;

use super::converge::Converge;
use super::part::Part;
use super::settling::bears;
use crate::diagnostics::aws_error;

impl Converge<'_> {
    pub(super) async fn subnets(&mut self) -> Result<()> {
        let (public, private) = (
            self.desired.public_blocks.clone(),
            self.desired.private_blocks.clone(),
        );
        for (zone, block) in &private {
            if !self.there.private_subnets.contains_key(zone) {
                let made = self.create_subnet(Part::PrivateSubnet, zone, block).await?;
                self.there.private_subnets.insert(zone.clone(), made);
                self.save();
            }
        }
        for (zone, block) in &public {
            if !self.there.public_subnets.contains_key(zone) {
                let made = self.create_subnet(Part::PublicSubnet, zone, block).await?;
                self.there.public_subnets.insert(zone.clone(), made);
                self.save();
            }
        }
        Ok(())
    }

    async fn create_subnet(&self, part: Part, zone: &str, block: &str) -> Result<Subnet> {
        let vpc_id = self.vpc_id()?;
        let new = NewSubnet {
            tags: self.tags_of(part, Some(zone), &vpc_id),
            vpc_id,
            availability_zone: zone.to_owned(),
            cidr_block: block.to_owned(),
        };
        let create = async || self.ec2.create_subnet(&new).await;
        let error = match self.settled_or(create).await {
            Ok(made) => return Ok(made),
            Err(error) => error,
        };
        if error.code() == Some("InvalidSubnet.Conflict") {
            // Its block is its name: one that bears our marks was made by a call whose answer got
            // lost.
            let found = self.done(self.ec2.subnets_of(&new.vpc_id).await)?;
            let ours = found.into_iter().find(|subnet| {
                subnet.cidr_block.as_deref() == Some(block)
                    && subnet.availability_zone == zone
                    && bears(&subnet.tags, &new.tags)
            });
            if let Some(ours) = ours {
                return Ok(ours);
            }
        }
        Err(aws_error(self.doing, &error).into())
    }

    pub(super) async fn public_ips(&mut self) -> Result<()> {
        let wanted = self.desired.map_public_ip_on_launch;
        let zones: Vec<_> = self.desired.zones().cloned().collect();
        for zone in zones {
            let Some(subnet) = self.there.public_subnets.get_mut(&zone) else {
                continue;
            };
            if subnet.map_public_ip_on_launch == wanted {
                continue;
            }
            subnet.map_public_ip_on_launch = wanted;
            let id = subnet.id.clone();
            self.settled(async || self.ec2.set_map_public_ip_on_launch(&id, wanted).await)
                .await?;
        }
        Ok(())
    }
}
