//! The attributes of `kubeha_network`.

use tfplug::{Attr, List, Map, Model};

/// The network of a cluster: a VPC with a public and a private subnet in each zone, the ways out of
/// them, and the tags by which Kubernetes finds them.
///
/// Nodes live in the private subnets. The public ones hold load balancers and NAT gateways. Each
/// private subnet has a route table of its own, so that the ways out can change in place.
///
/// ## Addresses
///
/// The block has eight places, whatever the number of zones: place 0 of `10.0.0.0/16` has
/// `10.0.0.0/20` for the private subnet and `10.0.128.0/23` for the public one, place 7
/// `10.0.112.0/20` and `10.0.142.0/23`. What is behind that, `10.0.144.0` to `10.0.255.255`, is free
/// for subnets of your own. A zone keeps its place for as long as it is listed. A new zone takes the
/// lowest place that is free; the order in which zones are listed says nothing. The place of a zone
/// that is removed is free in the apply after that.
///
/// ## Removing a zone
///
/// A zone can go when nothing is left in its subnets. Node groups and load balancers that get their
/// subnets from this resource change only after it, so take the zone away from them first, apply,
/// and then take it away here. The plan names what is still there.
///
/// ## What is left alone
///
/// Routes and subnets that others add to the VPC, and the tags `kubernetes.io/...` that are not this
/// cluster's. With `nat_gateway_mode = "none"` the private subnets' default route is yours to make,
/// in the tables of `private_route_table_ids`.
///
/// ## An apply that was killed
///
/// With the provider's `owner` set, the next apply finds what is there by its tags and goes on. AWS
/// has neither names nor tokens by which it would know a second create of a VPC, an internet gateway
/// or an Elastic IP address. So each is made in one call that is never repeated blindly, tagged in
/// that call, and looked for until AWS shows it, before anything else is done. A route table has a
/// token only as long as the process lives, so it is looked for too.
///
/// What remains: a process that dies within those seconds, and a next apply that asks before AWS shows
/// what was made, and makes another. As soon as AWS shows both, that apply takes one of them away: the
/// new VPC, or the gateway, address or route table that nothing uses. If AWS shows the new one first,
/// the old one stays. A gateway, an address or a route table then goes with the network at the latest.
/// A VPC stays, empty and free of charge: this shows it, and the next create of the cluster goes on
/// with it, or names both.
///
/// ```shell
/// aws ec2 describe-vpcs --filters Name=tag:kubeha.io/cluster,Values=prod --query 'Vpcs[].VpcId'
/// ```
#[derive(Clone, Debug, Default, PartialEq, Model)]
pub(crate) struct Network {
    /// Name of the cluster. It has one network. Default: the provider's.
    #[tf(
        optional,
        computed,
        plan(use_state_for_unknown(), requires_replace_if(
            "Changing this forces replacement.",
            |prior, _| !prior.is_null(), // an imported one may not say yet
        ))
    )]
    pub(crate) cluster_name: Attr<String>,
    /// Names of the availability zones, up to 8, in any order: three survive the loss of any one.
    #[tf(required)]
    pub(crate) availability_zones: Attr<List<String>>,
    /// The VPC's IPv4 addresses in CIDR notation, from a /16 to a /21.
    #[tf(required, plan(requires_replace()))]
    pub(crate) cidr_block: Attr<String>,
    /// How private subnets reach the internet: `per_zone` has a NAT gateway in each zone, and no
    /// zone needs another. `single` has one, costs less, and takes all private subnets' way out with
    /// its zone. `none` has none.
    #[tf(default = "per_zone", check(one_of(["per_zone", "single", "none"])))]
    pub(crate) nat_gateway_mode: Attr<String>,
    /// Whether instances get a public address when they are launched in a public subnet.
    #[tf(default = false)]
    pub(crate) map_public_ip_on_launch: Attr<bool>,
    /// The addresses of the cluster's pods, if they have a network of their own. It is only checked
    /// not to overlap, in every plan, and not stored.
    #[tf(optional, write_only)]
    pub(crate) pod_cidr: Attr<String>,
    /// The addresses of the cluster's services. It is only checked not to overlap, in every plan,
    /// and not stored.
    #[tf(optional, write_only)]
    pub(crate) service_cidr: Attr<String>,

    /// Tags of all parts. Each part also has a `Name`, unless this has one.
    #[tf(optional)]
    pub(crate) tags: Attr<Map<String>>,
    /// Tags of all parts, the provider's `default_tags` included.
    #[tf(computed)]
    pub(crate) tags_all: Attr<Map<String>>,

    /// Id of the VPC.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) vpc_id: Attr<String>,
    /// Whether Amazon's name server answers in the VPC: always.
    #[tf(computed)]
    pub(crate) enable_dns_support: Attr<bool>,
    /// Whether instances have DNS host names: always, since nodes are known by them.
    #[tf(computed)]
    pub(crate) enable_dns_hostnames: Attr<bool>,

    /// Ids of the public subnets by zone. The zones are known at plan.
    #[tf(computed)]
    pub(crate) public_subnets: Attr<Map<String>>,
    /// Ids of the private subnets by zone. The zones are known at plan.
    #[tf(computed)]
    pub(crate) private_subnets: Attr<Map<String>>,
    /// The public subnets' addresses by zone.
    #[tf(computed)]
    pub(crate) public_subnet_cidr_blocks: Attr<Map<String>>,
    /// The private subnets' addresses by zone.
    #[tf(computed)]
    pub(crate) private_subnet_cidr_blocks: Attr<Map<String>>,
    /// Tags by which Kubernetes finds the public subnets, for load balancers on the internet.
    #[tf(computed)]
    pub(crate) public_subnet_tags: Attr<Map<String>>,
    /// Tags by which Kubernetes finds the private subnets, for internal load balancers.
    #[tf(computed)]
    pub(crate) private_subnet_tags: Attr<Map<String>>,

    /// Id of the internet gateway.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) internet_gateway_id: Attr<String>,
    /// Id of the public subnets' route table.
    #[tf(computed, plan(use_state_for_unknown()))]
    pub(crate) public_route_table_id: Attr<String>,
    /// Ids of the private subnets' route tables by zone.
    #[tf(computed)]
    pub(crate) private_route_table_ids: Attr<Map<String>>,
    /// Where the public subnets' default route leads, by zone: the internet gateway.
    #[tf(computed)]
    pub(crate) public_default_routes: Attr<Map<String>>,
    /// Where the private subnets' default route leads, by zone: NAT gateways. Empty with
    /// `nat_gateway_mode = "none"`.
    #[tf(computed)]
    pub(crate) private_default_routes: Attr<Map<String>>,
    /// Ids of the NAT gateways by zone.
    #[tf(computed)]
    pub(crate) nat_gateway_ids: Attr<Map<String>>,
    /// Allocation ids of the NAT gateways' addresses by zone.
    #[tf(computed)]
    pub(crate) nat_gateway_allocation_ids: Attr<Map<String>>,
    /// The NAT gateways' addresses by zone: where the cluster's requests come from.
    #[tf(computed)]
    pub(crate) nat_gateway_public_ips: Attr<Map<String>>,
}
