//! SIGKILL at any moment of an apply, an update and a destroy of a whole cluster.

use kubeha_tests::lifecycle::kill::{Victim, kill_near, kill_on};
use kubeha_tests::lifecycle::{Phase, Points};

use crate::scene::{course, scenes};

fn killed(phase: Phase, victim: Victim, points: Points) {
    kill_on(scenes(phase), course(phase), victim, points);
}

#[test]
fn a_create_that_is_killed_with_terraform_converges() {
    killed(Phase::Create, Victim::Both, Points::Spread(1));
}

#[test]
fn a_destroy_that_is_killed_with_terraform_converges() {
    killed(Phase::Destroy, Victim::Both, Points::Spread(1));
}

#[test]
#[ignore = "all moments: make test-all"]
fn a_create_that_is_killed_with_terraform_at_any_moment_converges() {
    killed(Phase::Create, Victim::Both, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn a_create_whose_provider_is_killed_at_any_moment_converges() {
    killed(Phase::Create, Victim::Provider, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn an_update_that_is_killed_with_terraform_at_any_moment_converges() {
    killed(Phase::Update, Victim::Both, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn an_update_whose_provider_is_killed_at_any_moment_converges() {
    killed(Phase::Update, Victim::Provider, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn a_destroy_that_is_killed_with_terraform_at_any_moment_converges() {
    killed(Phase::Destroy, Victim::Both, Points::All);
}

#[test]
#[ignore = "all moments: make test-all"]
fn a_destroy_whose_provider_is_killed_at_any_moment_converges() {
    killed(Phase::Destroy, Victim::Provider, Points::All);
}

/// Where several resources are destroyed at once, terraform may be writing its state when it is killed.
#[test]
#[ignore = "more moments: make test-all"]
fn a_destroy_that_is_killed_with_terraform_about_its_load_balancers_converges() {
    let phase = Phase::Destroy;
    let action = "elasticloadbalancing:DeleteLoadBalancer";
    kill_near(scenes(phase), course(phase), Victim::Both, action, 8);
}
