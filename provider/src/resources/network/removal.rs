//! Takes parts of a network away. What still uses a part is waited for, and named if it doesn't go.

use aws::ec2::{Address, Ec2, InternetGateway, NatGateway, NatGatewayState, RouteTable, Subnet};
use aws::wait::Progress;
use tfplug::Cx;

use crate::diagnostics::aws_error;
use crate::holders::{interfaces, until_free};
use crate::provider::Data;
use crate::waits;

/// Removes parts for one operation.
///
/// What holds on to a VPC or a route table when its subnets are gone doesn't go by itself. AWS may
/// only not have noticed that it did, so those are waited for as long as AWS takes to settle.
pub(super) struct Removal<'a> {
    pub(super) cx: &'a Cx<Data>,
    pub(super) ec2: &'a Ec2,
    pub(super) doing: &'static str,
}

impl Removal<'_> {
    /// Deletes NAT gateways, and waits until they have let go of their subnets and addresses.
    pub(super) async fn nat_gateways(
        &self,
        vpc_id: &str,
        gateways: &[NatGateway],
    ) -> tfplug::Result<()> {
        let ids: Vec<&str> = gateways.iter().map(|gateway| gateway.id.as_str()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        for id in &ids {
            self.done(self.ec2.delete_nat_gateway(id).await)?;
        }
        let what = format!("NAT gateways {} to be gone", ids.join(", "));
        let gone = waits::wait(self.cx, what).until(async || {
            let found = self.ec2.nat_gateways_of(vpc_id).await?;
            let left: Vec<_> = found
                .iter()
                .filter(|gateway| gateway.state != NatGatewayState::Deleted)
                .filter(|gateway| ids.contains(&gateway.id.as_str()))
                .map(|gateway| format!("{} deleting", gateway.id))
                .collect();
            Ok(if left.is_empty() {
                Progress::Done(())
            } else {
                Progress::Pending(left.join(", "))
            })
        });
        self.done(gone.await)
    }

    pub(super) async fn addresses(&self, addresses: &[Address]) -> tfplug::Result<()> {
        for address in addresses {
            let id = &address.allocation_id;
            let wait = waits::wait(self.cx, format!("address {id} to be free"));
            let released = wait.until(async || match self.ec2.release_address(id).await {
                Err(error) if error.code() == Some("InvalidIPAddress.InUse") => {
                    Ok(Progress::Pending("in use".to_owned()))
                }
                other => other.map(Progress::Done),
            });
            self.done(released.await)?;
        }
        Ok(())
    }

    pub(super) async fn subnets(&self, subnets: &[Subnet]) -> tfplug::Result<()> {
        for Subnet { id, .. } in subnets {
            let wait = waits::wait(self.cx, format!("subnet {id} to be unused"));
            let holders = async || Ok(interfaces(&self.ec2.network_interfaces_in(id).await?));
            let delete = async || self.ec2.delete_subnet(id).await;
            self.done(until_free(wait, delete, holders).await)?;
        }
        Ok(())
    }

    pub(super) async fn route_tables(&self, tables: &[RouteTable]) -> tfplug::Result<()> {
        for RouteTable { id, vpc_id, .. } in tables {
            let what = format!("route table {id} to be unused");
            let wait = waits::wait_at_most(self.cx, what, waits::SETTLING);
            let holders = async || {
                let found = self.ec2.route_tables_of(vpc_id).await?;
                let table = found.into_iter().find(|table| table.id == *id);
                let users = table.map(|table| table.associations.into_keys().collect());
                Ok(users.unwrap_or_default())
            };
            let delete = async || self.ec2.delete_route_table(id).await;
            self.done(until_free(wait, delete, holders).await)?;
        }
        Ok(())
    }

    pub(super) async fn internet_gateways(
        &self,
        vpc_id: &str,
        gateways: &[InternetGateway],
    ) -> tfplug::Result<()> {
        for gateway in gateways {
            let id = &gateway.id;
            if gateway.vpc_id.is_some() {
                let what = format!("internet gateway {id} to be unused");
                let holders =
                    async || Ok(interfaces(&self.ec2.network_interfaces_of(vpc_id).await?));
                let detach = async || self.ec2.detach_internet_gateway(id, vpc_id).await;
                let wait = waits::wait(self.cx, what);
                self.done(until_free(wait, detach, holders).await)?;
            }
            self.done(self.ec2.delete_internet_gateway(id).await)?;
        }
        Ok(())
    }

    pub(super) async fn vpc(&self, id: &str) -> tfplug::Result<()> {
        let what = format!("VPC {id} to be unused");
        let wait = waits::wait_at_most(self.cx, what, waits::SETTLING);
        let holders = async || {
            let (subnets, groups) =
                tokio::try_join!(self.ec2.subnets_of(id), self.ec2.security_groups_of(id))?;
            let subnets = subnets.into_iter().map(|subnet| subnet.id);
            // AWS made that one, and it goes with the VPC.
            let groups = groups.into_iter().filter(|group| group.name != "default");
            let groups = groups.map(|group| format!("{} ({})", group.id, group.name));
            Ok(subnets.chain(groups).collect())
        };
        let delete = async || self.ec2.delete_vpc(id).await;
        self.done(until_free(wait, delete, holders).await)
    }

    fn done<T>(&self, result: Result<T, aws::Error>) -> tfplug::Result<T> {
        result.map_err(|error| aws_error(self.doing, &error).into())
    }
}
