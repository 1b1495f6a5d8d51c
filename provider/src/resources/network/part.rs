//! The parts of a network: their names, their marks of ownership, and their tags for Kubernetes.
//! Pure.

use aws::ownership::{VPC_KEY, ZONE_KEY};
use aws::tags::{TagChanges, Tags};

use crate::part_tags::{KUBERNETES, PartTags};
use crate::provider::Data;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Vpc,
    InternetGateway,
    PublicSubnet,
    PrivateSubnet,
    PublicRouteTable,
    PrivateRouteTable,
    NatGateway,
    NatAddress,
}

/// A part of one cluster's network, in a zone if each zone has one.
#[derive(Clone, Copy, Debug)]
pub(super) struct PartOf<'a> {
    pub(super) part: Part,
    pub(super) cluster: &'a str,
    pub(super) zone: Option<&'a str>,
}

/// What finds subnets: <https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/>.
const PUBLIC_ROLE: &str = "kubernetes.io/role/elb";
const PRIVATE_ROLE: &str = "kubernetes.io/role/internal-elb";

impl Part {
    /// The kind in its mark of ownership.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::InternetGateway => "internet-gateway",
            Self::PublicSubnet => "public-subnet",
            Self::PrivateSubnet => "private-subnet",
            Self::PublicRouteTable => "public-route-table",
            Self::PrivateRouteTable => "private-route-table",
            Self::NatGateway => "nat-gateway",
            Self::NatAddress => "nat-address",
        }
    }

    /// Whether AWS keeps it outside the VPC, where its id doesn't say whose it is.
    fn is_outside(self) -> bool {
        matches!(self, Self::InternetGateway | Self::NatAddress)
    }
}

impl PartOf<'_> {
    /// The tags that Kubernetes looks for.
    ///
    /// "owned" says that the subnets' life is tied to the cluster's, "shared" that they outlive it.
    /// <https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/tags.go>
    pub(super) fn kubernetes_tags(&self) -> Tags {
        let role = match self.part {
            Part::PublicSubnet => PUBLIC_ROLE,
            Part::PrivateSubnet => PRIVATE_ROLE,
            _ => return Tags::new(),
        };
        let cluster = format!("{KUBERNETES}cluster/{}", self.cluster);
        Tags::from([
            (cluster, "owned".to_owned()),
            (role.to_owned(), "1".to_owned()),
        ])
    }

    fn name(&self) -> String {
        let Self { cluster, zone, .. } = self;
        let what = match self.part {
            Part::Vpc | Part::InternetGateway => return (*cluster).to_owned(),
            Part::PublicSubnet | Part::PublicRouteTable => "public",
            Part::PrivateSubnet | Part::PrivateRouteTable => "private",
            Part::NatGateway | Part::NatAddress => "nat",
        };
        match zone {
            Some(zone) => format!("{cluster}-{what}-{zone}"),
            None => format!("{cluster}-{what}"),
        }
    }

    /// Marks of ownership. What is outside the VPC names it, so that it is known to belong to it
    /// without an owner.
    fn marks(&self, data: &Data, vpc_id: &str) -> Tags {
        let mut marks = data.ownership(self.cluster, self.part.kind()).tags();
        if let Some(zone) = self.zone {
            marks.insert(ZONE_KEY.to_owned(), zone.to_owned());
        }
        if self.part.is_outside() {
            marks.insert(VPC_KEY.to_owned(), vpc_id.to_owned());
        }
        marks
    }

    /// Its tags beside the user's.
    pub(super) fn tags(&self, data: &Data, vpc_id: &str) -> PartTags {
        PartTags {
            marks: self.marks(data, vpc_id),
            kubernetes: self.kubernetes_tags(),
            name: Some(self.name()),
        }
    }

    /// All tags that it is to have.
    pub(super) fn all_tags(&self, data: &Data, vpc_id: &str, tags_all: &Tags) -> Tags {
        self.tags(data, vpc_id).all(tags_all)
    }

    /// What to write so that it has them.
    pub(super) fn tag_changes(
        &self,
        data: &Data,
        vpc_id: &str,
        on_aws: &Tags,
        tags_all: &Tags,
    ) -> TagChanges {
        self.tags(data, vpc_id).changes(data, on_aws, tags_all)
    }

    /// The tags on AWS that are the user's business. `tags_all` is what the state has.
    pub(super) fn users_tags(&self, on_aws: &Tags, tags_all: &Tags) -> Tags {
        let own = PartTags {
            kubernetes: self.kubernetes_tags(),
            name: Some(self.name()),
            ..PartTags::default()
        };
        own.users(on_aws, tags_all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: &str = "eu-west-1a";

    fn part(part: Part, zone: Option<&'static str>) -> PartOf<'static> {
        PartOf {
            part,
            cluster: "prod",
            zone,
        }
    }

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn kubernetes_finds_each_kind_of_subnet() {
        let data = Data::for_tests("prod");
        let public = part(Part::PublicSubnet, Some(ZONE));
        let all = public.all_tags(&data, "vpc-1", &tags(&[("team", "a")]));
        assert_eq!(
            all,
            tags(&[
                ("Name", "prod-public-eu-west-1a"),
                ("kubeha.io/cluster", "prod"),
                ("kubeha.io/kind", "public-subnet"),
                ("kubeha.io/zone", ZONE),
                ("kubernetes.io/cluster/prod", "owned"),
                ("kubernetes.io/role/elb", "1"),
                ("team", "a"),
            ])
        );
        let private = part(Part::PrivateSubnet, Some(ZONE)).kubernetes_tags();
        assert!(private.contains_key(PRIVATE_ROLE) && !private.contains_key(PUBLIC_ROLE));
    }

    #[test]
    fn what_is_outside_the_vpc_names_it() {
        let data = Data::for_tests("prod");
        let address = part(Part::NatAddress, Some(ZONE)).marks(&data, "vpc-1");
        assert_eq!(address.get(VPC_KEY).map(String::as_str), Some("vpc-1"));
        let subnet = part(Part::PublicSubnet, Some(ZONE)).marks(&data, "vpc-1");
        assert!(!subnet.contains_key(VPC_KEY));
    }

    #[test]
    fn what_is_complete_needs_no_change_and_shows_only_the_user_s() {
        let data = Data::for_tests("prod");
        let subnet = part(Part::PrivateSubnet, Some(ZONE));
        for users in [tags(&[]), tags(&[("Name", "mine"), ("team", "a")])] {
            let mut on_aws = subnet.all_tags(&data, "vpc-1", &users);
            on_aws.insert("kubernetes.io/cluster/other".into(), "shared".into());
            let changes = subnet.tag_changes(&data, "vpc-1", &on_aws, &users);
            assert!(changes.is_empty(), "{changes:?}");
            let mut shown = subnet.users_tags(&on_aws, &users);
            shown.retain(|key, _| !aws::ownership::is_ownership_key(key));
            assert_eq!(shown, users);
        }
    }

    #[test]
    fn a_name_that_somebody_changed_shows_and_is_repaired() {
        let data = Data::for_tests("prod");
        let vpc = part(Part::Vpc, None);
        let none = Tags::new();
        let mut on_aws = vpc.all_tags(&data, "vpc-1", &none);
        on_aws.insert("Name".into(), "other".into());
        let shown = vpc.users_tags(&on_aws, &none);
        assert_eq!(shown.get("Name").map(String::as_str), Some("other"));
        let changes = vpc.tag_changes(&data, "vpc-1", &on_aws, &none);
        assert_eq!(changes.set, tags(&[("Name", "prod")]));
        assert!(changes.remove.is_empty());
    }
}
