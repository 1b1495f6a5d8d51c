//! Rules: those that are wanted, in AWS's terms, and whose the others are. Pure.

use std::collections::BTreeMap;
use std::fmt;

use aws::ec2::{Permission, RulePeer, SecurityGroupRule};
use topology::ports::{Direction, Group, Peer, Rule, rule_text};

use super::groups::is_marked;

/// The rules that a cluster is to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    cluster: String,
    ids: BTreeMap<Group, String>,
    wanted: BTreeMap<Group, BTreeMap<Permission, Rule>>,
}

/// Whose a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// It is wanted.
    Wanted(Rule),
    /// It is ours, or AWS's own, and isn't wanted.
    Surplus,
    /// It is somebody else's.
    Foreign,
}

impl Table {
    /// Rules between groups of these ids. What is about a group without one is left out.
    pub(super) fn of(cluster: &str, rules: &[Rule], ids: BTreeMap<Group, String>) -> Self {
        let mut wanted: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for rule in rules {
            if let Some(permission) = permission(rule, &ids) {
                let of_group = wanted.entry(rule.group).or_default();
                of_group.insert(permission, *rule);
            }
        }
        Self {
            cluster: cluster.to_owned(),
            ids,
            wanted,
        }
    }

    /// The wanted rules of a group.
    pub(super) fn wanted(&self, group: Group) -> impl Iterator<Item = (&Permission, &Rule)> {
        self.wanted.get(&group).into_iter().flatten()
    }

    /// Whose a rule is that a group has.
    pub(super) fn whose(&self, group: Group, found: &SecurityGroupRule) -> Whose {
        let wanted = self.wanted.get(&group);
        if let Some(rule) = wanted.and_then(|wanted| wanted.get(&found.permission)) {
            return Whose::Wanted(*rule);
        }
        // From nodes, everything is let out anyway, by IPv4 and IPv6.
        if is_marked(&self.cluster, &found.tags) || is_aws_s_own(found) {
            return Whose::Surplus;
        }
        Whose::Foreign
    }

    /// The text of a rule, whoever made it.
    pub(super) fn text(&self, group: Group, permission: &Permission) -> String {
        let direction = if permission.is_egress {
            Direction::Egress
        } else {
            Direction::Ingress
        };
        let named = self.ids.iter().find(|(_, id)| match &permission.peer {
            RulePeer::Group(peer) => peer == *id,
            RulePeer::Cidr(_) | RulePeer::PrefixList(_) => false,
        });
        let peer: &dyn fmt::Display = match &named {
            Some((group, _)) => group,
            None => &permission.peer,
        };
        rule_text(group, direction, &traffic(permission), peer)
    }
}

/// The rule that AWS gives each new group: everything may go out.
fn is_aws_s_own(found: &SecurityGroupRule) -> bool {
    let Permission {
        is_egress,
        protocol,
        peer: RulePeer::Cidr(peer),
        ..
    } = &found.permission
    else {
        return false;
    };
    let everywhere = peer == "0.0.0.0/0" || peer == "::/0";
    *is_egress && everywhere && protocol == "-1" && found.description.is_empty()
}

fn permission(rule: &Rule, ids: &BTreeMap<Group, String>) -> Option<Permission> {
    let ports = rule.traffic.ports();
    Some(Permission {
        is_egress: rule.direction == Direction::Egress,
        protocol: rule.traffic.protocol().to_owned(),
        ports: ports.map(|(from, to)| (from.into(), to.into())),
        peer: match rule.peer {
            Peer::Group(group) => RulePeer::Group(ids.get(&group)?.clone()),
            Peer::Net(net) => RulePeer::Cidr(net.to_string()),
        },
    })
}

/// In the words of [`topology::ports::Traffic`], and more: others' rules may let through what no rule
/// of ours does.
fn traffic(permission: &Permission) -> String {
    let Permission {
        protocol, ports, ..
    } = permission;
    match (protocol.as_str(), ports) {
        ("-1", _) => "all".to_owned(),
        (name @ ("icmp" | "icmpv6"), Some((-1, _))) => name.to_owned(),
        (name @ ("icmp" | "icmpv6"), Some((kind, -1))) => format!("{name} {kind}"),
        (name @ ("icmp" | "icmpv6"), Some((kind, code))) => format!("{name} {kind}/{code}"),
        (name, Some((first, last))) if first == last => format!("{name} {first}"),
        (name, Some((first, last))) => format!("{name} {first}-{last}"),
        (number, None) => format!("protocol {number}"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use aws::ownership::{CLUSTER_KEY, KIND_KEY};
    use aws::tags::Tags;
    use tfplug::Diagnostics;

    use super::super::model::SecurityGroups;
    use super::super::settings::settings;
    use super::super::settings::tests::usual;
    use super::*;

    pub(in super::super) fn ids() -> BTreeMap<Group, String> {
        let id = |group: Group| (group, format!("sg-{group}"));
        Group::ALL.into_iter().map(id).collect()
    }

    pub(in super::super) fn table(model: &SecurityGroups) -> Table {
        let settings = settings(model, &mut Diagnostics::new()).unwrap();
        Table::of("prod", &settings.rules(), ids())
    }

    pub(in super::super) fn marks() -> Tags {
        Tags::from([
            (CLUSTER_KEY.to_owned(), "prod".to_owned()),
            (KIND_KEY.to_owned(), "security-group-rule".to_owned()),
        ])
    }

    /// What AWS has of a group when it has what is wanted.
    pub(in super::super) fn made(table: &Table, group: Group) -> Vec<SecurityGroupRule> {
        let made = |(n, (permission, rule)): (usize, (&Permission, &Rule))| SecurityGroupRule {
            id: format!("sgr-{group}-{n}"),
            group_id: format!("sg-{group}"),
            permission: permission.clone(),
            description: rule.purpose.to_owned(),
            tags: marks(),
        };
        table.wanted(group).enumerate().map(made).collect()
    }

    fn found(permission: Permission, description: &str, tags: Tags) -> SecurityGroupRule {
        SecurityGroupRule {
            id: "sgr-1".to_owned(),
            group_id: "sg-worker".to_owned(),
            permission,
            description: description.to_owned(),
            tags,
        }
    }

    fn ingress(protocol: &str, ports: Option<(i32, i32)>, peer: RulePeer) -> Permission {
        Permission {
            is_egress: false,
            protocol: protocol.to_owned(),
            ports,
            peer,
        }
    }

    fn all_out(to: &str) -> Permission {
        Permission {
            is_egress: true,
            ..ingress("-1", None, RulePeer::Cidr(to.to_owned()))
        }
    }

    /// The plan tells rules by the texts of the one, the state by those of the other.
    #[test]
    fn what_is_wanted_is_called_the_same_when_aws_has_it() {
        let model = SecurityGroups {
            cni: "calico".into(),
            enable_metrics_ports: true.into(),
            ..usual()
        };
        let table = table(&model);
        let mut told = 0;
        for group in Group::ALL {
            for one in made(&table, group) {
                let Whose::Wanted(rule) = table.whose(group, &one) else {
                    panic!("{one:?}");
                };
                assert_eq!(table.text(group, &one.permission), rule.to_string());
                told += 1;
            }
        }
        assert!(told > 40, "{told}");
    }

    #[test]
    fn ours_and_aws_s_own_rules_go_and_others_stay() {
        let table = table(&usual());
        let ssh = ingress(
            "tcp",
            Some((22, 22)),
            RulePeer::Cidr("0.0.0.0/0".to_owned()),
        );
        let whose = |group, permission: &Permission, description, tags| {
            table.whose(group, &found(permission.clone(), description, tags))
        };
        let none = Tags::new;
        assert_eq!(whose(Group::Worker, &ssh, "mine", none()), Whose::Foreign);
        assert_eq!(whose(Group::Worker, &ssh, "mine", marks()), Whose::Surplus);
        let other = Tags::from([(CLUSTER_KEY.to_owned(), "prod".to_owned())]);
        assert_eq!(whose(Group::Worker, &ssh, "mine", other), Whose::Foreign);

        let balancer = Group::ApiLoadBalancer;
        for to in ["0.0.0.0/0", "::/0"] {
            assert_eq!(whose(balancer, &all_out(to), "", none()), Whose::Surplus);
            assert_eq!(
                whose(balancer, &all_out(to), "mine", none()),
                Whose::Foreign
            );
            let of_nodes = whose(Group::Worker, &all_out(to), "", none());
            assert!(matches!(of_nodes, Whose::Wanted(_)), "{to}");
        }
        assert_eq!(
            whose(balancer, &all_out("10.0.0.0/8"), "", none()),
            Whose::Foreign
        );
    }

    #[test]
    fn a_rule_about_a_group_that_is_gone_waits_for_it() {
        let settings = settings(&usual(), &mut Diagnostics::new()).unwrap();
        let mut ids = ids();
        ids.remove(&Group::ControlPlane);
        let table = Table::of("prod", &settings.rules(), ids);
        let balancer: Vec<_> = table
            .wanted(Group::ApiLoadBalancer)
            .map(|(_, rule)| rule.to_string())
            .collect();
        assert_eq!(
            balancer,
            [
                "api_load_balancer ingress icmp 3/4 from 10.0.0.0/8",
                "api_load_balancer ingress tcp 6443 from 10.0.0.0/8",
                "api_load_balancer ingress tcp 6443 from worker",
            ]
        );
    }

    #[test]
    fn rules_of_others_have_texts_too() {
        let table = table(&usual());
        let peer = || RulePeer::Group("sg-9".to_owned());
        for (permission, text) in [
            (ingress("tcp", Some((1, 2)), peer()), "tcp 1-2 from sg-9"),
            (ingress("icmp", Some((-1, -1)), peer()), "icmp from sg-9"),
            (ingress("icmp", Some((8, -1)), peer()), "icmp 8 from sg-9"),
            (ingress("50", None, peer()), "protocol 50 from sg-9"),
            (
                ingress("-1", None, RulePeer::Group("sg-worker".to_owned())),
                "all from worker",
            ),
            (
                ingress(
                    "udp",
                    Some((53, 53)),
                    RulePeer::PrefixList("pl-1".to_owned()),
                ),
                "udp 53 from pl-1",
            ),
        ] {
            let expected = format!("worker ingress {text}");
            assert_eq!(table.text(Group::Worker, &permission), expected);
        }
    }
}
