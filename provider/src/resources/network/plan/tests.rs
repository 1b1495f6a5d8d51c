//! Plans of networks, without Terraform.

use tfplug::List;

use super::*;

const BLOCK: &str = "10.0.0.0/16";

fn zones(letters: &str) -> Attr<List<String>> {
    let names = letters.chars().map(|letter| format!("eu-west-1{letter}"));
    Attr::Known(names.collect())
}

/// What a user writes at least.
fn config(letters: &str) -> Network {
    Network {
        availability_zones: zones(letters),
        cidr_block: BLOCK.into(),
        ..Network::default()
    }
}

/// What the schema's defaults make of it.
fn proposed(config: &Network) -> Network {
    Network {
        cluster_name: Attr::Unknown,
        nat_gateway_mode: match &config.nat_gateway_mode {
            Attr::Null => "per_zone".into(),
            mode => mode.clone(),
        },
        map_public_ip_on_launch: false.into(),
        vpc_id: Attr::Unknown,
        internet_gateway_id: Attr::Unknown,
        public_route_table_id: Attr::Unknown,
        ..config.clone()
    }
}

fn creation(config: Network) -> PlannedChange<Network> {
    let plan = proposed(&config);
    PlannedChange::new(config, None, plan)
}

fn change(config: Network, prior: Network) -> PlannedChange<Network> {
    let plan = Network {
        cluster_name: prior.cluster_name.clone(),
        vpc_id: prior.vpc_id.clone(),
        internet_gateway_id: prior.internet_gateway_id.clone(),
        public_route_table_id: prior.public_route_table_id.clone(),
        ..proposed(&config)
    };
    PlannedChange::new(config, Some(prior), plan)
}

/// The state after an apply: every open value of a map is named after its place.
fn applied(plan: &Network) -> Network {
    let map = |map: &Attr<Map<String>>, kind: &str| {
        let entries = map.known().expect("a map").0.iter();
        let value = |zone: &String, value: &Attr<String>| match value {
            Attr::Known(known) => known.clone(),
            _ => format!("{kind}-{zone}"),
        };
        Attr::Known(
            entries
                .map(|(zone, text)| (zone.clone(), value(zone, text)))
                .collect(),
        )
    };
    Network {
        vpc_id: "vpc-1".into(),
        internet_gateway_id: "igw-1".into(),
        public_route_table_id: "rtb-1".into(),
        public_subnets: map(&plan.public_subnets, "public"),
        private_subnets: map(&plan.private_subnets, "private"),
        private_route_table_ids: map(&plan.private_route_table_ids, "rtb"),
        nat_gateway_ids: map(&plan.nat_gateway_ids, "nat"),
        nat_gateway_allocation_ids: map(&plan.nat_gateway_allocation_ids, "eip"),
        nat_gateway_public_ips: map(&plan.nat_gateway_public_ips, "ip"),
        ..plan.clone()
    }
}

fn created(config: Network) -> Network {
    let mut change = creation(config);
    plan(&data(), &mut change).unwrap();
    applied(&change.plan)
}

fn data() -> Data {
    Data::for_tests("prod")
}

fn faults(result: Result<()>) -> Vec<String> {
    let errors = result.err().unwrap_or_default();
    errors
        .iter()
        .map(|error| format!("{}: {}", error.path(), error.summary()))
        .collect()
}

fn keys(map: &Attr<Map<String>>) -> String {
    let zones = map.known().expect("a map").0.keys();
    zones
        .map(|zone| zone.trim_start_matches("eu-west-1"))
        .collect()
}

/// The zones whose value is open.
fn open(map: &Attr<Map<String>>) -> String {
    let entries = map.known().expect("a map").0.iter();
    entries
        .filter(|(_, value)| value.is_unknown())
        .map(|(zone, _)| zone.trim_start_matches("eu-west-1"))
        .collect()
}

#[test]
fn a_plan_knows_zones_and_addresses() {
    let mut change = creation(config("ab"));
    plan(&data(), &mut change).unwrap();
    let planned = &change.plan;
    assert_eq!(keys(&planned.private_subnets), "ab");
    assert_eq!(open(&planned.private_subnets), "ab");
    assert_eq!(
        entries(&planned.private_subnet_cidr_blocks).get("eu-west-1b"),
        Some(&"10.0.16.0/20".to_owned())
    );
    assert_eq!(keys(&planned.nat_gateway_ids), "ab");
    assert_eq!(planned.cluster_name, "prod".into());
    assert_eq!(planned.enable_dns_hostnames, true.into());
}

#[test]
fn what_is_not_known_yet_is_open_and_nothing_is_wrong() {
    let mut unknown_zones = config("");
    unknown_zones.availability_zones = Attr::Unknown;
    let mut unknown_zone = config("");
    unknown_zone.availability_zones = Attr::Known(List(vec![Attr::Unknown, "x".into()]));
    for config in [unknown_zones, unknown_zone] {
        let mut change = creation(config);
        plan(&data(), &mut change).unwrap();
        assert!(change.plan.private_subnets.is_unknown());
        assert!(change.plan.private_default_routes.is_unknown());
    }
    let mut change = creation(Network {
        cidr_block: Attr::Unknown,
        ..config("ab")
    });
    plan(&data(), &mut change).unwrap();
    assert_eq!(open(&change.plan.private_subnets), "ab");
    assert!(change.plan.private_subnet_cidr_blocks.is_unknown());
}

#[test]
fn an_applied_plan_is_planned_again_as_it_is() {
    for mode in ["per_zone", "single", "none"] {
        let config = Network {
            nat_gateway_mode: mode.into(),
            ..config("abc")
        };
        let state = created(config.clone());
        let mut turned = config.clone();
        turned.availability_zones = zones("cab");
        for config in [config, turned] {
            let mut change = change(config, state.clone());
            plan(&data(), &mut change).unwrap();
            let routes = applied(&change.plan);
            // What the routes lead to was open in the first plan.
            let settled = Network {
                public_default_routes: change.plan.public_default_routes.clone(),
                private_default_routes: change.plan.private_default_routes.clone(),
                ..state.clone()
            };
            assert_eq!(change.plan, settled, "{mode}");
            assert_eq!(routes, settled);
        }
    }
}

#[test]
fn only_what_is_new_or_gone_is_open() {
    let mut state = created(config("ab"));
    let Attr::Known(subnets) = &mut state.public_subnets else {
        panic!("a map");
    };
    subnets.0.remove("eu-west-1a");
    state.vpc_id = "vpc-1".into();
    state.internet_gateway_id = Attr::Null;
    let mut change = change(config("abc"), state);
    plan(&data(), &mut change).unwrap();
    let planned = &change.plan;
    assert_eq!(open(&planned.public_subnets), "ac");
    assert_eq!(open(&planned.private_subnets), "c");
    assert!(planned.internet_gateway_id.is_unknown());
    assert_eq!(planned.vpc_id, "vpc-1".into());
    assert_eq!(open(&planned.public_default_routes), "abc");
    assert_eq!(
        entries(&planned.public_subnet_cidr_blocks).get("eu-west-1a"),
        Some(&"10.0.128.0/23".to_owned()),
        "at its old place"
    );
}

#[test]
fn the_single_gateway_stays_while_its_zone_does() {
    let single = |letters: &str| Network {
        nat_gateway_mode: "single".into(),
        ..config(letters)
    };
    let state = created(single("bc"));
    assert_eq!(keys(&state.nat_gateway_ids), "b");
    let mut wider = change(single("abc"), state.clone());
    plan(&data(), &mut wider).unwrap();
    assert_eq!(keys(&wider.plan.nat_gateway_ids), "b");
    assert_eq!(open(&wider.plan.nat_gateway_ids), "");
    let mut without = change(single("ac"), state);
    plan(&data(), &mut without).unwrap();
    assert_eq!(open(&without.plan.nat_gateway_ids), "a");
}

#[test]
fn the_mode_of_an_imported_network_is_what_it_has() {
    for (zones, gateways, mode) in [
        (3, 0, Mode::None),
        (3, 1, Mode::Single),
        (3, 3, Mode::PerZone),
        (3, 2, Mode::PerZone),
        (1, 1, Mode::PerZone),
    ] {
        assert_eq!(Mode::found(zones, gateways), mode, "{zones} {gateways}");
    }
}

#[test]
fn no_way_out_is_a_warning_once() {
    let none = || Network {
        nat_gateway_mode: "none".into(),
        ..config("a")
    };
    let mut change_ = creation(none());
    plan(&data(), &mut change_).unwrap();
    assert_eq!(change_.warnings().iter().count(), 1);
    let mut again = change(none(), applied(&change_.plan));
    plan(&data(), &mut again).unwrap();
    assert_eq!(again.warnings().iter().count(), 0);
}

#[test]
fn every_fault_is_told_at_its_attribute() {
    let mut change = creation(Network {
        cidr_block: "10.0.0.0/24".into(),
        pod_cidr: "10.0.0.0/8".into(),
        service_cidr: "10.96.0.0/12".into(),
        tags: Attr::Known(Map::from_iter([(
            "kubernetes.io/role/elb".to_owned(),
            "1".to_owned(),
        )])),
        ..config("ab")
    });
    let found = faults(plan(&data(), &mut change));
    assert_eq!(
        found,
        [
            "pod_cidr: Invalid CIDR block",
            "service_cidr: Invalid CIDR block",
            "cidr_block: Invalid CIDR block",
            "tags: Invalid tags",
        ]
    );
}

#[test]
fn another_cluster_is_another_network() {
    let state = created(config("a"));
    let mut change = change(config("a"), state);
    plan(&Data::for_tests("other"), &mut change).unwrap();
    assert_eq!(change.replacements(), [Path::attribute("cluster_name")]);
}

#[test]
fn a_cluster_has_one_network() {
    let data = data();
    plan(&data, &mut creation(config("a"))).unwrap();
    let found = faults(plan(&data, &mut creation(config("b"))));
    assert_eq!(found, ["cluster_name: Network claimed twice"]);
}
