"""Groups: what is attached by calls of its own, what is cleared, and what their instances get."""

from .harness import ZONES, EmulatorTest, GroupTest, also_on_stock

METRICS = {
    "GroupAndWarmPoolDesiredCapacity",
    "GroupAndWarmPoolTotalCapacity",
    "GroupDesiredCapacity",
    "GroupInServiceCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingCapacity",
    "GroupPendingInstances",
    "GroupStandbyCapacity",
    "GroupStandbyInstances",
    "GroupTerminatingCapacity",
    "GroupTerminatingInstances",
    "GroupTerminatingRetainedCapacity",
    "GroupTerminatingRetainedInstances",
    "GroupTotalCapacity",
    "GroupTotalInstances",
    "WarmPoolDesiredCapacity",
    "WarmPoolMinSize",
    "WarmPoolPendingCapacity",
    "WarmPoolPendingRetainedCapacity",
    "WarmPoolTerminatingCapacity",
    "WarmPoolTerminatingRetainedCapacity",
    "WarmPoolTotalCapacity",
    "WarmPoolWarmedCapacity",
}


def tag(key, value):
    return {"Key": key, "Value": value}


class Metrics(GroupTest):
    def enable(self, **settings):
        self.asg.enable_metrics_collection(AutoScalingGroupName="nodes", Granularity="1Minute", **settings)

    def disable(self, **settings):
        self.asg.disable_metrics_collection(AutoScalingGroupName="nodes", **settings)

    def enabled(self):
        found = self.group()["EnabledMetrics"]
        self.assertEqual({metric["Granularity"] for metric in found} or {"1Minute"}, {"1Minute"})
        return {metric["Metric"] for metric in found}

    def test_those_named_come_and_go_beside_the_others(self):
        self.create(desired=0)
        self.assertEqual(self.enabled(), set())
        self.enable(Metrics=["GroupMinSize", "GroupMaxSize"])
        self.enable(Metrics=["GroupMinSize", "GroupTotalInstances"])
        self.assertEqual(self.enabled(), {"GroupMinSize", "GroupMaxSize", "GroupTotalInstances"})
        self.disable(Metrics=["GroupMaxSize", "GroupPendingInstances"])
        self.assertEqual(self.enabled(), {"GroupMinSize", "GroupTotalInstances"})

    def test_none_named_are_all(self):
        self.create(desired=0)
        self.enable()
        self.assertEqual(self.enabled(), METRICS)
        self.disable()
        self.assertEqual(self.enabled(), set())

    def test_unknown(self):
        self.refused("ValidationError", self.enable, Metrics=["GroupMinSize"])
        self.create(desired=0)
        self.refused("ValidationError", self.enable, Metrics=["Mood"])
        self.refused("ValidationError", self.disable, Metrics=["Mood"])


class Processes(GroupTest):
    def suspended(self):
        return {found["ProcessName"] for found in self.group()["SuspendedProcesses"]}

    @also_on_stock
    def test_those_named_come_and_go_beside_the_others(self):
        self.create(desired=0)
        for processes in (["AZRebalance"], ["AZRebalance", "Launch"]):
            self.asg.suspend_processes(AutoScalingGroupName="nodes", ScalingProcesses=processes)
        self.assertEqual(self.suspended(), {"AZRebalance", "Launch"})
        self.asg.resume_processes(AutoScalingGroupName="nodes", ScalingProcesses=["Launch", "Terminate"])
        self.assertEqual(self.suspended(), {"AZRebalance"})

    def test_unknown(self):
        self.create(desired=0)
        for action in (self.asg.suspend_processes, self.asg.resume_processes):
            self.refused("ValidationError", action, AutoScalingGroupName="nodes", ScalingProcesses=["Mood"])
            self.refused("ValidationError", action, AutoScalingGroupName="no", ScalingProcesses=["Launch"])


class Cleared(GroupTest):
    @also_on_stock
    def test_a_warm_up_and_a_maintenance_policy(self):
        policy = {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120}
        self.create(desired=0, DefaultInstanceWarmup=60, InstanceMaintenancePolicy=policy)
        self.update(
            DefaultInstanceWarmup=-1,
            InstanceMaintenancePolicy={"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1},
        )
        group = self.group()
        self.assertNotIn("DefaultInstanceWarmup", group)
        self.assertNotIn("InstanceMaintenancePolicy", group)


class MixedReadBack(GroupTest):
    def policy(self, **distribution):
        template = {"LaunchTemplateId": self.template, "Version": "1"}
        return {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": template,
                "Overrides": [
                    {"InstanceType": "t3.large", "WeightedCapacity": "1"},
                    {"InstanceType": "t3.xlarge", "WeightedCapacity": "2"},
                ],
            },
            "InstancesDistribution": distribution,
        }

    def test_as_given_with_defaults_for_the_rest(self):
        self.create(desired=0, MixedInstancesPolicy=self.policy(SpotMaxPrice="0.05", OnDemandBaseCapacity=1))
        found = self.group()["MixedInstancesPolicy"]
        wanted = self.policy()["LaunchTemplate"]
        wanted["LaunchTemplateSpecification"]["LaunchTemplateName"] = "nodes"
        self.assertEqual(found["LaunchTemplate"], wanted)
        self.assertEqual(
            found["InstancesDistribution"],
            {
                "OnDemandAllocationStrategy": "prioritized",
                "OnDemandBaseCapacity": 1,
                "OnDemandPercentageAboveBaseCapacity": 100,
                "SpotAllocationStrategy": "lowest-price",
                "SpotInstancePools": 2,
                "SpotMaxPrice": "0.05",
            },
        )
        self.update(
            MixedInstancesPolicy=self.policy(
                SpotMaxPrice="", SpotAllocationStrategy="price-capacity-optimized"
            )
        )
        found = self.group()["MixedInstancesPolicy"]["InstancesDistribution"]
        self.assertNotIn("SpotMaxPrice", found)
        self.assertNotIn("SpotInstancePools", found)

    def test_from_a_template_to_a_mix_and_back(self):
        self.create(desired=0)
        self.update(MixedInstancesPolicy=self.policy())
        self.assertNotIn("LaunchTemplate", self.group())
        self.update(LaunchTemplate={"LaunchTemplateId": self.template, "Version": "1"})
        self.assertNotIn("MixedInstancesPolicy", self.group())
        self.assertEqual(self.group()["LaunchTemplate"]["Version"], "1")


class Instances(GroupTest):
    def found(self):
        reservations = self.ec2.describe_instances(
            Filters=[{"Name": "instance-id", "Values": sorted(self.instances())}]
        )["Reservations"]
        return [instance for found in reservations for instance in found["Instances"]]

    def test_they_get_key_monitoring_and_a_profile_named_by_arn(self):
        self.ec2.create_key_pair(KeyName="key", KeyType="ed25519")
        arn = self.iam.create_instance_profile(InstanceProfileName="nodes")["InstanceProfile"]["Arn"]
        group = self.security_group(self.vpc)
        version = self.template_version(
            self.template,
            KeyName="key",
            Monitoring={"Enabled": True},
            IamInstanceProfile={"Arn": arn},
            SecurityGroupIds=[group],
            EbsOptimized=True,
        )
        self.create(desired=1, version=version)
        (found,) = self.found()
        self.assertEqual((found["KeyName"], found["Monitoring"]["State"]), ("key", "enabled"))
        self.assertEqual(found["IamInstanceProfile"]["Arn"], arn)
        self.assertEqual([one["GroupId"] for one in found["SecurityGroups"]], [group])
        self.assertTrue(found["EbsOptimized"])

    def test_a_key_pair_that_is_not_there(self):
        version = self.template_version(self.template, KeyName="none")
        self.create(desired=1, version=version)
        self.assertEqual(self.instances(), set())
        self.assertIn("InvalidKeyPair.NotFound", self.activities()[0]["StatusMessage"])

    def test_tags_of_group_and_version_and_later_ones(self):
        version = self.template_version(
            self.template,
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": [tag("a", "version"), tag("b", "version")]},
                {"ResourceType": "volume", "Tags": [tag("c", "version")]},
            ],
        )
        tags = [
            {**tag("b", "group"), "PropagateAtLaunch": True},
            {**tag("d", "group"), "PropagateAtLaunch": False},
        ]
        self.create(desired=2, version=version, Tags=tags)
        ids = sorted(self.instances())
        self.ec2.create_tags(Resources=ids, Tags=[tag("later", "")])
        for instance in self.found():
            found = {one["Key"]: one["Value"] for one in instance["Tags"]}
            self.assertEqual(
                {key: found.get(key) for key in "abd"}, {"a": "version", "b": "group", "d": None}
            )
            self.assertEqual(found["later"], "")
        volumes = self.ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": ids}])[
            "Volumes"
        ]
        self.assertEqual([volume["Tags"] for volume in volumes], [[tag("c", "version")]] * 2)
        volume_ids = [volume["VolumeId"] for volume in volumes]
        self.ec2.create_tags(Resources=volume_ids, Tags=[tag("later", "x")])
        self.ec2.delete_tags(Resources=volume_ids, Tags=[{"Key": "c"}])
        volumes = self.ec2.describe_volumes(VolumeIds=volume_ids)["Volumes"]
        self.assertEqual([volume["Tags"] for volume in volumes], [[tag("later", "x")]] * 2)

    def test_they_have_zones_and_volumes(self):
        self.create()
        found = self.found()
        self.assertEqual(
            sorted(instance["Placement"]["AvailabilityZone"] for instance in found), sorted(ZONES)
        )
        volumes = {
            mapping["Ebs"]["VolumeId"] for instance in found for mapping in instance["BlockDeviceMappings"]
        }
        self.assertEqual(len(volumes), 3)


class Unknown(EmulatorTest):
    def test_tags_of_objects_that_are_not_there(self):
        for object_id, code in (
            ("i-0123456789abcdef0", "InvalidInstanceID.NotFound"),
            ("vol-0123456789abcdef0", "InvalidVolume.NotFound"),
            ("lt-0123456789abcdef0", "InvalidLaunchTemplateId.NotFound"),
        ):
            self.refused(code, self.ec2.create_tags, Resources=[object_id], Tags=[tag("a", "b")])

    def test_nothing_is_tagged_if_one_is_not_there(self):
        _, subnets = self.network()
        instance = self.instance(subnets[0])
        self.refused(
            "InvalidInstanceID.NotFound",
            self.ec2.create_tags,
            Resources=[instance, "i-0123456789abcdef0"],
            Tags=[tag("a", "b")],
        )
        found = self.ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [instance]}])
        self.assertEqual(found["Tags"], [])

    def test_reads_about_a_group_that_is_not_there(self):
        for read in (self.asg.describe_lifecycle_hooks, self.asg.describe_instance_refreshes):
            message = self.refused("ValidationError", read, AutoScalingGroupName="none")
            self.assertIn("not found", message)
        found = self.asg.describe_auto_scaling_groups(AutoScalingGroupNames=["none"])
        self.assertEqual(found["AutoScalingGroups"], [])

    @also_on_stock
    def test_instances_by_filter(self):
        for value in ("i-0123456789abcdef0", "nonsense"):
            found = self.ec2.describe_instances(Filters=[{"Name": "instance-id", "Values": [value]}])
            self.assertEqual(found["Reservations"], [])

    @also_on_stock
    def test_templates_by_filter(self):
        template = self.launch_template()
        found = self.ec2.describe_launch_templates(
            Filters=[{"Name": "launch-template-name", "Values": ["nodes", "none"]}]
        )["LaunchTemplates"]
        self.assertEqual([one["LaunchTemplateId"] for one in found], [template])
