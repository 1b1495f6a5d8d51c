//! What the security groups of a run's clusters open, as their plans tell it.
//!
//! Ports and switches of one block have counterparts in another, and each resource sees its own
//! block alone. A security group's plan comes before the plan of what refers to it, so that one can
//! be held against what was noted here. Nothing is asked of AWS for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use tfplug::{Attr, Set};
use topology::ports::{Group, PortSettings};

/// What is planned for the security groups of each cluster. A provider is configured anew for each
/// run.
#[derive(Debug, Default)]
pub(crate) struct Openings(Mutex<BTreeMap<String, Opening>>);

/// What is planned for the security groups of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) settings: PortSettings,
    /// The groups that exist.
    pub(crate) ids: BTreeMap<Group, String>,
    /// The groups in which others have rules that let something in or out.
    pub(crate) shared: BTreeSet<Group>,
}

impl Openings {
    pub(crate) fn note(&self, cluster: &str, opening: Opening) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(cluster.to_owned(), opening);
    }

    /// What a group of the cluster is to open, for what has the security groups `ids`. `None` unless
    /// that group alone decides, as far as can be known: not beside another group, and not with
    /// rules of others in it.
    pub(crate) fn of(
        &self,
        cluster: &Attr<String>,
        group: Group,
        ids: &Attr<Set<String>>,
    ) -> Option<PortSettings> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let opening = all.get(cluster.text()?)?;
        let own = match opening.ids.get(&group) {
            Some(id) => Attr::from(id.as_str()),
            None => Attr::Unknown,
        };
        let alone = match ids {
            // Terraform knows nothing of a set as long as it doesn't know one element.
            Attr::Unknown => own.is_unknown(),
            Attr::Known(ids) => ids.0.as_slice() == [own],
            Attr::Null => false,
        };
        (alone && !opening.shared.contains(&group)).then(|| opening.settings.clone())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Opens 80 and 443 to clients, and 30000 to 32767 of workers to the load balancer.
    pub(crate) fn settings() -> PortSettings {
        PortSettings {
            api_port: 6443,
            api_target_port: "6443".parse().unwrap(),
            api_allowed: BTreeSet::new(),
            service_ports: [80, 443].into(),
            service_node_ports: ["30000-32767".parse().unwrap()].into(),
            service_allowed: BTreeSet::new(),
            schedulable_control_plane: false,
            cni: topology::ports::Cni::Cilium,
            metrics: false,
            ssh_allowed: BTreeSet::new(),
        }
    }

    fn opening(id: Option<&str>, shared: &[Group]) -> Opening {
        Opening {
            settings: settings(),
            ids: id
                .map(|id| (Group::Worker, id.to_owned()))
                .into_iter()
                .collect(),
            shared: shared.iter().copied().collect(),
        }
    }

    fn ids(ids: &[&str]) -> Attr<Set<String>> {
        Attr::Known(ids.iter().map(|&id| id.to_owned()).collect())
    }

    fn knows(openings: &Openings, cluster: &str, ids: &Attr<Set<String>>) -> bool {
        openings.of(&cluster.into(), Group::Worker, ids).is_some()
    }

    #[test]
    fn a_group_speaks_for_what_has_it_alone() {
        let openings = Openings::default();
        assert!(!knows(&openings, "prod", &ids(&["sg-1"])), "nothing noted");
        openings.note("prod", opening(Some("sg-1"), &[Group::ControlPlane]));
        assert!(knows(&openings, "prod", &ids(&["sg-1"])));
        assert!(!knows(&openings, "other", &ids(&["sg-1"])));
        assert!(!knows(&openings, "prod", &ids(&["sg-2"])));
        assert!(!knows(&openings, "prod", &ids(&["sg-1", "sg-2"])));
        assert!(!knows(&openings, "prod", &Attr::Unknown), "another's group");
        openings.note("prod", opening(Some("sg-1"), &[Group::Worker]));
        assert!(!knows(&openings, "prod", &ids(&["sg-1"])), "others' rules");
    }

    #[test]
    fn a_group_to_come_speaks_for_what_is_not_known_yet() {
        let openings = Openings::default();
        openings.note("prod", opening(None, &[]));
        assert!(knows(&openings, "prod", &Attr::Unknown));
        assert!(knows(
            &openings,
            "prod",
            &Attr::Known(Set(vec![Attr::Unknown]))
        ));
        assert!(!knows(&openings, "prod", &ids(&["sg-2"])));
        assert!(!knows(&openings, "prod", &Attr::Null));
    }
}
