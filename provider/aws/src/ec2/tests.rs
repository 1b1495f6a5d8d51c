//! Requests as they go out, answers as AWS gives them, malformed ones too.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::coalesce::refreshing;
use crate::error::CallFailure;
use crate::tags::{TagChanges, Tags};
use crate::testing::Script;

fn ec2<B: Into<String>>(answers: impl IntoIterator<Item = (u16, B)>) -> (Arc<Ec2>, Script) {
    let script = Script::new(answers);
    let client = Client::new(&script.sdk());
    (Arc::new(Ec2::new(client)), script)
}

fn answer(operation: &str, result: &str) -> (u16, String) {
    let body = format!(
        "<{operation}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r-1\
         </requestId>{result}</{operation}Response>"
    );
    (200, body)
}

fn refusal(code: &str) -> (u16, String) {
    let body = format!(
        "<Response><Errors><Error><Code>{code}</Code><Message>text of AWS</Message></Error></Errors>\
         <RequestID>r-9</RequestID></Response>"
    );
    (400, body)
}

fn template(id: &str) -> String {
    format!(
        "<launchTemplateId>{id}</launchTemplateId><launchTemplateName>{id}-name\
         </launchTemplateName><defaultVersionNumber>1</defaultVersionNumber><latestVersionNumber>3\
         </latestVersionNumber><tagSet><item><key>k</key><value>v</value></item></tagSet>"
    )
}

fn templates(ids: &[&str]) -> (u16, String) {
    let items: String = ids
        .iter()
        .map(|id| format!("<item>{}</item>", template(id)))
        .collect();
    answer(
        "DescribeLaunchTemplates",
        &format!("<launchTemplates>{items}</launchTemplates>"),
    )
}

fn versions(items: &str) -> (u16, String) {
    answer(
        "DescribeLaunchTemplateVersions",
        &format!("<launchTemplateVersionSet>{items}</launchTemplateVersionSet>"),
    )
}

fn version(number: i64, data: &str) -> String {
    format!(
        "<item><launchTemplateId>lt-1</launchTemplateId><versionNumber>{number}</versionNumber>\
         <launchTemplateData>{data}</launchTemplateData></item>"
    )
}

fn data() -> TemplateData {
    TemplateData {
        image_id: Some("ami-1".into()),
        instance_type: Some("m7g.large".into()),
        iam_instance_profile: Some(Profile::Name("node".into())),
        security_group_ids: ["sg-1".into(), "sg-2".into()].into(),
        key_name: Some("key".into()),
        monitoring: true,
        ebs_optimized: Some(true),
        user_data: Some("aGk=".into()),
        metadata_options: MetadataOptions {
            http_tokens: "required".into(),
            http_put_response_hop_limit: 2,
            http_endpoint: "enabled".into(),
        },
        block_devices: [(
            "/dev/xvda".into(),
            BlockDevice {
                size_gib: Some(50),
                volume_type: Some("gp3".into()),
                iops: Some(3000),
                throughput: Some(125),
                encrypted: Some(true),
                kms_key_id: Some("alias/k".into()),
                snapshot_id: Some("snap-1".into()),
                delete_on_termination: Some(true),
            },
        )]
        .into(),
        tags: [("volume".into(), [("a".into(), "1".into())].into())].into(),
    }
}

fn assert_says(request: &str, parts: &[&str]) {
    for part in parts {
        assert!(request.contains(part), "{part} in {request}");
    }
}

#[tokio::test(start_paused = true)]
async fn templates_asked_for_by_id_are_found_though_others_are_gone() {
    let (ec2, script) = ec2([
        refusal("InvalidLaunchTemplateId.NotFound"),
        templates(&["lt-1"]),
        refusal("InvalidLaunchTemplateId.NotFound"),
    ]);
    let (there, gone) = tokio::join!(ec2.launch_template("lt-1"), ec2.launch_template("lt-2"));
    assert_eq!(
        there.unwrap().unwrap(),
        LaunchTemplate {
            id: "lt-1".into(),
            name: "lt-1-name".into(),
            default_version: 1,
            latest_version: 3,
            tags: [("k".into(), "v".into())].into(),
        }
    );
    assert_eq!(gone.unwrap(), None);
    assert_eq!(script.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn templates_asked_for_by_name_share_one_call() {
    let (ec2, script) = ec2([templates(&["lt-1"])]);
    let (there, gone) = tokio::join!(
        ec2.launch_template_by_name("lt-1-name"),
        ec2.launch_template_by_name("lt-2-name"),
    );
    assert_eq!(there.unwrap().unwrap().id, "lt-1");
    assert_eq!(gone.unwrap(), None);
    assert_says(
        &script.requests()[0],
        &[
            "Filter.1.Name=launch-template-name",
            "Filter.1.Value.2=lt-2-name",
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn a_template_without_what_aws_promises_is_an_error() {
    for part in [
        "launchTemplateId",
        "launchTemplateName",
        "latestVersionNumber",
    ] {
        let broken = template("lt-1").replace(part, "somethingElse");
        let result = format!("<launchTemplates><item>{broken}</item></launchTemplates>");
        let (ec2, _) = ec2([answer("DescribeLaunchTemplates", &result)]);
        let error = ec2.launch_template("lt-1").await.unwrap_err();
        assert_eq!(error.as_call().unwrap().kind, CallFailure::Malformed);
    }
}

#[tokio::test]
async fn a_version_is_read_as_it_is() {
    let full = "<imageId>ami-1</imageId><instanceType>m7g.large</instanceType><iamInstanceProfile>\
                <name>node</name></iamInstanceProfile><securityGroupIdSet><item>sg-2</item>\
                <item>sg-1</item></securityGroupIdSet><keyName>key</keyName><monitoring><enabled>\
                true</enabled></monitoring><ebsOptimized>true</ebsOptimized><userData>aGk=</userData>\
                <metadataOptions><httpTokens>required</httpTokens><httpPutResponseHopLimit>2\
                </httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint></metadataOptions>\
                <blockDeviceMappingSet><item><deviceName>/dev/xvda</deviceName><ebs><volumeSize>50\
                </volumeSize><volumeType>gp3</volumeType><iops>3000</iops><throughput>125\
                </throughput><encrypted>true</encrypted><kmsKeyId>alias/k</kmsKeyId><snapshotId>\
                snap-1</snapshotId><deleteOnTermination>true</deleteOnTermination></ebs></item>\
                <item><deviceName>/dev/xvdb</deviceName><virtualName>ephemeral0</virtualName></item>\
                </blockDeviceMappingSet><tagSpecificationSet><item><resourceType>volume\
                </resourceType><tagSet><item><key>a</key><value>1</value></item></tagSet></item>\
                </tagSpecificationSet>";
    let empty = "<iamInstanceProfile><arn>arn:p</arn></iamInstanceProfile>";
    let (ec2, _) = ec2([versions(&(version(1, full) + &version(2, empty)))]);
    let asked = [1, 2].into();
    let found = ec2.launch_template_versions("lt-1", &asked).await.unwrap();
    assert_eq!(found[0].version, 1);
    assert_eq!(found[0].data, data());
    assert_eq!(
        found[1].data.iam_instance_profile,
        Some(Profile::Arn("arn:p".into()))
    );
    assert_eq!(found[1].data.metadata_options.http_tokens, "");
    assert!(!found[1].data.monitoring);
}

#[tokio::test]
async fn versions_that_do_not_exist_are_left_out() {
    let (ec2, _) = ec2([
        refusal("InvalidLaunchTemplateId.VersionNotFound"),
        versions(&version(1, "")),
        refusal("InvalidLaunchTemplateId.VersionNotFound"),
        refusal("InvalidLaunchTemplateId.NotFound"),
    ]);
    let asked = [1, 9].into();
    let found = ec2.launch_template_versions("lt-1", &asked).await.unwrap();
    assert_eq!(found.len(), 1);
    let found = ec2.launch_template_version("lt-9", "$Latest").await;
    assert_eq!(found.unwrap(), None);
    // Without a version named, AWS would describe them all.
    let none = ec2.launch_template_versions("lt-1", &BTreeSet::new()).await;
    assert!(none.unwrap().is_empty());
}

/// Version `number` of a template, which marks its volumes as a cluster's.
fn marked_version(id: &str, number: i64) -> String {
    let data = "<tagSpecificationSet><item><resourceType>volume</resourceType><tagSet><item><key>\
                kubeha.io/cluster</key><value>prod</value></item></tagSet></item>\
                </tagSpecificationSet>";
    version(number, data).replace("lt-1", id)
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_several_templates_lists_their_newest_versions_and_asks_for_older_ones() {
    let listed = marked_version("lt-1", 3)
        + &marked_version("lt-2", 2)
        // Somebody else's.
        + &version(1, "").replace("lt-1", "lt-3");
    let (ec2, script) = ec2([
        versions(&marked_version("lt-1", 3)),
        versions(&listed),
        versions(&version(1, "").replace("lt-1", "lt-3")),
        versions(&marked_version("lt-2", 1)),
    ]);
    for (id, number) in [
        ("lt-1", 3),
        ("lt-2", 2),
        ("lt-1", 3),
        ("lt-3", 1),
        ("lt-2", 1),
    ] {
        let asked = [number].into();
        let found = refreshing(ec2.launch_template_versions(id, &asked)).await;
        assert_eq!(found.unwrap()[0].version, number, "{id}");
    }
    let requests = script.requests();
    let of = |id: &str| format!("LaunchTemplateId={id}");
    let asked = [Some("lt-1"), None, Some("lt-3"), Some("lt-2")];
    assert_eq!(requests.len(), asked.len());
    for (request, id) in requests.iter().zip(asked) {
        match id {
            Some(id) => assert!(request.contains(&of(id)), "{request}"),
            None => assert!(
                request.contains("=%24Latest") && !request.contains(&of("")),
                "{request}"
            ),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refresh_of_many_nodes_lists_the_volumes_of_clusters() {
    let volume = |id: &str, instance: &str| {
        let (volume, attached) = (
            format!("<volumeId>{id}</volumeId>"),
            format!("<instanceId>{instance}</instanceId>"),
        );
        format!("<item>{volume}<attachmentSet><item>{attached}</item></attachmentSet></item>")
    };
    let volumes = |items: &str| {
        answer(
            "DescribeVolumes",
            &format!("<volumeSet>{items}</volumeSet>"),
        )
    };
    let (ec2, script) = ec2([
        volumes(&volume("vol-1", "i-1")),
        volumes(&(volume("vol-2", "i-2") + &volume("vol-3", "i-3"))),
        // One whose volumes lack the mark is asked for.
        volumes(&volume("vol-4", "i-4")),
    ]);
    for number in 1..5 {
        let ids = [format!("i-{number}")];
        let found = refreshing(ec2.volumes_of(&ids)).await.unwrap();
        assert_eq!(found[0].id, format!("vol-{number}"));
    }
    let requests = script.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[1].contains("tag-key") && !requests[1].contains("i-2"));
}

#[tokio::test]
async fn a_create_says_all_it_was_given() {
    let made = format!("<launchTemplate>{}</launchTemplate>", template("lt-1"));
    let (ec2, script) = ec2([answer("CreateLaunchTemplate", &made)]);
    let tags: Tags = [("k".into(), "v".into())].into();
    let made = ec2
        .create_launch_template("prod", &data(), &tags, "token")
        .await
        .unwrap();
    assert_eq!(made.latest_version, 3);
    assert_says(
        &script.requests()[0],
        &[
            "LaunchTemplateName=prod",
            "ClientToken=token",
            "TagSpecification.1.ResourceType=launch-template",
            "LaunchTemplateData.ImageId=ami-1",
            "LaunchTemplateData.InstanceType=m7g.large",
            "LaunchTemplateData.IamInstanceProfile.Name=node",
            "LaunchTemplateData.SecurityGroupId.2=sg-2",
            "LaunchTemplateData.KeyName=key",
            "LaunchTemplateData.Monitoring.Enabled=true",
            "LaunchTemplateData.EbsOptimized=true",
            "LaunchTemplateData.UserData=aGk%3D",
            "LaunchTemplateData.MetadataOptions.HttpTokens=required",
            "LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit=2",
            "LaunchTemplateData.MetadataOptions.HttpEndpoint=enabled",
            "LaunchTemplateData.BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeSize=50",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.VolumeType=gp3",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.Iops=3000",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.Throughput=125",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.Encrypted=true",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.KmsKeyId=alias%2Fk",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.SnapshotId=snap-1",
            "LaunchTemplateData.BlockDeviceMapping.1.Ebs.DeleteOnTermination=true",
            "LaunchTemplateData.TagSpecification.1.ResourceType=volume",
            "LaunchTemplateData.TagSpecification.1.Tag.1.Key=a",
        ],
    );
}

#[tokio::test]
async fn a_new_version_builds_on_no_other_and_a_name_taken_is_a_conflict() {
    let number = "<launchTemplateVersion><versionNumber>4</versionNumber></launchTemplateVersion>";
    let (ec2, script) = ec2([
        answer("CreateLaunchTemplateVersion", number),
        refusal("InvalidLaunchTemplateName.AlreadyExistsException"),
        refusal("InvalidLaunchTemplateId.NotFound"),
    ]);
    let made = ec2
        .create_launch_template_version("lt-1", &data(), "t")
        .await;
    assert_eq!(made.unwrap(), 4);
    assert!(!script.requests()[0].contains("SourceVersion"));
    let error = ec2
        .create_launch_template("prod", &data(), &Tags::new(), "t")
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error}");
    ec2.delete_launch_template("lt-1").await.unwrap();
}

#[test]
fn data_that_differs_in_tags_alone_is_alike() {
    let other = TemplateData {
        tags: [].into(),
        ..data()
    };
    assert_ne!(data(), other);
    assert!(data().is_alike(&other));
    let other = TemplateData {
        key_name: None,
        ..data()
    };
    assert!(!data().is_alike(&other));
}

#[tokio::test(start_paused = true)]
async fn instances_and_volumes_are_read_as_they_are() {
    let instance = "<item><instanceId>i-1</instanceId><instanceState><code>16</code><name>running\
                    </name></instanceState><placement><availabilityZone>eu-west-1a\
                    </availabilityZone></placement><privateIpAddress>10.0.0.4</privateIpAddress>\
                    <launchTime>2026-01-01T00:00:00Z</launchTime><blockDeviceMapping><item>\
                    <deviceName>/dev/xvda</deviceName><ebs><volumeId>vol-1</volumeId></ebs></item>\
                    </blockDeviceMapping><tagSet><item><key>k</key><value>v</value></item></tagSet>\
                    </item>";
    let instances = format!(
        "<reservationSet><item><instancesSet>{instance}</instancesSet></item></reservationSet>"
    );
    let volumes = "<volumeSet><item><volumeId>vol-1</volumeId><attachmentSet><item><instanceId>i-1\
                   </instanceId></item></attachmentSet></item><item><volumeId>vol-2</volumeId>\
                   <attachmentSet><item><instanceId>i-1</instanceId></item></attachmentSet></item>\
                   </volumeSet>";
    let (ec2, script) = ec2([
        answer("DescribeInstances", &instances),
        answer("DescribeVolumes", volumes),
    ]);
    let ids = ["i-2".to_owned(), "i-1".to_owned()];
    assert_eq!(
        ec2.instances(&ids).await.unwrap(),
        [Instance {
            id: "i-1".into(),
            zone: "eu-west-1a".into(),
            state: "running".into(),
            private_ip: Some("10.0.0.4".into()),
            tags: [("k".into(), "v".into())].into(),
            volume_ids: vec!["vol-1".into()],
            launch_time: Some(1_767_225_600),
        }]
    );
    let found = ec2.volumes_of(&ids).await.unwrap();
    assert_eq!((&*found[0].id, &*found[1].id), ("vol-1", "vol-2"));
    assert_eq!(found[0].instance_id.as_deref(), Some("i-1"));
    assert_says(
        &script.requests()[1],
        &[
            "Filter.1.Name=attachment.instance-id",
            "Filter.1.Value.1=i-1",
        ],
    );
}

#[tokio::test(start_paused = true)]
async fn what_arguments_are_checked_against_is_read_as_it_is() {
    let kind = "<instanceTypeSet><item><instanceType>m7g.large</instanceType><currentGeneration>true\
                </currentGeneration><bareMetal>false</bareMetal><supportedUsageClasses><item>\
                on-demand</item><item>spot</item></supportedUsageClasses><processorInfo>\
                <supportedArchitectures><item>arm64</item></supportedArchitectures></processorInfo>\
                <vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo><memoryInfo><sizeInMiB>8192\
                </sizeInMiB></memoryInfo></item></instanceTypeSet>";
    let offer = |zone: &str| {
        format!("<item><instanceType>m7g.large</instanceType><location>{zone}</location></item>")
    };
    let offers = format!(
        "<instanceTypeOfferingSet>{}{}</instanceTypeOfferingSet>",
        offer("eu-west-1a"),
        offer("eu-west-1b")
    );
    let image = "<imagesSet><item><imageId>ami-1</imageId><architecture>arm64</architecture>\
                 <imageState>available</imageState><rootDeviceName>/dev/xvda</rootDeviceName>\
                 <platform>windows</platform><blockDeviceMapping><item><deviceName>/dev/xvda\
                 </deviceName><ebs><volumeSize>8</volumeSize></ebs></item></blockDeviceMapping>\
                 </item></imagesSet>";
    let zone = "<availabilityZoneInfo><item><zoneName>eu-west-1a</zoneName><zoneId>euw1-az3</zoneId>\
                <zoneType>availability-zone</zoneType><zoneState>available</zoneState><optInStatus>\
                opt-in-not-required</optInStatus></item></availabilityZoneInfo>";
    let (ec2, script) = ec2([
        answer("DescribeInstanceTypes", kind),
        answer("DescribeInstanceTypeOfferings", &offers),
        answer("DescribeImages", image),
        answer(
            "DescribeKeyPairs",
            "<keySet><item><keyName>key</keyName></item></keySet>",
        ),
        answer("DescribeKeyPairs", "<keySet/>"),
        answer("DescribeAvailabilityZones", zone),
    ]);
    assert_eq!(
        ec2.instance_type("m7g.large").await.unwrap(),
        Some(InstanceType {
            name: "m7g.large".into(),
            architectures: ["arm64".into()].into(),
            bare_metal: false,
            vcpus: 2,
            memory_mib: 8192,
            current_generation: true,
            supports_spot: true,
        })
    );
    let zones = ec2.zones_offering("m7g.large").await.unwrap();
    assert_eq!(zones, ["eu-west-1a".into(), "eu-west-1b".into()].into());
    assert_eq!(
        ec2.image("ami-1").await.unwrap(),
        Some(Image {
            id: "ami-1".into(),
            architecture: "arm64".into(),
            state: "available".into(),
            root_device_name: Some("/dev/xvda".into()),
            block_devices: [(
                "/dev/xvda".into(),
                BlockDevice {
                    size_gib: Some(8),
                    ..BlockDevice::default()
                }
            )]
            .into(),
            platform: Some("windows".into()),
        })
    );
    assert!(ec2.key_pair_exists("key").await.unwrap());
    assert!(!ec2.key_pair_exists("key").await.unwrap());
    assert_eq!(
        ec2.zone("eu-west-1a").await.unwrap(),
        Some(Zone {
            name: "eu-west-1a".into(),
            zone_id: "euw1-az3".into(),
            zone_type: "availability-zone".into(),
            state: "available".into(),
            opt_in_status: "opt-in-not-required".into(),
        })
    );
    let requests = script.requests();
    assert_says(&requests[1], &["LocationType=availability-zone"]);
    assert_says(&requests[2], &["IncludeDeprecated=true"]);
    assert_says(&requests[5], &["AllAvailabilityZones=true"]);
}

#[tokio::test]
async fn tags_are_set_before_others_are_removed_and_nothing_means_no_call() {
    let (ec2, script) = ec2([answer("CreateTags", ""), answer("DeleteTags", "")]);
    let ids = ["i-1".to_owned()];
    ec2.change_tags(&ids, &TagChanges::default()).await.unwrap();
    assert!(script.requests().is_empty());
    let changes = TagChanges {
        set: [("a".into(), "1".into())].into(),
        remove: ["b".to_owned()].into(),
    };
    ec2.change_tags(&ids, &changes).await.unwrap();
    let requests = script.requests();
    assert_says(
        &requests[0],
        &["Action=CreateTags", "ResourceId.1=i-1", "Tag.1.Value=1"],
    );
    assert_says(&requests[1], &["Action=DeleteTags", "Tag.1.Key=b"]);
    // With a value, even the empty one, only that value is removed.
    assert!(!requests[1].contains("Tag.1.Value"), "{}", requests[1]);
}

#[tokio::test]
async fn an_object_alone_that_is_gone_is_an_error() {
    let (ec2, _) = ec2([refusal("InvalidInstanceID.NotFound")]);
    let tags: Tags = [("a".into(), "1".into())].into();
    let error = ec2.tag(&["i-1".to_owned()], &tags).await.unwrap_err();
    assert!(error.is_not_found());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is gone: what is left is tagged once, and nothing else.
    #[test]
    fn of_several_objects_those_left_are_tagged_once(
        count in 2..450_usize,
        gone in proptest::collection::btree_set(0..450_usize, 0..4),
    ) {
        let ids: Vec<String> = (0..count).map(|i| i.to_string()).collect();
        let gone: BTreeSet<String> = gone.iter().map(ToString::to_string).collect();
        let tagged = Mutex::new(Vec::new());
        let (gone_ones, into) = (&gone, &tagged);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let result = runtime.block_on(tagging::in_batches(&ids, |batch| async move {
            if batch.iter().any(|id| gone_ones.contains(id)) {
                return Err(crate::error::fake::refused("InvalidInstanceID.NotFound"));
            }
            into.lock().unwrap().extend(batch);
            Ok(())
        }));
        prop_assert!(result.is_ok());
        let left: Vec<String> = ids.into_iter().filter(|id| !gone.contains(id)).collect();
        prop_assert_eq!(tagged.into_inner().unwrap(), left);
    }
}
