//! `kubeha_node_roles` under a real terraform, against the emulator.
//!
//! By default a spread of the moments at which something can happen is tried;
//! `KUBEHA_ALL_POINTS=1` tries each of them.

// A failed assumption here is a failed test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bad_input;
mod drifts;
mod ownership;
mod policies;
mod subject;

use kubeha_tests::lifecycle::kill::{self, Victim};
use kubeha_tests::lifecycle::{Phase, Points, calls, cancel, drift, faults, tags, whole};

use subject::SUBJECT;

#[test]
fn lives_a_whole_life() {
    whole::whole(&SUBJECT);
}

#[test]
fn lives_a_minimal_life_on_stock_moto() {
    whole::minimal_on_stock(&SUBJECT);
}

#[test]
fn every_settable_attribute_has_a_case_of_drift_or_a_reason() {
    drift::cases_are_complete(&SUBJECT);
}

#[test]
fn drift_shows_exactly_there_and_is_repaired_in_even_cases() {
    drift::drift(&SUBJECT, 0, 2);
}

#[test]
fn drift_shows_exactly_there_and_is_repaired_in_odd_cases() {
    drift::drift(&SUBJECT, 1, 2);
}

#[test]
fn a_create_that_is_killed_with_terraform_converges() {
    kill::kill(&SUBJECT, Phase::Create, Victim::Both, Points::Spread(1));
}

#[test]
#[ignore = "more moments: make test-all"]
fn an_update_whose_provider_is_killed_converges() {
    kill::kill(&SUBJECT, Phase::Update, Victim::Provider, Points::Spread(1));
}

#[test]
#[ignore = "more moments: make test-all"]
fn a_destroy_that_is_killed_with_terraform_converges() {
    kill::kill(&SUBJECT, Phase::Destroy, Victim::Both, Points::Spread(1));
}

#[test]
fn without_owner_a_killed_create_is_imported_as_told() {
    kill::kill_without_owner(&SUBJECT, Points::Spread(1));
}

#[test]
fn an_interrupt_between_a_create_and_its_answer_loses_nothing() {
    cancel::cancel_in_flight(&SUBJECT, "iam:CreateRole");
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
#[ignore = "more moments: make test-all"]
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
