//! Parts that AWS keeps by no VPC: an internet gateway that isn't attached yet, addresses that no
//! gateway has yet. Only their marks tell whose they are.

use aws::Clients;
use aws::ec2::{Address, Ec2, InternetGateway};
use aws::ownership::{VPC_KEY, ZONE_KEY};
use aws::tags::Tags;

use super::observed::{Ids, Named, Observed, add, addresses, inside, internet_gateway};
use super::part::Part;
use super::role::Role;

/// All that bear a cluster's mark.
#[derive(Default)]
pub(super) struct Marked {
    pub(super) gateways: Vec<InternetGateway>,
    pub(super) addresses: Vec<Address>,
}

impl Marked {
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn of(ec2: &Ec2, cluster: &str) -> Result<Self, aws::Error> {
        let (gateways, addresses) = tokio::try_join!(
            ec2.internet_gateways_of_cluster(cluster),
            ec2.addresses_of_cluster(cluster),
        )?;
        Ok(Self {
            gateways,
            addresses,
        })
    }

    /// Those that a state names. What isn't among the marked is asked for by its id.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn named(&self, ec2: &Ec2, ids: &Ids) -> Result<Named, aws::Error> {
        let id = ids.internet_gateway.as_deref();
        let gateways = self.gateways.iter();
        let gateway = gateways.clone().find(|one| Some(one.id.as_str()) == id);
        let unmarked = ids.addresses.values().filter(|id| {
            let mut marked = self.addresses.iter();
            marked.all(|one| one.allocation_id != **id)
        });
        let (asked, mut found) = tokio::try_join!(
            internet_gateway(ec2, id.filter(|_| gateway.is_none())),
            addresses(ec2, unmarked),
        )?;
        let marked = self.addresses.iter();
        found.extend(
            marked
                .filter(|one| ids.addresses.values().any(|id| *id == one.allocation_id))
                .cloned(),
        );
        Ok(Named {
            internet_gateway: gateway.cloned().or(asked),
            addresses: found,
        })
    }
}

impl Observed {
    /// [Reads](Self::read) a network with what [bears the marks outside the VPC](Self::find_outside). That
    /// is looked for first: of what the state names, only what has lost its marks is then asked for.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn read_with_outside(
        clients: &Clients,
        cluster: &str,
        ids: &Ids,
        is_ours: impl Fn(Part, &Tags) -> bool,
    ) -> Result<Self, aws::Error> {
        let ec2 = clients.ec2().await?;
        let (inside, marked) = tokio::try_join!(
            inside(ec2, ids.vpc.as_deref(), ids.with_vpc),
            Marked::of(ec2, cluster),
        )?;
        let named = marked.named(ec2, ids).await?;
        let mut found = Self::of(ec2, cluster, ids, inside, named).await?;
        found.attached_gateway(ec2).await?;
        found.take_outside(cluster, marked, is_ours);
        Ok(found)
    }

    /// Looks for parts outside the VPC that bear the marks: an internet gateway that isn't attached
    /// yet, addresses that no gateway has yet. `is_ours` judges their marks.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn find_outside(
        &mut self,
        ec2: &Ec2,
        cluster: &str,
        is_ours: impl Fn(Part, &Tags) -> bool,
    ) -> Result<(), aws::Error> {
        let (_, marked) = tokio::try_join!(self.attached_gateway(ec2), Marked::of(ec2, cluster))?;
        self.take_outside(cluster, marked, is_ours);
        Ok(())
    }

    /// The gateway that is attached is the VPC's. A VPC has one at most: where one is known to be
    /// attached, there is no other.
    ///
    /// # Errors
    /// AWS can't be asked.
    pub(super) async fn attached_gateway(&mut self, ec2: &Ec2) -> Result<(), aws::Error> {
        let known = self.internet_gateway.as_ref();
        let is_attached = known.is_some_and(|gateway| gateway.vpc_id.is_some());
        if let (Some(vpc), false) = (&self.vpc, is_attached) {
            let attached = ec2.internet_gateway_of(&vpc.id).await?;
            self.internet_gateway = self.internet_gateway.take().or(attached);
        }
        Ok(())
    }

    /// Of gateways and addresses that bear the cluster's mark, takes those whose place is free. Of the
    /// others, those that nothing has are left over.
    pub(super) fn take_outside(
        &mut self,
        cluster: &str,
        marked: Marked,
        is_ours: impl Fn(Part, &Tags) -> bool,
    ) {
        let vpc_id = self.vpc.as_ref().map(|vpc| vpc.id.clone());
        let marked_here = |part: Part, tags: &Tags| {
            let names_vpc = vpc_id.is_some() && tags.get(VPC_KEY) == vpc_id.as_ref();
            Role::of(cluster, part).is_marked(tags) && (names_vpc || is_ours(part, tags))
        };
        for gateway in marked.gateways {
            let is_free = gateway.vpc_id.is_none();
            if !is_free || !marked_here(Part::InternetGateway, &gateway.tags) {
                continue;
            }
            match &self.internet_gateway {
                None => self.internet_gateway = Some(gateway),
                Some(taken) if taken.id != gateway.id => {
                    add(&mut self.surplus_gateways, gateway);
                }
                Some(_) => {}
            }
        }
        for address in marked.addresses {
            let Some(zone) = address.tags.get(ZONE_KEY).cloned() else {
                continue;
            };
            if !marked_here(Part::NatAddress, &address.tags) {
                continue;
            }
            match self.addresses.get(&zone) {
                None => _ = self.addresses.insert(zone, address),
                Some(taken) if taken.allocation_id != address.allocation_id => {
                    if !address.is_associated {
                        add(&mut self.surplus_addresses, address);
                    }
                }
                Some(_) => {}
            }
        }
    }
}
