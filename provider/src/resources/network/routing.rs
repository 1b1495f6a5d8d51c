//! The ways out: which subnet uses which route table, and where its default route leads.

use aws::ec2::{DefaultRoute, RouteTable, RouteTarget, Subnet};
use aws::wait::Progress;
use tfplug::Result;

use super::converge::Converge;
use super::part::Part;
use crate::diagnostics::aws_error;
use crate::waits;

impl Converge<'_> {
    /// The public subnets' table, and one for each private subnet.
    pub(super) async fn route_tables(&mut self) -> Result<()> {
        let mut made = Vec::new();
        if self.there.public_table.is_none() {
            let table = self.create_table(Part::PublicRouteTable, None).await?;
            made.push(table.id.clone());
            self.there.public_table = Some(table);
            self.save();
        }
        let zones: Vec<_> = self.desired.zones().cloned().collect();
        for zone in &zones {
            if !self.there.private_tables.contains_key(zone) {
                let part = Part::PrivateRouteTable;
                let table = self.create_table(part, Some(zone)).await?;
                made.push(table.id.clone());
                self.there.private_tables.insert(zone.clone(), table);
                self.save();
            }
        }
        if !made.is_empty() {
            self.wait_for_tables(made).await?;
        }
        for zone in &zones {
            let (there, table) = (&self.there, self.there.public_table.clone());
            let public = table.zip(there.public_subnets.get(zone).cloned());
            let table = there.private_tables.get(zone).cloned();
            let private = table.zip(there.private_subnets.get(zone).cloned());
            if let Some((table, subnet)) = public {
                self.there.public_table = Some(self.used_by(table, &subnet).await?);
            }
            if let Some((table, subnet)) = private {
                let table = self.used_by(table, &subnet).await?;
                self.there.private_tables.insert(zone.clone(), table);
            }
        }
        Ok(())
    }

    async fn create_table(&self, part: Part, zone: Option<&str>) -> Result<RouteTable> {
        let vpc_id = self.vpc_id()?;
        let tags = self.tags_of(part, zone, &vpc_id);
        self.settled(async || self.ec2.create_route_table(&vpc_id, &tags).await)
            .await
    }

    /// Waits until AWS shows what was made, so that no create can overlook it. It may then also show what
    /// this one has overlooked.
    async fn wait_for_tables(&mut self, made: Vec<String>) -> Result<()> {
        let vpc_id = self.vpc_id()?;
        let what = format!("route tables of {vpc_id} to be seen");
        let wait = waits::wait_at_most(self.cx, what, waits::SETTLING);
        let seen = wait.until(async || {
            let found = self.ec2.route_tables_of(&vpc_id).await?;
            let mut missing = made
                .iter()
                .filter(|id| !found.iter().any(|table| table.id == **id));
            Ok(match missing.next() {
                None => Progress::Done(found.clone()),
                Some(id) => Progress::Pending(format!("no {id}")),
            })
        });
        let found = self.done(seen.await)?;
        let cluster = &self.desired.cluster;
        self.there.note_surplus_tables(cluster, &found);
        Ok(())
    }

    /// The table, used by the subnet.
    async fn used_by(&self, mut table: RouteTable, subnet: &Subnet) -> Result<RouteTable> {
        if table.associations.contains_key(&subnet.id) {
            return Ok(table);
        }
        let association = match self.association_elsewhere(&self.there.all_tables, subnet) {
            Some(other) => self.replace_association(&other, &table, subnet).await?,
            None => {
                let associate =
                    async || self.ec2.associate_route_table(&table.id, &subnet.id).await;
                match self.settled_or(associate).await {
                    // Also if the answer to a first try got lost.
                    Err(error) if error.code() == Some("Resource.AlreadyAssociated") => {
                        self.reassociate(&table, subnet).await?
                    }
                    other => self.done(other)?,
                }
            }
        };
        table.associations.insert(subnet.id.clone(), association);
        Ok(table)
    }

    fn association_elsewhere(&self, tables: &[RouteTable], subnet: &Subnet) -> Option<String> {
        let mut associations = tables
            .iter()
            .filter_map(|table| table.associations.get(&subnet.id));
        associations.next().cloned()
    }

    /// Finds out what a subnet uses by now, and changes that if need be.
    async fn reassociate(&self, table: &RouteTable, subnet: &Subnet) -> Result<String> {
        let found = self.done(self.ec2.route_tables_of(&table.vpc_id).await)?;
        let here = found.iter().find(|found| found.id == table.id);
        if let Some(association) = here.and_then(|table| table.associations.get(&subnet.id)) {
            return Ok(association.clone());
        }
        match self.association_elsewhere(&found, subnet) {
            Some(other) => {
                let replace = self
                    .ec2
                    .replace_route_table_association(&other, &table.id)
                    .await;
                self.done(replace)
            }
            None => {
                let associate = self.ec2.associate_route_table(&table.id, &subnet.id).await;
                self.done(associate)
            }
        }
    }

    async fn replace_association(
        &self,
        association: &str,
        table: &RouteTable,
        subnet: &Subnet,
    ) -> Result<String> {
        let replaced = self
            .ec2
            .replace_route_table_association(association, &table.id)
            .await;
        match replaced {
            // An association that is replaced gets another id: a first try may have done it.
            Err(error) if error.is_not_found() => self.reassociate(table, subnet).await,
            other => self.done(other),
        }
    }

    /// Where the tables lead. Without NAT gateways, private tables lead where users want.
    pub(super) async fn default_routes(&mut self) -> Result<()> {
        let gateway = self.there.internet_gateway.as_ref();
        let target = gateway.map(|gateway| RouteTarget::InternetGateway(gateway.id.clone()));
        if let (Some(table), Some(target)) = (self.there.public_table.clone(), target) {
            self.there.public_table = Some(self.leading_to(table, &target).await?);
        }
        let zones: Vec<_> = self.desired.zones().cloned().collect();
        for zone in zones {
            let Some(table) = self.there.private_tables.get(&zone).cloned() else {
                continue;
            };
            let nat_zone = self.desired.nat_zone_of(&zone);
            let gateway = nat_zone.and_then(|zone| self.there.nat_gateways.get(zone));
            let target = gateway.map(|gateway| RouteTarget::NatGateway(gateway.id.clone()));
            let table = match target {
                Some(target) => self.leading_to(table, &target).await?,
                None => self.leading_nowhere(table).await?,
            };
            self.there.private_tables.insert(zone, table);
        }
        self.save();
        Ok(())
    }

    async fn leading_to(&self, mut table: RouteTable, target: &RouteTarget) -> Result<RouteTable> {
        let replace = async || self.ec2.replace_default_route(&table.id, target).await;
        match &table.default_route {
            Some(route) if route.target == target.id() => {}
            Some(_) => self.settled(replace).await?,
            None => {
                let create = async || self.ec2.create_default_route(&table.id, target).await;
                match self.settled_or(create).await {
                    // Also if the answer to a first try got lost.
                    Err(error) if error.code() == Some("RouteAlreadyExists") => {
                        self.settled(replace).await?;
                    }
                    other => self.done(other)?,
                }
            }
        }
        table.default_route = Some(DefaultRoute {
            target: target.id().to_owned(),
            is_blackhole: false,
        });
        Ok(table)
    }

    /// Takes a route away that leads to a NAT gateway of ours, or to one that is gone.
    async fn leading_nowhere(&self, mut table: RouteTable) -> Result<RouteTable> {
        let is_ours = table.default_route.as_ref().is_some_and(|route| {
            let mut gateways = self.there.nat_gateways.values();
            let is_gone = route.is_blackhole && route.target.starts_with("nat-");
            is_gone || gateways.any(|gateway| gateway.id == route.target)
        });
        if is_ours {
            let deleted = self.ec2.delete_default_route(&table.id).await;
            deleted.map_err(|error| aws_error(self.doing, &error))?;
            table.default_route = None;
        }
        Ok(table)
    }
}
