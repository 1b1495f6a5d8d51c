//! AWS's answers, damaged on their way: a refresh or an import then ends with a state or an error.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::damage::{Damage, PAGE, any_damage};
use crate::fixtures::{Recording, recording, resources};
use crate::played::Played;
use crate::replay::Replay;
use crate::terraform::Terraform;

/// A refresh makes some ten calls; damages beyond its last don't matter.
const CALLS: usize = 12;

fn survives(resource: &str) {
    let played = Played::of(resource);
    let (runtime, terraform) = (&played.runtime, &played.terraform);
    let Recording {
        stored, import_id, ..
    } = &played.recording;
    let state = runtime.block_on(terraform.upgrade(stored)).state;
    let befalls = vec(proptest::option::weighted(0.3, any_damage()), CALLS);
    played.holds_for(&(befalls, any::<bool>()), |(damages, import)| {
        played.replay.damage(damages);
        let answer = runtime.block_on(async {
            if import {
                terraform.import(resource, import_id).await
            } else {
                terraform.read(resource, state.clone()).await
            }
        });
        prop_assert_eq!(answer.panics(), Vec::<String>::new());
        for error in &answer.errors {
            prop_assert!(error.len() > 20, "an error says why: {error}");
        }
        Ok(())
    });
}

/// Also shows that damages reach the provider, without which nothing here would mean anything.
#[tokio::test]
async fn a_page_of_a_proxy_is_an_error_that_says_so() {
    for resource in resources() {
        let recording = recording(&resource);
        let replay = Replay::start(recording.answers).await;
        let terraform = Terraform::at(&replay.url()).await;
        let state = terraform.upgrade(&recording.stored).await.state;
        replay.damage(vec![Some(Damage::Foreign(PAGE)); 40]);
        let read = terraform.read(&resource, state).await;
        let said = read.errors.join("\n");
        assert!(said.contains("was not understood"), "{resource}: {said}");
    }
}

/// One test for each type, so that they run side by side.
macro_rules! survive {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                survives(concat!("kubeha_", stringify!($name)));
            }
        )*

        #[test]
        fn every_type_is_tried() {
            let tried = [$(concat!("kubeha_", stringify!($name))),*];
            assert_eq!(resources(), tried);
        }
    };
}

survive! {
    api_load_balancer
    certificate
    control_plane_group
    network
    node_roles
    pki
    security_groups
    service_load_balancer
    worker_group
}
