//! `kubeha_security_groups` under a real terraform, against the emulator.
//!
//! By default a spread of the moments at which something can happen is tried;
//! `KUBEHA_ALL_POINTS=1` tries each of them. Groups are made at once, so there is nothing that takes
//! its time; what a destroy waits for has tests of its own. Stock moto isn't tried: it loses the
//! descriptions of rules between groups.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bad_input;
mod drifts;
mod holders;
mod openings;
mod ownership;
mod rules;
mod subject;

use kubeha_tests::lifecycle::kill::{self, Victim};
use kubeha_tests::lifecycle::{Phase, Points, calls, cancel, drift, faults, tags, whole};

use subject::SUBJECT;

#[test]
fn lives_a_whole_life() {
    // The description of a rule that somebody changed.
    whole::whole_and(
        &SUBJECT,
        &["ec2:UpdateSecurityGroupRuleDescriptionsIngress"],
    );
}

#[test]
fn every_settable_attribute_has_a_case_of_drift_or_a_reason() {
    drift::cases_are_complete(&SUBJECT);
}

#[test]
fn drift_shows_exactly_there_and_is_repaired() {
    drift::drift(&SUBJECT, 0, 1);
}

#[test]
fn a_create_that_is_killed_with_terraform_converges() {
    kill::kill(&SUBJECT, Phase::Create, Victim::Both, Points::Spread(1));
}

#[test]
fn an_update_whose_provider_is_killed_converges() {
    kill::kill(&SUBJECT, Phase::Update, Victim::Provider, Points::Spread(1));
}

#[test]
#[ignore = "more moments: make test-all"]
fn a_destroy_that_is_killed_with_terraform_converges() {
    kill::kill(&SUBJECT, Phase::Destroy, Victim::Both, Points::Spread(1));
}

#[test]
#[ignore = "more moments: make test-all"]
fn without_owner_a_killed_create_is_imported_as_told() {
    kill::kill_without_owner(&SUBJECT, Points::Spread(1));
}

#[test]
#[ignore = "more moments: make test-all"]
fn an_interrupt_ends_each_wait_and_loses_nothing() {
    cancel::cancel(&SUBJECT);
}

#[test]
#[ignore = "more moments: make test-all"]
fn an_interrupt_between_a_create_and_its_answer_loses_nothing() {
    cancel::cancel_in_flight(&SUBJECT, "ec2:CreateSecurityGroup");
}

/// Of a create that nothing makes wait.
#[test]
fn a_call_that_an_interrupt_has_to_wait_for_is_the_last() {
    cancel::cancel_in_slow_call(&SUBJECT, "ec2:CreateSecurityGroup");
}

#[test]
#[ignore = "more moments: make test-all"]
fn throttling_delays_and_nothing_else() {
    faults::throttled(&SUBJECT, 1);
}

#[test]
#[ignore = "more moments: make test-all"]
fn trouble_with_a_write_of_a_create_is_survived_or_repaired() {
    faults::troubled_writes(&SUBJECT, Phase::Create, Points::Spread(1));
}

#[test]
fn trouble_with_a_write_of_an_update_is_survived_or_repaired() {
    faults::troubled_writes(&SUBJECT, Phase::Update, Points::Spread(1));
}

#[test]
#[ignore = "more moments: make test-all"]
fn trouble_with_a_write_of_a_destroy_is_survived_or_repaired() {
    faults::troubled_writes(&SUBJECT, Phase::Destroy, Points::Spread(1));
}

#[test]
#[ignore = "more moments: make test-all"]
fn stale_reads_after_a_write_are_survived_or_repaired() {
    faults::stale_reads(&SUBJECT, 3);
}

#[test]
fn tags_are_exact() {
    tags::tags(&SUBJECT);
}

#[test]
#[ignore = "more moments: make test-all"]
fn tags_that_are_known_late_are_exact() {
    tags::unknown_tags(&SUBJECT);
}

#[test]
#[ignore = "more moments: make test-all"]
fn tags_of_others_are_left_alone_if_ignored() {
    tags::ignored_tags(&SUBJECT, subject::set_tag);
}

#[test]
fn each_phase_calls_what_is_known_of_it() {
    calls::per_phase(&SUBJECT);
}
