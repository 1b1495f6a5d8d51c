//! Route tables: their default routes, and the subnets that use them.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;
use aws_sdk_ec2::operation::create_route::builders::CreateRouteFluentBuilder;
use aws_sdk_ec2::operation::replace_route::builders::ReplaceRouteFluentBuilder;
use aws_sdk_ec2::types::{ResourceType, Route, RouteState, RouteTable as SdkTable};

use super::{Ec2, SERVICE, by, tagging};
use crate::error::Error;
use crate::tags::Tags;

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteTable {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Whether it is the VPC's main one, which AWS made and subnets without another use.
    pub is_main: bool,
    /// The ids of the associations with subnets, by the subnets' ids.
    pub associations: BTreeMap<String, String>,
    /// Where `0.0.0.0/0` leads, if it is routed.
    pub default_route: Option<DefaultRoute>,
    /// Its tags.
    pub tags: Tags,
}

/// Where a default route leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultRoute {
    /// Id of the gateway or whatever else it leads to.
    pub target: String,
    /// Whether the target is gone or detached.
    pub is_blackhole: bool,
}

/// Where a default route is to lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteTarget {
    /// An internet gateway.
    InternetGateway(String),
    /// A NAT gateway.
    NatGateway(String),
}

impl RouteTarget {
    /// The gateway's id.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::InternetGateway(id) | Self::NatGateway(id) => id,
        }
    }
}

/// All addresses of IPv4.
const ANYWHERE: &str = "0.0.0.0/0";

impl Ec2 {
    /// All route tables of a VPC.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn route_tables_of(&self, vpc_id: &str) -> Result<Vec<RouteTable>, Error> {
        let found = self.route_tables_by_vpc.get(vpc_id.to_owned()).await?;
        Ok(found.unwrap_or_default())
    }

    /// Makes a route table. A client token makes repetitions harmless.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn create_route_table(&self, vpc_id: &str, tags: &Tags) -> Result<RouteTable, Error> {
        let operation = "CreateRouteTable";
        // The SDK makes the client token.
        let request = self
            .client
            .create_route_table()
            .vpc_id(vpc_id)
            .set_tag_specifications(tagging::specification(ResourceType::RouteTable, tags));
        let answer = request.send().await;
        let answer = answer.map_err(|error| Error::call(SERVICE, operation, vpc_id, error))?;
        let made = answer.route_table.and_then(table);
        made.ok_or_else(|| Error::lacking(SERVICE, operation, vpc_id, "route table"))
    }

    /// Makes the default route.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `RouteAlreadyExists` if there is one.
    pub async fn create_default_route(
        &self,
        table_id: &str,
        target: &RouteTarget,
    ) -> Result<(), Error> {
        let request = self.client.create_route().route_table_id(table_id);
        let request = request.destination_cidr_block(ANYWHERE);
        let request = match target {
            RouteTarget::InternetGateway(id) => CreateRouteFluentBuilder::gateway_id(request, id),
            RouteTarget::NatGateway(id) => request.nat_gateway_id(id),
        };
        let about = || format!("{} of {table_id}", target.id());
        let answer = request.send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "CreateRoute", about(), error))
    }

    /// Makes the default route that exists lead elsewhere.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn replace_default_route(
        &self,
        table_id: &str,
        target: &RouteTarget,
    ) -> Result<(), Error> {
        let request = self.client.replace_route().route_table_id(table_id);
        let request = request.destination_cidr_block(ANYWHERE);
        let request = match target {
            RouteTarget::InternetGateway(id) => ReplaceRouteFluentBuilder::gateway_id(request, id),
            RouteTarget::NatGateway(id) => request.nat_gateway_id(id),
        };
        let about = || format!("{} of {table_id}", target.id());
        let answer = request.send().await;
        answer
            .map(drop)
            .map_err(|error| Error::call(SERVICE, "ReplaceRoute", about(), error))
    }

    /// Removes the default route.
    ///
    /// # Errors
    ///
    /// When AWS refuses.
    pub async fn delete_default_route(&self, table_id: &str) -> Result<(), Error> {
        let request = self.client.delete_route().route_table_id(table_id);
        let answer = request.destination_cidr_block(ANYWHERE).send().await;
        let deleted = answer.map_err(|error| Error::call(SERVICE, "DeleteRoute", table_id, error));
        super::or_gone(deleted.map(drop))
    }

    /// Makes a subnet use a route table, and returns the association's id.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `Resource.AlreadyAssociated` if it uses one already.
    pub async fn associate_route_table(
        &self,
        table_id: &str,
        subnet_id: &str,
    ) -> Result<String, Error> {
        let operation = "AssociateRouteTable";
        let request = self.client.associate_route_table();
        let answer = request.route_table_id(table_id).subnet_id(subnet_id).send();
        let about = || format!("{table_id} with {subnet_id}");
        let answer = answer
            .await
            .map_err(|error| Error::call(SERVICE, operation, about(), error))?;
        let id = answer.association_id;
        id.ok_or_else(|| Error::lacking(SERVICE, operation, about(), "id"))
    }

    /// Makes a subnet use another route table than it does by this association, and returns the
    /// new association's id.
    ///
    /// # Errors
    ///
    /// When AWS refuses: as not found if the association has been replaced already.
    pub async fn replace_route_table_association(
        &self,
        association_id: &str,
        table_id: &str,
    ) -> Result<String, Error> {
        let operation = "ReplaceRouteTableAssociation";
        let request = self.client.replace_route_table_association();
        let request = request.association_id(association_id);
        let answer = request.route_table_id(table_id).send().await;
        let about = || format!("{table_id} by {association_id}");
        let answer = answer.map_err(|error| Error::call(SERVICE, operation, about(), error))?;
        let id = answer.new_association_id;
        id.ok_or_else(|| Error::lacking(SERVICE, operation, about(), "id"))
    }

    /// Deletes a route table that no subnet uses.
    ///
    /// # Errors
    ///
    /// When AWS refuses: with code `DependencyViolation` while a subnet uses it.
    pub async fn delete_route_table(&self, id: &str) -> Result<(), Error> {
        let answer = self.client.delete_route_table().route_table_id(id).send();
        let deleted = answer
            .await
            .map_err(|error| Error::call(SERVICE, "DeleteRouteTable", id, error));
        super::or_gone(deleted.map(drop))
    }
}

fn table(found: SdkTable) -> Option<RouteTable> {
    let associations = found.associations.unwrap_or_default();
    let is_main = associations.iter().any(|one| one.main == Some(true));
    let with_subnet = associations
        .into_iter()
        .filter_map(|one| Some((one.subnet_id?, one.route_table_association_id?)));
    let routes = found.routes.unwrap_or_default();
    let default_route = routes
        .into_iter()
        .find(|route| route.destination_cidr_block.as_deref() == Some(ANYWHERE))
        .map(route);
    Some(RouteTable {
        id: found.route_table_id?,
        vpc_id: found.vpc_id?,
        is_main,
        associations: with_subnet.collect(),
        default_route,
        tags: tagging::from_sdk(found.tags),
    })
}

fn route(found: Route) -> DefaultRoute {
    let targets = [
        found.gateway_id,
        found.nat_gateway_id,
        found.transit_gateway_id,
        found.vpc_peering_connection_id,
        found.local_gateway_id,
        found.carrier_gateway_id,
        found.core_network_arn,
        found.instance_id,
        found.network_interface_id,
    ];
    let target = targets.into_iter().flatten().find(|id| !id.is_empty());
    DefaultRoute {
        target: target.unwrap_or_default(),
        is_blackhole: found.state == Some(RouteState::Blackhole),
    }
}

pub(super) async fn by_vpc(
    client: Client,
    vpc_ids: Vec<String>,
) -> Result<BTreeMap<String, Vec<RouteTable>>, Error> {
    let about = vpc_ids.join(", ");
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let request = client
        .describe_route_tables()
        .filters(by("vpc-id", &vpc_ids));
    let mut pages = request.into_paginator().send();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| Error::call(SERVICE, "DescribeRouteTables", &about, error))?;
        let tables = page.route_tables.unwrap_or_default().into_iter();
        for one in tables.filter_map(table) {
            found.entry(one.vpc_id.clone()).or_default().push(one);
        }
    }
    Ok(found)
}
