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

#[cfg(test)]
mod tests {
    use tfplug::Resource;
    use tfplug::model::Model;

    use super::*;
    use crate::node_group::{Machine, outdates};

    fn outdating<R: Resource>() -> Vec<String> {
        let marked = outdates();
        let attributes = R::Model::schema().attributes.into_iter();
        let attributes = attributes.filter(|attribute| {
            let mut modifiers = attribute.modifiers.iter();
            modifiers.any(|one| one.description() == marked.description())
        });
        let mut names: Vec<_> = attributes.map(|attribute| attribute.name).collect();
        names.sort();
        names
    }

    #[test]
    fn what_machines_are_launched_by_is_marked_in_the_models_of_groups() {
        let machine = format!("{:?}", Machine::default());
        let fields = machine
            .split(": ")
            .filter_map(|text| text.rsplit([' ', '{']).next());
        let mut arguments: Vec<String> = fields
            .filter(|field| !field.is_empty() && *field != "}")
            .flat_map(|field| match field {
                "user_data_sha256" => vec!["user_data".to_owned(), "user_data_base64".to_owned()],
                field => vec![field.to_owned()],
            })
            .collect();
        arguments.sort();
        assert_eq!(outdating::<ControlPlaneGroupResource>(), arguments);
        // Workers have several types.
        let workers = arguments.iter().map(|name| match name.as_str() {
            "instance_type" => "instance_types",
            name => name,
        });
        assert_eq!(
            outdating::<WorkerGroupResource>(),
            workers.collect::<Vec<_>>()
        );
    }
}
