//! Settings that an import can't know, found in the rules that follow from them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use aws::ec2::{Permission, RulePeer, SecurityGroupRule};
use tfplug::{Attr, Set};
use topology::ports::{Cni, Group};

use super::groups::is_marked;
use super::model::SecurityGroups;
use super::observed::Observed;

/// Sets what is null. Where no rule tells it, the default.
pub(super) fn complete(model: &mut SecurityGroups, there: &Observed, cluster: &str) {
    let rules = Rules {
        there,
        cluster,
        ids: there.ids(),
    };
    let one = |ports: Vec<(i32, i32)>| {
        let single = ports.into_iter().find(|(first, last)| first == last);
        single.map(|(port, _)| i64::from(port))
    };
    let (api, services) = (Group::ApiLoadBalancer, Group::ServiceLoadBalancer);
    let from_nodes = rules.between(api, false, "tcp", Group::Worker);
    let api_port = one(from_nodes).unwrap_or(API_PORT);
    let to_nodes = rules.between(api, true, "tcp", Group::ControlPlane);
    set(&mut model.api_port, || api_port);
    set(&mut model.api_target_port, || {
        one(to_nodes).unwrap_or(API_PORT)
    });
    set(&mut model.api_allowed_cidrs, || {
        let clients = rules.clients(api).into_iter();
        let api = clients.filter(|(ports, _)| i64::from(ports.0) == api_port);
        api.map(|(_, net)| net)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    });
    let clients = rules.clients(services);
    set(&mut model.service_allowed_cidrs, || {
        let nets = clients.iter().map(|(_, net)| net.clone());
        nets.collect::<BTreeSet<_>>().into_iter().collect()
    });
    set(&mut model.service_ports, || {
        let ports: BTreeSet<i64> = clients.iter().map(|(ports, _)| ports.0.into()).collect();
        if ports.is_empty() {
            return Set::from_iter([80, 443]);
        }
        ports.into_iter().collect()
    });
    set(&mut model.service_node_ports, || {
        let ports = rules.between(services, true, "tcp", Group::Worker);
        if ports.is_empty() {
            return Set::from_iter(["30000-32767".to_owned()]);
        }
        ports.into_iter().map(range).collect()
    });
    set(&mut model.schedulable_control_plane, || {
        let targets = rules.between(services, true, "tcp", Group::ControlPlane);
        !targets.is_empty()
    });
    let among_workers =
        |protocol, port| rules.has(Group::Worker, protocol, (port, port), Group::Worker);
    set(&mut model.enable_metrics_ports, || {
        among_workers("tcp", 9100)
    });
    set(&mut model.cni, || {
        let cni = if among_workers("udp", 4789) {
            Cni::Calico
        } else if among_workers("tcp", 4240) {
            Cni::Cilium
        } else if among_workers("udp", 8472) {
            Cni::Flannel
        } else {
            Cni::None
        };
        cni.as_str().to_owned()
    });
    set(&mut model.ssh_allowed_cidrs, || {
        let clients = rules.clients(Group::Worker).into_iter();
        let ssh = clients.filter(|(ports, _)| *ports == (22, 22));
        ssh.map(|(_, net)| net).collect()
    });
    set(&mut model.exclusive, || false);
}

const API_PORT: i64 = 6443;

fn set<T>(attribute: &mut Attr<T>, value: impl FnOnce() -> T) {
    if attribute.is_null() {
        *attribute = Attr::Known(value());
    }
}

fn range((first, last): (i32, i32)) -> String {
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

struct Rules<'a> {
    there: &'a Observed,
    cluster: &'a str,
    ids: BTreeMap<Group, String>,
}

impl Rules<'_> {
    /// The rules of a group that settings may have led to: those that are marked; in a group made by
    /// hand, all.
    fn of(&self, group: Group) -> impl Iterator<Item = &Permission> {
        let rules = self.there.rules_of(group);
        let is_ours = |rule: &&SecurityGroupRule| is_marked(self.cluster, &rule.tags);
        let by_hand = !rules.iter().any(|rule| is_ours(&rule));
        let rules = rules.iter().filter(move |rule| by_hand || is_ours(rule));
        rules.map(|rule| &rule.permission)
    }

    /// The ports of a group's rules about another.
    fn between(&self, group: Group, egress: bool, protocol: &str, peer: Group) -> Vec<(i32, i32)> {
        let is_it = |found: &&Permission| {
            let is_peer = match &found.peer {
                RulePeer::Group(id) => self.ids.get(&peer) == Some(id),
                RulePeer::Cidr(_) | RulePeer::PrefixList(_) => false,
            };
            is_peer && found.is_egress == egress && found.protocol == protocol
        };
        let found = self.of(group).filter(is_it);
        found.filter_map(|permission| permission.ports).collect()
    }

    fn has(&self, group: Group, protocol: &str, ports: (i32, i32), peer: Group) -> bool {
        self.between(group, false, protocol, peer).contains(&ports)
    }

    /// TCP ports and the addresses that reach them.
    fn clients(&self, group: Group) -> Vec<((i32, i32), String)> {
        let tcp = self
            .of(group)
            .filter(|found| !found.is_egress && found.protocol == "tcp");
        let clients = tcp.filter_map(|found| match &found.peer {
            RulePeer::Cidr(net) => Some((found.ports?, net.clone())),
            RulePeer::Group(_) | RulePeer::PrefixList(_) => None,
        });
        clients.collect()
    }
}

#[cfg(test)]
mod tests {
    use aws::ec2::SecurityGroup;
    use aws::tags::Tags;

    use super::super::rules::tests::{ids, made, table};
    use super::super::settings::tests::{set, usual};
    use super::*;

    fn there(model: &SecurityGroups) -> Observed {
        let table = table(model);
        let group = |(role, id): (Group, String)| {
            let group = SecurityGroup {
                id,
                name: role.to_string(),
                vpc_id: "vpc-1".to_owned(),
                tags: Tags::new(),
            };
            (role, group)
        };
        Observed {
            groups: ids().into_iter().map(group).collect(),
            rules: Group::ALL
                .into_iter()
                .map(|group| (group, made(&table, group)))
                .collect(),
        }
    }

    fn imported(there: &Observed) -> SecurityGroups {
        let mut model = SecurityGroups {
            vpc_id: "vpc-1".into(),
            ..SecurityGroups::default()
        };
        complete(&mut model, there, "prod");
        model
    }

    #[test]
    fn settings_are_found_in_their_rules() {
        let full = SecurityGroups {
            cni: "calico".into(),
            api_allowed_cidrs: set(&["10.0.0.0/8", "2001:db8::/32"]),
            api_port: 443.into(),
            api_target_port: 8443.into(),
            service_allowed_cidrs: set(&["0.0.0.0/0"]),
            service_ports: Attr::Known(Set::from_iter([443])),
            service_node_ports: set(&["30000-30010", "10254"]),
            schedulable_control_plane: true.into(),
            enable_metrics_ports: true.into(),
            ssh_allowed_cidrs: set(&["192.168.0.0/16"]),
            ..usual()
        };
        for mut model in [usual(), full] {
            for cni in ["none", "flannel", "cilium", "calico"] {
                model.cni = cni.into();
                assert_eq!(imported(&there(&model)), model);
            }
        }
    }

    #[test]
    fn rules_of_others_tell_no_settings_unless_all_are() {
        let mut there = there(&usual());
        let groups = &mut there.rules;
        let balancer = groups.get_mut(&Group::ApiLoadBalancer).unwrap();
        let mut other = balancer
            .iter()
            .find(|rule| rule.permission.peer == RulePeer::Cidr("10.0.0.0/8".to_owned()))
            .unwrap()
            .clone();
        other.permission.protocol = "tcp".to_owned();
        other.permission.ports = Some((6443, 6443));
        other.permission.peer = RulePeer::Cidr("172.16.0.0/12".to_owned());
        other.tags = Tags::new();
        balancer.push(other);
        assert_eq!(imported(&there), usual());
        for rule in groups_of(&mut there) {
            rule.tags = Tags::new();
        }
        let both = set(&["10.0.0.0/8", "172.16.0.0/12"]);
        assert_eq!(imported(&there).api_allowed_cidrs, both);
    }

    fn groups_of(there: &mut Observed) -> impl Iterator<Item = &mut SecurityGroupRule> {
        there.rules.values_mut().flatten()
    }

    #[test]
    fn without_rules_there_are_the_defaults() {
        let found = imported(&Observed::default());
        let expected = SecurityGroups {
            cni: "none".into(),
            api_allowed_cidrs: set(&[]),
            ..usual()
        };
        assert_eq!(found, expected);
    }
}
