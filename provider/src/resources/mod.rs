//! Resources: a folder each, named as users type it. They never import each other.

mod api_load_balancer;
mod certificate;
mod control_plane_group;
mod network;
mod node_roles;
mod pki;
mod security_groups;
mod service_load_balancer;
mod worker_group;

pub(crate) use self::pki::PkiResource;
pub(crate) use api_load_balancer::ApiLoadBalancerResource;
pub(crate) use certificate::CertificateResource;
pub(crate) use control_plane_group::ControlPlaneGroupResource;
pub(crate) use network::NetworkResource;
pub(crate) use node_roles::NodeRolesResource;
pub(crate) use security_groups::SecurityGroupsResource;
pub(crate) use service_load_balancer::ServiceLoadBalancerResource;
pub(crate) use worker_group::WorkerGroupResource;
