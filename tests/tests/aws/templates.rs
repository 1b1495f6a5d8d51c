//! Launch templates.

use aws::ec2::{BlockDevice, Ec2, MetadataOptions, Profile, TemplateData};
use aws::tags::{TagChanges, Tags};
use kubeha_tests::lifecycle::IMAGE_ARM64;

use super::{World, block_on};

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let owned = pairs.iter().map(|&(k, v)| (k.to_owned(), v.to_owned()));
    owned.collect()
}

/// Everything that a version can say.
pub(super) fn full(world: &World) -> TemplateData {
    let network = &world.network;
    TemplateData {
        image_id: Some(IMAGE_ARM64.into()),
        instance_type: Some("m6g.large".into()),
        iam_instance_profile: Some(Profile::Name(network.instance_profiles[0].clone())),
        security_group_ids: network.security_groups[..2].iter().cloned().collect(),
        key_name: Some(network.key_pairs[0].clone()),
        monitoring: true,
        ebs_optimized: Some(true),
        user_data: Some("aGVsbG8=".into()),
        metadata_options: MetadataOptions {
            http_tokens: "required".into(),
            http_put_response_hop_limit: 2,
            http_endpoint: "enabled".into(),
        },
        block_devices: [
            (
                "/dev/xvda".into(),
                BlockDevice {
                    size_gib: Some(50),
                    volume_type: Some("gp3".into()),
                    iops: Some(3500),
                    throughput: Some(150),
                    encrypted: Some(true),
                    kms_key_id: Some("alias/aws/ebs".into()),
                    snapshot_id: None,
                    delete_on_termination: Some(true),
                },
            ),
            (
                "/dev/xvdb".into(),
                BlockDevice {
                    size_gib: Some(8),
                    delete_on_termination: Some(false),
                    ..BlockDevice::default()
                },
            ),
        ]
        .into(),
        tags: [
            ("instance".into(), tags(&[("a", "1"), ("b", "")])),
            ("volume".into(), tags(&[("c", "3")])),
        ]
        .into(),
    }
}

/// As little as a version can say.
fn scant() -> TemplateData {
    TemplateData {
        image_id: Some(IMAGE_ARM64.into()),
        instance_type: None,
        iam_instance_profile: None,
        security_group_ids: [].into(),
        key_name: None,
        monitoring: false,
        ebs_optimized: None,
        user_data: None,
        metadata_options: MetadataOptions {
            http_tokens: "optional".into(),
            http_put_response_hop_limit: 1,
            http_endpoint: "disabled".into(),
        },
        block_devices: [].into(),
        tags: [].into(),
    }
}

async fn latest(ec2: &Ec2, id: &str) -> TemplateData {
    let found = ec2.launch_template_version(id, "$Latest").await.unwrap();
    found.unwrap().data
}

#[test]
fn versions_read_back_as_they_were_written() {
    let world = World::new();
    block_on(async {
        let ec2 = world.clients.ec2().await.unwrap();
        let data = full(&world);
        let own = tags(&[("owner", "a")]);
        let create = || ec2.create_launch_template("nodes", &data, &own, "token");
        let made = create().await.unwrap();
        assert_eq!((made.default_version, made.latest_version), (1, 1));
        // Under the same token, the answer comes again; under another, the name is taken.
        assert_eq!(create().await.unwrap().id, made.id);
        let again = ec2.create_launch_template("nodes", &data, &own, "other");
        let error = again.await.unwrap_err();
        assert!(error.is_conflict(), "{error}");
        assert!(error.code().unwrap().contains("AlreadyExists"), "{error}");

        let found = ec2.launch_template(&made.id).await.unwrap().unwrap();
        assert_eq!((&found.name, &found.tags), (&"nodes".to_owned(), &own));
        let by_name = ec2.launch_template_by_name("nodes").await.unwrap();
        assert_eq!(by_name.as_ref(), Some(&found));
        assert_eq!(latest(ec2, &made.id).await, data);

        let scant = scant();
        let add = || ec2.create_launch_template_version(&made.id, &scant, "token-2");
        assert_eq!(add().await.unwrap(), 2);
        assert_eq!(add().await.unwrap(), 2, "under the same token");
        assert_eq!(latest(ec2, &made.id).await, scant);
        let asked = [1, 2, 9].into();
        let found = ec2.launch_template_versions(&made.id, &asked).await;
        let found = found.unwrap();
        let numbers: Vec<_> = found.iter().map(|version| version.version).collect();
        assert_eq!(numbers, [1, 2]);
        assert_eq!(found[0].data, data);

        let changes = TagChanges {
            set: tags(&[("more", "b")]),
            remove: ["owner".to_owned()].into(),
        };
        let ids = [made.id.clone()];
        ec2.change_tags(&ids, &changes).await.unwrap();
        let found = ec2.launch_template(&made.id).await.unwrap().unwrap();
        assert_eq!(found.tags, changes.set);
        assert_eq!(found.latest_version, 2);

        ec2.delete_launch_template(&made.id).await.unwrap();
        ec2.delete_launch_template(&made.id).await.unwrap();
        let (by_id, by_name, versions) = tokio::join!(
            ec2.launch_template(&made.id),
            ec2.launch_template_by_name("nodes"),
            ec2.launch_template_versions(&made.id, &asked),
        );
        assert_eq!((by_id.unwrap(), by_name.unwrap()), (None, None));
        assert!(versions.unwrap().is_empty());
        let error = ec2.tag(&ids, &own).await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
        let error = ec2.create_launch_template_version(&made.id, &data, "token-3");
        assert!(error.await.unwrap_err().is_not_found());
    });
}
