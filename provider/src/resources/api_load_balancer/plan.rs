//! What a plan says beyond the attributes' own behaviour. Pure.

use aws::names::elb_name;
use tfplug::{Attr, Diagnostic, Diagnostics, Path, PlannedChange, Result, Set};

use super::model::ApiLoadBalancer;
use super::{TYPE, openings};
use crate::load_balancing::health_check::{Check, WebDefaults};
use crate::load_balancing::{HasBalancer, plan as common};
use crate::names;
use crate::provider::{Balancer, Data};

/// Seconds a node that turned unhealthy keeps its connections: an API server that shuts down in
/// good order is unready for up to 70 seconds and then finishes requests for up to 60. Those are
/// OpenShift's settings, the longest in use that we know of.
const DRAINING_SECONDS: i64 = 120;

/// What an API server answers when it is ready, etcd included.
const READY: WebDefaults = WebDefaults {
    path: "/readyz",
    matcher: "200",
};

pub(super) fn plan(data: &Data, change: &mut PlannedChange<ApiLoadBalancer>) -> Result<()> {
    let mut errors = Diagnostics::new();
    common::name(data, &TYPE, change, &mut errors);
    target_group_name(change, &mut errors);
    health_check(change, &mut errors);
    draining(change, &mut errors);
    openings::warn(data, change);
    vanished_parts(change);
    common::tags(data, change, &mut errors);
    change.plan.endpoint = endpoint(&change.plan);
    common::protection(change, &mut errors);
    if let Some(prior) = &change.prior {
        manage(data, prior);
    }
    let plan = &change.plan;
    let target_group = Attr::Known(Set(vec![plan.target_group_arn.clone()]));
    let who = (&plan.cluster_name, &plan.name);
    data.standings
        .note(Balancer::Api, who, &plan.subnets, target_group);
    let parts = [
        (TYPE.load_balancer, &change.plan.name, "name"),
        (
            TYPE.target_group,
            &change.plan.target_group_name,
            "target_group_name",
        ),
    ];
    for (kind, name, path) in parts {
        names::claim(data, change, kind, name, path, &mut errors);
    }
    errors.into_result().map(|_| ())
}

/// The target group's name from the cluster's.
fn target_group_name(change: &mut PlannedChange<ApiLoadBalancer>, errors: &mut Diagnostics) {
    // Imported before its target group was made, it has no name of one yet.
    let prior = change.prior.as_ref();
    let nameless = prior.is_none_or(|prior| prior.target_group_name.is_null());
    if change.config.target_group_name.is_null() && nameless {
        let cluster = change.plan.cluster_name.clone();
        change.plan.target_group_name = cluster.map(|cluster| elb_name(&cluster, TYPE.part));
    }
    common::check_name(&change.plan.target_group_name, "target_group_name", errors);
}

/// Completes the health check, and checks that its times can work.
fn health_check(change: &mut PlannedChange<ApiLoadBalancer>, errors: &mut Diagnostics) {
    let Attr::Known(planned) = &change.plan.health_check else {
        return;
    };
    let mut check = Check::from(planned.clone());
    let configured = change.config.health_check.clone().into_known();
    let configured = configured.map(Check::from);
    let path = Path::attribute("health_check");
    check.complete(configured.as_ref(), READY, &path, errors);
    change.plan.health_check = Attr::Known(check.clone().into());
    let times = (
        check.interval.known(),
        check.timeout.known(),
        check.unhealthy_threshold.known(),
        change.config.apiserver_shutdown_delay.known(),
    );
    let (Some(&interval), Some(&timeout), Some(&threshold), Some(&delay)) = times else {
        return;
    };
    let detection = detection_seconds(interval, timeout, threshold);
    if detection >= delay {
        errors.push(
            Diagnostic::error(
                "Health check too slow",
                format!(
                    "An API server that shuts down listens for {delay} seconds more, but it takes \
                     up to {detection} seconds (interval {interval} x threshold {threshold} + \
                     timeout {timeout}) until it gets no new connections. Clients would be \
                     refused in between. Lower \"interval\", \"timeout\" or \
                     \"unhealthy_threshold\", or raise --shutdown-delay-duration."
                ),
            )
            .at("apiserver_shutdown_delay"),
        );
    }
}

/// The longest time from a server's turning unready until the load balancer knows: the failures in
/// a row, and the last one's wait for an answer.
fn detection_seconds(interval: i64, timeout: i64, threshold: i64) -> i64 {
    interval.saturating_mul(threshold).saturating_add(timeout)
}

fn draining(change: &mut PlannedChange<ApiLoadBalancer>, errors: &mut Diagnostics) {
    let cut = change.plan.enable_unhealthy_connection_termination;
    let configured = change.config.unhealthy_draining_interval;
    match common::draining(cut, configured, DRAINING_SECONDS) {
        Ok(interval) => change.plan.unhealthy_draining_interval = interval,
        Err(error) => errors.push(error.at("unhealthy_draining_interval")),
    }
}

/// What somebody deleted is made anew: its ids are open again.
fn vanished_parts(change: &mut PlannedChange<ApiLoadBalancer>) {
    common::vanished_load_balancer(change);
    let Some(prior) = &change.prior else { return };
    if prior.arn.is_null() || prior.target_group_arn.is_null() || prior.listener_arn.is_null() {
        change.plan.listener_arn = Attr::Unknown;
    }
    if prior.target_group_arn.is_null() {
        change.plan.target_group_arn = Attr::Unknown;
    }
}

/// The URL as soon as its parts are known.
pub(super) fn endpoint(plan: &ApiLoadBalancer) -> Attr<String> {
    match (plan.balancer().host(), &plan.port) {
        (Attr::Known(host), Attr::Known(port)) => format!("https://{host}:{port}").into(),
        _ => Attr::Unknown,
    }
}

/// Notes the parts that a state has.
pub(super) fn manage(data: &Data, state: &ApiLoadBalancer) {
    for arn in [&state.arn, &state.target_group_arn] {
        if let Some(arn) = arn.text() {
            data.claims.manage(arn);
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplug::{Map, Set};

    use super::super::model::HealthCheck;
    use super::*;

    fn data(cluster: &str) -> Data {
        Data::for_tests(cluster)
    }

    /// What a user writes at least.
    fn config() -> ApiLoadBalancer {
        ApiLoadBalancer {
            subnets: Attr::Known(Map::from_iter([("a".to_owned(), "subnet-1".to_owned())])),
            security_group_ids: Attr::Known(Set::from_iter(["sg-1".to_owned()])),
            ..ApiLoadBalancer::default()
        }
    }

    /// What the schema's defaults and "known after apply" make of it.
    fn proposed(config: &ApiLoadBalancer) -> ApiLoadBalancer {
        let check = HealthCheck {
            protocol: "HTTPS".into(),
            path: Attr::Unknown,
            matcher: Attr::Unknown,
            interval: 10.into(),
            timeout: 10.into(),
            healthy_threshold: 2.into(),
            unhealthy_threshold: 2.into(),
            port: Attr::Null,
        };
        ApiLoadBalancer {
            cluster_name: Attr::Unknown,
            name: Attr::Unknown,
            target_group_name: Attr::Unknown,
            port: 6443.into(),
            target_port: 6443.into(),
            health_check: check.into(),
            enable_unhealthy_connection_termination: false.into(),
            enable_deletion_protection: false.into(),
            unhealthy_draining_interval: Attr::Unknown,
            arn: Attr::Unknown,
            dns_name: Attr::Unknown,
            tags_all: Attr::Unknown,
            endpoint: Attr::Unknown,
            apiserver_shutdown_delay: Attr::Null,
            ..config.clone()
        }
    }

    fn creation(config: ApiLoadBalancer) -> PlannedChange<ApiLoadBalancer> {
        let plan = proposed(&config);
        PlannedChange::new(config, None, plan)
    }

    fn faults(result: Result<()>) -> Vec<String> {
        let errors = result.err().unwrap_or_default();
        errors
            .iter()
            .map(|error| format!("{}: {}", error.path(), error.summary()))
            .collect()
    }

    #[test]
    fn a_plan_knows_all_that_does_not_come_from_aws() {
        let mut change = creation(config());
        plan(&data("prod"), &mut change).unwrap();
        assert_eq!(change.plan.cluster_name, "prod".into());
        assert_eq!(change.plan.name, "prod-api".into());
        assert_eq!(change.plan.target_group_name, "prod-api".into());
        assert_eq!(
            change.plan.unhealthy_draining_interval,
            DRAINING_SECONDS.into()
        );
        assert_eq!(change.plan.tags_all, Attr::Known(Map::default()));
        let check = change.plan.health_check.known().unwrap();
        assert_eq!(
            (check.path.text(), check.matcher.text()),
            (Some("/readyz"), Some("200"))
        );
        assert_eq!(change.plan.endpoint, Attr::Unknown);
    }

    #[test]
    fn a_cluster_needs_a_name_from_somewhere() {
        let mut change = creation(config());
        let found = faults(plan(&data(""), &mut change));
        assert_eq!(found, ["cluster_name: Missing cluster name"]);
        let named = ApiLoadBalancer {
            cluster_name: "own".into(),
            ..config()
        };
        let mut change = creation(named);
        change.plan.cluster_name = "own".into();
        plan(&data(""), &mut change).unwrap();
        assert_eq!(change.plan.name, "own-api".into());
    }

    #[test]
    fn the_endpoint_is_known_as_soon_as_the_name_is() {
        let named = ApiLoadBalancer {
            fqdn: "api.example.com.".into(),
            ..config()
        };
        let mut change = creation(named);
        plan(&data("prod"), &mut change).unwrap();
        assert_eq!(change.plan.endpoint, "https://api.example.com:6443".into());
    }

    #[test]
    fn a_health_check_must_be_done_before_the_next() {
        let mut change = creation(config());
        if let Attr::Known(check) = &mut change.plan.health_check {
            check.timeout = 11.into();
        }
        let found = faults(plan(&data("prod"), &mut change));
        assert_eq!(found, ["health_check.timeout: Health check can't work"]);
    }

    #[test]
    fn a_server_must_be_found_unready_before_it_stops_listening() {
        for (delay, expected) in [(30, 1), (31, 0)] {
            let slow = ApiLoadBalancer {
                apiserver_shutdown_delay: delay.into(),
                ..config()
            };
            let found = faults(plan(&data("prod"), &mut creation(slow)));
            assert_eq!(found.len(), expected, "{delay}: {found:?}");
        }
    }

    #[test]
    fn tcp_checks_have_no_path() {
        let mut change = creation(config());
        if let Attr::Known(check) = &mut change.plan.health_check {
            check.protocol = "TCP".into();
        }
        plan(&data("prod"), &mut change).unwrap();
        let check = change.plan.health_check.known().unwrap();
        assert!(check.path.is_null() && check.matcher.is_null());
    }

    #[test]
    fn another_cluster_is_another_load_balancer() {
        let before = ApiLoadBalancer {
            cluster_name: "old".into(),
            name: "old-api".into(),
            arn: "arn".into(),
            enable_deletion_protection: true.into(),
            ..proposed(&config())
        };
        let mut change = PlannedChange::new(config(), Some(before.clone()), before);
        let found = faults(plan(&data("new"), &mut change));
        assert_eq!(change.replacements(), [Path::attribute("cluster_name")]);
        assert_eq!(found, ["cluster_name: Deletion protection is on"]);
    }

    #[test]
    fn parts_that_vanished_are_made_anew() {
        let before = ApiLoadBalancer {
            cluster_name: "prod".into(),
            name: "prod-api".into(),
            target_group_name: "prod-api".into(),
            target_group_arn: "tg".into(),
            arn: Attr::Null,
            ..proposed(&config())
        };
        let mut change = PlannedChange::new(config(), Some(before.clone()), before);
        plan(&data("prod"), &mut change).unwrap();
        assert!(change.plan.arn.is_unknown() && change.plan.listener_arn.is_unknown());
        assert_eq!(change.plan.target_group_arn, "tg".into());
    }

    #[test]
    fn two_blocks_cannot_mean_one_load_balancer() {
        let data = data("prod");
        plan(&data, &mut creation(config())).unwrap();
        let found = faults(plan(&data, &mut creation(config())));
        assert_eq!(
            found,
            [
                "name: Name claimed twice",
                "target_group_name: Name claimed twice"
            ]
        );
    }

    #[test]
    fn detection_is_the_failures_and_the_last_wait() {
        // OpenShift's 10 s, twice, with 10 s for the last answer.
        assert_eq!(detection_seconds(10, 10, 2), 30);
    }
}
