//! The examples of whole clusters, each with what its variables say.

use std::collections::BTreeMap;

use kubeha_tests::example::Example;
use kubeha_tests::lifecycle::{IMAGE_X86_64, Network};
use serde_json::json;

/// `examples/complete` over so many zones. There is a hosted zone, and nothing else.
pub(crate) fn complete(zones: usize) -> Example {
    Example::new("complete", |aws| {
        // us-east-1e has none of the present instance types.
        let letters = ["a", "b", "c", "d", "f"].into_iter().take(zones);
        let zones: Vec<_> = letters.map(|letter| format!("us-east-1{letter}")).collect();
        let hosted_zone_id = Network::hosted_zone(aws, "example.com");
        json!({
            "region": "us-east-1",
            "image_id": IMAGE_X86_64,
            "availability_zones": zones,
            "dns": { "domain": "prod.example.com", "hosted_zone_id": hosted_zone_id },
            "control_plane_user_data": "#!/bin/sh\n",
            "worker_instance_types": ["m7i.xlarge", "m6i.xlarge"],
            "wait_for_healthy_timeout": "5m",
        })
    })
}

/// `examples/existing-network` over so many zones of a network that is there.
pub(crate) fn existing(zones: usize) -> Example {
    Example::new("existing-network", |aws| {
        let network = Network::make(aws);
        let subnets: BTreeMap<_, _> = network.subnets.iter().take(zones).collect();
        let [masters, workers] = &network.instance_profiles;
        let groups = &network.security_groups;
        json!({
            "region": "us-east-1",
            "image_id": IMAGE_X86_64,
            "cluster_name": "existing",
            "owner": "acceptance/existing",
            "private_subnets": subnets,
            "public_subnets": subnets,
            "security_group_ids": {
                "api_load_balancer": groups[0],
                "service_load_balancer": groups[0],
                "control_plane": groups[1],
                "worker": groups[2],
            },
            "instance_profiles": { "control_plane": masters, "worker": workers },
            "wait_for_healthy_timeout": "5m",
        })
    })
}

/// `examples/many-clusters`, as it is.
pub(crate) fn many() -> Example {
    Example::new(
        "many-clusters",
        |_| json!({ "region": "us-east-1", "image_id": IMAGE_X86_64 }),
    )
}
