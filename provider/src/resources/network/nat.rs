//! The NAT gateways and their addresses: found or made, and waited for.

use std::collections::BTreeMap;

use aws::ec2::{Address, NatGateway, NatGatewayState};
use aws::wait::Progress;
use tfplug::Result;

use super::converge::Converge;
use super::outside::Marked;
use super::part::Part;
use super::settling::bears;
use crate::waits;

impl Converge<'_> {
    /// An address for each NAT gateway.
    pub(super) async fn addresses(&mut self) -> Result<()> {
        let vpc_id = self.vpc_id()?;
        let zones: Vec<_> = self.desired.nat_zones.iter().cloned().collect();
        let mut made = BTreeMap::new();
        for zone in zones {
            if self.there.addresses.contains_key(&zone) {
                continue;
            }
            if let Some(id) = self.allocate_address(&zone, &vpc_id).await? {
                made.insert(zone, id);
            }
        }
        self.until_addresses_are_seen(&made).await
    }

    /// Returns the new address's id, unless its answer got lost and it was found all the same.
    async fn allocate_address(&mut self, zone: &str, vpc_id: &str) -> Result<Option<String>> {
        let cluster = self.desired.cluster.clone();
        let tags = self.tags_of(Part::NatAddress, Some(zone), vpc_id);
        let made = self.ec2.allocate_address(&tags).await;
        let lost = match self.possibly(made, true)? {
            Ok(allocation_id) => {
                let address = Address {
                    allocation_id: allocation_id.clone(),
                    public_ip: String::new(),
                    is_associated: false,
                    tags,
                };
                self.there.addresses.insert(zone.to_owned(), address);
                self.save();
                return Ok(Some(allocation_id));
            }
            Err(lost) => Err::<(), _>(lost),
        };
        let what = format!("the address for the NAT gateway in {zone} to be seen");
        let (address, found) = self
            .until_seen(what, &lost, async || {
                let found = self.ec2.addresses_of_cluster(&cluster).await?;
                let seen = found.iter().find(|found| bears(&found.tags, &tags));
                Ok(seen.cloned().map(|address| (address, found)))
            })
            .await?;
        self.there.addresses.insert(zone.to_owned(), address);
        self.note_surplus(Marked {
            addresses: found,
            ..Marked::default()
        });
        self.save();
        Ok(None)
    }

    /// Waits until AWS shows the addresses that were just made, by zone, and with them what they are.
    async fn until_addresses_are_seen(&mut self, made: &BTreeMap<String, String>) -> Result<()> {
        if made.is_empty() {
            return Ok(());
        }
        let cluster = self.desired.cluster.clone();
        let ids: Vec<&str> = made.values().map(String::as_str).collect();
        let what = format!("addresses {} to be seen", ids.join(", "));
        let (seen, found) = self
            .until_seen(what, &Ok(()), async || {
                let found = self.ec2.addresses_of_cluster(&cluster).await?;
                let of = |id: &String| found.iter().find(|one| one.allocation_id == *id).cloned();
                let all = made.iter().map(|(zone, id)| Some((zone.clone(), of(id)?)));
                let all = all.collect::<Option<BTreeMap<_, _>>>();
                Ok(all.map(|seen| (seen, found)))
            })
            .await?;
        self.there.addresses.extend(seen);
        // Others are what an earlier create made, and the look before this one didn't show yet.
        self.note_surplus(Marked {
            addresses: found,
            ..Marked::default()
        });
        self.save();
        Ok(())
    }

    pub(super) async fn nat_gateways(&mut self) -> Result<()> {
        let vpc_id = self.vpc_id()?;
        let zones: Vec<_> = self.desired.nat_zones.iter().cloned().collect();
        for zone in zones {
            let (Some(subnet), Some(address)) = (
                self.there.public_subnets.get(&zone),
                self.there.addresses.get(&zone),
            ) else {
                continue;
            };
            if self.there.nat_gateways.contains_key(&zone) {
                continue;
            }
            let tags = self.tags_of(Part::NatGateway, Some(&zone), &vpc_id);
            let (subnet_id, allocation_id) = (subnet.id.clone(), address.allocation_id.clone());
            let id = self
                .settled(async || {
                    let ec2 = self.ec2;
                    ec2.create_nat_gateway(&subnet_id, &allocation_id, &tags)
                        .await
                })
                .await?;
            let gateway = NatGateway {
                id,
                vpc_id: vpc_id.clone(),
                subnet_id: Some(subnet_id),
                state: NatGatewayState::Pending,
                allocation_id: Some(allocation_id),
                network_interface_ids: Vec::new(),
                tags,
            };
            self.there.nat_gateways.insert(zone, gateway);
            self.save();
        }
        Ok(())
    }

    /// Routes can lead to a NAT gateway as soon as it is available.
    pub(super) async fn wait_for_nat_gateways(&mut self) -> Result<()> {
        let pending: Vec<_> = self
            .there
            .nat_gateways
            .values()
            .filter(|gateway| gateway.state == NatGatewayState::Pending)
            .map(|gateway| gateway.id.clone())
            .collect();
        if pending.is_empty() {
            return Ok(());
        }
        let vpc_id = self.vpc_id()?;
        let what = format!("NAT gateways {} to be available", pending.join(", "));
        let wait = waits::wait(self.cx, what);
        let available = wait.until(async || {
            let found = self.ec2.nat_gateways_of(&vpc_id).await?;
            let mut missing = Vec::new();
            for id in &pending {
                match found.iter().find(|gateway| gateway.id == *id) {
                    Some(gateway) => match &gateway.state {
                        NatGatewayState::Available => {}
                        NatGatewayState::Failed(reason) => {
                            return Ok(Progress::Failed(format!(
                                "{id} could not be made: {reason}"
                            )));
                        }
                        NatGatewayState::Deleting | NatGatewayState::Deleted => {
                            return Ok(Progress::Failed(format!("{id} was deleted")));
                        }
                        _ => missing.push(format!("{id} pending")),
                    },
                    None => missing.push(format!("{id} not seen")),
                }
            }
            Ok(if missing.is_empty() {
                Progress::Done(())
            } else {
                Progress::Pending(missing.join(", "))
            })
        });
        self.done(available.await)?;
        for gateway in self.there.nat_gateways.values_mut() {
            gateway.state = NatGatewayState::Available;
        }
        Ok(())
    }
}
