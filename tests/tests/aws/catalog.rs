//! What arguments are checked against.

use kubeha_tests::lifecycle::{IMAGE_ARM64, IMAGE_X86_64};

use super::{World, block_on};

#[test]
fn what_there_is_is_found_and_what_is_not_is_none() {
    let world = World::new();
    block_on(async {
        let ec2 = world.clients.ec2().await.unwrap();
        let (intel, arm, metal, none) = tokio::join!(
            ec2.instance_type("m5.large"),
            ec2.instance_type("m6g.large"),
            ec2.instance_type("m5.metal"),
            ec2.instance_type("m5.*"),
        );
        let intel = intel.unwrap().unwrap();
        assert_eq!(intel.architectures, ["x86_64".into()].into());
        assert_eq!((intel.vcpus, intel.memory_mib), (2, 8192));
        assert!(!intel.bare_metal && intel.supports_spot);
        let arm = arm.unwrap().unwrap();
        assert_eq!(arm.architectures, ["arm64".into()].into());
        assert!(arm.current_generation);
        assert!(metal.unwrap().unwrap().bare_metal);
        assert_eq!(none.unwrap(), None, "a wildcard is no name");

        let offering = ec2.zones_offering("m5.large").await.unwrap();
        assert!(offering.contains("us-east-1a") && offering.contains("us-east-1d"));
        assert!(ec2.zones_offering("m5.none").await.unwrap().is_empty());

        let (intel, arm, none) = tokio::join!(
            ec2.image(IMAGE_X86_64),
            ec2.image(IMAGE_ARM64),
            ec2.image("ami-0123456789abcdef0"),
        );
        let (intel, arm) = (intel.unwrap().unwrap(), arm.unwrap().unwrap());
        assert_eq!(
            (&*intel.architecture, &*intel.state),
            ("x86_64", "available")
        );
        assert_eq!(arm.architecture, "arm64");
        let root = intel.root_device_name.unwrap();
        assert!(intel.block_devices[&root].size_gib.is_some());
        assert_eq!(none.unwrap(), None);

        let [key, _] = &world.network.key_pairs;
        assert!(ec2.key_pair_exists(key).await.unwrap());
        assert!(!ec2.key_pair_exists("none").await.unwrap());

        let (zone, local, none) = tokio::join!(
            ec2.zone("us-east-1a"),
            ec2.zone("us-east-1-bos-1a"),
            ec2.zone("us-east-1z"),
        );
        let zone = zone.unwrap().unwrap();
        assert_eq!(
            (&*zone.zone_type, &*zone.state, &*zone.opt_in_status),
            ("availability-zone", "available", "opt-in-not-required")
        );
        let local = local.unwrap().unwrap();
        assert_eq!(
            (&*local.zone_type, &*local.opt_in_status),
            ("local-zone", "not-opted-in")
        );
        assert_eq!(none.unwrap(), None);

        let iam = world.clients.iam().await.unwrap();
        let [name, _] = &world.network.instance_profiles;
        let profile = iam.instance_profile(name).await.unwrap().unwrap();
        assert_eq!((&profile.name, &*profile.path), (name, "/"));
        assert_eq!(&profile.roles, std::slice::from_ref(name));
        assert!(profile.arn.ends_with(&format!(":instance-profile/{name}")));
        assert_eq!(iam.instance_profile("none").await.unwrap(), None);
    });
}
