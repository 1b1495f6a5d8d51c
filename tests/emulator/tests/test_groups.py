"""Groups: creation, what they keep, sizes, zones, replacement, deletion."""

from .harness import IMAGE, ZONES, GroupTest, also_on_stock, user_data


class Creation(GroupTest):
    def test_spread_over_zones(self):
        self.create(desired=5)
        self.assertEqual(sorted(self.spread()), [1, 2, 2])
        self.resize(9)
        self.advance(2)
        self.assertEqual(self.spread(), [3, 3, 3])
        self.resize(4)
        self.advance(2)
        self.assertEqual(sorted(self.spread()), [1, 1, 2])

    def test_instances_take_a_moment(self):
        self.create(settle=False)
        self.assertEqual(self.life(), ["Pending"] * 3)
        self.advance(1)
        self.assertEqual(self.life(), ["InService"] * 3)

    def test_a_name_is_taken_once(self):
        self.create()
        before = self.instances()
        self.refused("AlreadyExists", self.create)
        self.assertEqual(self.instances(), before)

    def test_sizes_that_contradict(self):
        self.refused("ValidationError", self.create, MinSize=3, MaxSize=2, desired=3)
        self.refused("ValidationError", self.create, MinSize=1, MaxSize=2, desired=3)
        self.create()
        self.refused("ValidationError", self.update, MinSize=11)
        self.refused("ValidationError", self.resize, desired=11)

    def test_things_that_are_not_there(self):
        missing = {"LaunchTemplateId": "lt-0123456789abcdef0", "Version": "1"}
        self.refused("ValidationError", self.create, LaunchTemplate=missing)
        self.refused("ValidationError", self.create, version="7")
        self.refused("ValidationError", self.create, VPCZoneIdentifier="subnet-0123456789abcdef0")
        arn = self.target_group(self.vpc)
        self.refused("ValidationError", self.create, TargetGroupARNs=[arn + "0"])
        self.assertIsNone(self.group())

    def test_an_instance_profile_must_exist(self):
        version = self.template_version(self.template, IamInstanceProfile={"Name": "nodes"})
        message = self.refused("ValidationError", self.create, version=version)
        self.assertIn("Invalid IAM Instance Profile", message)
        self.admin("settings", iam_seconds=10)
        self.iam.create_instance_profile(InstanceProfileName="nodes")
        # Not even IAM shows it yet.
        self.refused("ValidationError", self.create, version=version)
        self.advance(10)
        self.create(version=version)
        found = self.ec2.describe_instances(InstanceIds=sorted(self.instances()))["Reservations"][0][
            "Instances"
        ][0]
        self.assertTrue(found["IamInstanceProfile"]["Arn"].endswith("/nodes"))
        self.iam.delete_instance_profile(InstanceProfileName="nodes")
        self.resize(4)
        self.assertEqual((self.activities()[0]["StatusCode"], len(self.instances())), ("Failed", 3))
        self.assertEqual(len(self.admin("inventory")["instance"]), 3)

    def test_instances_are_as_their_version_says(self):
        group = self.security_group(self.vpc)
        version = self.template_version(
            self.template,
            UserData=user_data("two"),
            MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
            NetworkInterfaces=[{"DeviceIndex": 0, "Groups": [group]}],
            BlockDeviceMappings=[
                {
                    "DeviceName": "/dev/xvda",
                    "Ebs": {"VolumeSize": 20, "Encrypted": True, "DeleteOnTermination": True},
                }
            ],
            TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "owner", "Value": "a"}]}],
        )
        self.create(
            desired=1, version=version, Tags=[{"Key": "role", "Value": "node", "PropagateAtLaunch": True}]
        )
        self.assertEqual(self.versions(), [version])
        found = self.ec2.describe_instances(InstanceIds=list(self.instances()))["Reservations"][0][
            "Instances"
        ][0]
        self.assertEqual(found["InstanceType"], "t3.medium")
        self.assertEqual(found["MetadataOptions"]["HttpTokens"], "required")
        self.assertEqual(found["NetworkInterfaces"][0]["Groups"][0]["GroupId"], group)
        tags = {tag["Key"]: tag["Value"] for tag in found["Tags"]}
        self.assertEqual((tags["role"], tags["aws:autoscaling:groupName"]), ("node", "nodes"))
        volumes = self.ec2.describe_volumes(
            Filters=[{"Name": "attachment.instance-id", "Values": list(self.instances())}]
        )["Volumes"]
        self.assertEqual(
            [(v["Size"], v["Encrypted"], v["Tags"]) for v in volumes],
            [(20, True, [{"Key": "owner", "Value": "a"}])],
        )

    def test_the_version_shown_is_the_one_launched(self):
        self.template_version(self.template)
        self.create(version="2")
        self.assertEqual(self.versions(), ["2"] * 3)
        self.update(LaunchTemplate={"LaunchTemplateId": self.template, "Version": "1"})
        self.assertEqual(self.versions(), ["2"] * 3)
        self.resize(4)
        self.assertEqual(self.versions(), ["1", "2", "2", "2"])


class Settings(GroupTest):
    def test_kept_at_creation_and_changed_by_update(self):
        kept = {
            "InstanceMaintenancePolicy": {"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120},
            "DefaultInstanceWarmup": 77,
            "MaxInstanceLifetime": 86400,
            "AvailabilityZoneDistribution": {"CapacityDistributionStrategy": "balanced-only"},
            "TerminationPolicies": ["OldestInstance"],
            "DeletionProtection": "prevent-force-deletion",
            "CapacityRebalance": True,
            "HealthCheckGracePeriod": 60,
        }
        self.create(**kept)
        self.assertEqual({key: self.group().get(key) for key in kept}, kept)
        changed = {
            "TerminationPolicies": ["NewestInstance"],
            "DefaultInstanceWarmup": 5,
            "DeletionProtection": "none",
            "MaxInstanceLifetime": 0,
        }
        self.update(**changed)
        self.assertEqual({key: self.group().get(key) for key in changed}, changed)
        self.assertEqual(self.group()["InstanceMaintenancePolicy"], kept["InstanceMaintenancePolicy"])

    def test_defaults(self):
        self.create()
        group = self.group()
        self.assertEqual((group["HealthCheckGracePeriod"], group["DeletionProtection"]), (0, "none"))

    def test_an_update_keeps_what_it_does_not_name(self):
        policy = {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": self.template, "Version": "1"},
                "Overrides": [{"InstanceType": "t3.large"}],
            }
        }
        self.create(MixedInstancesPolicy=policy)
        self.update(MaxSize=9)
        self.assertEqual(
            self.group()["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"],
            [{"InstanceType": "t3.large"}],
        )

    def test_values_that_aws_refuses(self):
        for settings in (
            {"MaxInstanceLifetime": 60},
            {"DeletionProtection": "some"},
            {"HealthCheckType": "TCP"},
            {"InstanceMaintenancePolicy": {"MinHealthyPercentage": 50, "MaxHealthyPercentage": 200}},
            {"AvailabilityZoneDistribution": {"CapacityDistributionStrategy": "any"}},
        ):
            with self.subTest(**settings):
                self.refused("ValidationError", self.create, **settings)

    @also_on_stock
    def test_tags_can_be_changed(self):
        self.create(desired=0, Tags=[{"Key": "a", "Value": "1", "PropagateAtLaunch": True}])
        tag = {
            "ResourceId": "nodes",
            "ResourceType": "auto-scaling-group",
            "Key": "a",
            "Value": "2",
            "PropagateAtLaunch": False,
        }
        self.asg.create_or_update_tags(Tags=[tag])
        self.assertEqual(
            [(t["Key"], t["Value"], t["PropagateAtLaunch"]) for t in self.group()["Tags"]],
            [("a", "2", False)],
        )

    def test_tags_of_an_unknown_group(self):
        tag = {"ResourceId": "other", "ResourceType": "auto-scaling-group", "Key": "a", "Value": "2"}
        self.refused("ValidationError", self.asg.create_or_update_tags, Tags=[tag])
        self.refused("ValidationError", self.asg.delete_tags, Tags=[tag])


class Mixed(GroupTest):
    def policy(self, **distribution):
        return {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": self.template, "Version": "1"},
                "Overrides": [{"InstanceType": "t3.large"}, {"InstanceType": "t3.xlarge"}],
            },
            "InstancesDistribution": distribution,
        }

    def lifecycles(self):
        found = self.ec2.describe_instances(InstanceIds=sorted(self.instances()))["Reservations"]
        return sorted(
            instance.get("InstanceLifecycle", "on-demand") for one in found for instance in one["Instances"]
        )

    def test_types_and_shares(self):
        self.create(
            desired=4,
            MixedInstancesPolicy=self.policy(OnDemandBaseCapacity=1, OnDemandPercentageAboveBaseCapacity=0),
        )
        self.assertEqual({instance["InstanceType"] for instance in self.group()["Instances"]}, {"t3.large"})
        self.assertEqual(self.lifecycles(), ["on-demand", "spot", "spot", "spot"])
        self.assertNotIn("LaunchTemplate", self.group())

    def test_a_new_version_by_update(self):
        self.create(desired=1, MixedInstancesPolicy=self.policy())
        version = self.template_version(self.template)
        policy = self.policy()
        policy["LaunchTemplate"]["LaunchTemplateSpecification"]["Version"] = version
        self.update(MixedInstancesPolicy=policy)
        self.resize(2)
        self.assertEqual(self.versions(), ["1", version])


class Replacement(GroupTest):
    def setUp(self):
        super().setUp()
        self.target = self.target_group(self.vpc, HealthCheckIntervalSeconds=10, HealthyThresholdCount=3)
        balancer = self.network_load_balancer(self.subnets)["LoadBalancerArn"]
        self.listener(balancer, self.target)

    def test_a_terminated_instance_is_replaced_and_registered(self):
        self.create(TargetGroupARNs=[self.target])
        self.advance(40)
        self.assertEqual(self.states(self.target), {"healthy": 3})
        gone = sorted(self.instances())[0]
        self.ec2.terminate_instances(InstanceIds=[gone])
        self.advance(2)
        self.assertEqual(len(self.instances() - {gone}), 3)
        self.assertEqual(self.states(self.target), {"healthy": 2, "initial": 1, "draining": 1})
        self.assertEqual(self.spread(), [1, 1, 1])
        self.advance(400)
        self.assertEqual(self.states(self.target), {"healthy": 3})

    def test_marked_unhealthy_or_stopped_instances_are_replaced(self):
        self.create(desired=2)
        one, two = sorted(self.instances())
        self.asg.set_instance_health(InstanceId=one, HealthStatus="Unhealthy")
        self.ec2.stop_instances(InstanceIds=[two])
        self.advance(3)
        self.assertEqual(len(self.instances()), 2)
        self.assertFalse(self.instances() & {one, two})
        self.assertIn("user health-check", str([activity["Cause"] for activity in self.activities()]))

    def test_the_grace_period_is_respected(self):
        self.create(desired=1, HealthCheckGracePeriod=100)
        (one,) = self.instances()
        self.asg.set_instance_health(InstanceId=one, HealthStatus="Unhealthy")
        self.assertEqual(self.instances(), {one})
        self.asg.set_instance_health(InstanceId=one, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False)
        self.advance(3)
        self.assertNotIn(one, self.instances())

    def test_load_balancer_health_counts_if_asked_for(self):
        self.create(name="plain", desired=1, TargetGroupARNs=[self.target])
        self.create(
            name="strict",
            desired=1,
            TargetGroupARNs=[self.target],
            HealthCheckType="ELB",
            HealthCheckGracePeriod=60,
        )
        self.advance(40)
        targets = sorted(self.instances("plain") | self.instances("strict"))
        self.admin("target-health", targets=targets, state="failing")
        self.advance(10)
        self.assertEqual(len(self.instances("strict") & set(targets)), 1)
        self.advance(20)
        self.assertEqual(self.life("strict"), ["InService", "Terminating"])
        self.assertEqual(self.instances("plain") & set(targets), self.instances("plain"))

    def test_instances_that_never_get_well_are_replaced_again_and_again(self):
        self.admin("settings", new_targets_fail=True)
        self.create(desired=1, TargetGroupARNs=[self.target], HealthCheckType="ELB")
        # The clock jumps once: a verdict after two checks of 10 s, and 1 s for each launch.
        self.advance(100)
        launches = [found for found in self.activities() if found["Description"].startswith("Launching")]
        self.assertEqual(len(launches), 5)

    def test_scaling_in_drains_before_the_end(self):
        self.create(TargetGroupARNs=[self.target])
        self.advance(40)
        self.resize(2)
        self.assertEqual(self.life(), ["InService", "InService", "Terminating"])
        self.assertEqual(self.states(self.target), {"healthy": 2, "draining": 1})
        self.assertEqual(self.activities()[0]["StatusCode"], "WaitingForELBConnectionDraining")
        self.advance(302)
        self.assertEqual(self.life(), ["InService", "InService"])
        self.assertEqual(self.activities()[0]["StatusCode"], "Successful")

    def test_termination_by_request(self):
        self.create(MinSize=2)
        one, two, _ = sorted(self.instances())
        terminate = self.asg.terminate_instance_in_auto_scaling_group
        activity = terminate(InstanceId=one, ShouldDecrementDesiredCapacity=True)["Activity"]
        self.assertIn("shrinking the capacity from 3 to 2", activity["Cause"])
        self.refused("ValidationError", terminate, InstanceId=two, ShouldDecrementDesiredCapacity=True)
        terminate(InstanceId=two, ShouldDecrementDesiredCapacity=False)
        self.advance(3)
        self.assertEqual(len(self.instances()), 2)
        self.assertFalse(self.instances() & {one, two})
        self.refused(
            "ValidationError",
            terminate,
            InstanceId="i-0123456789abcdef0",
            ShouldDecrementDesiredCapacity=False,
        )

    def test_protected_instances_are_not_scaled_in(self):
        self.create(NewInstancesProtectedFromScaleIn=True)
        self.resize(1)
        self.advance(5)
        self.assertEqual(len(self.instances()), 3)
        one = sorted(self.instances())[0]
        self.asg.set_instance_protection(
            AutoScalingGroupName="nodes", InstanceIds=[one], ProtectedFromScaleIn=False
        )
        self.advance(5)
        self.assertEqual(len(self.instances()), 2)
        self.assertNotIn(one, self.instances())

    def test_instances_that_are_not_in_service_yet_are_not_protected(self):
        self.create(settle=False, NewInstancesProtectedFromScaleIn=True)
        self.assertEqual(self.life(), ["Pending"] * 3)
        self.resize(1)
        self.advance(5)
        self.assertEqual(len(self.instances()), 1)
        self.resize(0)
        self.advance(5)
        self.assertEqual(len(self.instances()), 1)

    def test_suspended_launch_and_termination(self):
        self.create(desired=2)
        self.asg.suspend_processes(AutoScalingGroupName="nodes", ScalingProcesses=["Launch", "Terminate"])
        self.resize(3)
        self.advance(5)
        self.assertEqual(len(self.instances()), 2)
        self.resize(1)
        self.advance(5)
        self.assertEqual(len(self.instances()), 2)
        self.asg.resume_processes(AutoScalingGroupName="nodes", ScalingProcesses=["Terminate"])
        self.advance(5)
        self.assertEqual(len(self.instances()), 1)

    def test_standby_leaves_the_target_group(self):
        self.create(desired=2, TargetGroupARNs=[self.target])
        one = sorted(self.instances())[0]
        self.asg.enter_standby(
            AutoScalingGroupName="nodes", InstanceIds=[one], ShouldDecrementDesiredCapacity=True
        )
        self.assertEqual(self.life(), ["InService", "Standby"])
        self.assertEqual(self.states(self.target)["draining"], 1)
        self.asg.exit_standby(AutoScalingGroupName="nodes", InstanceIds=[one])
        self.assertEqual(self.life(), ["InService", "InService"])
        self.assertEqual(self.states(self.target), {"initial": 2})


class Zones(GroupTest):
    def test_a_dead_zone_is_left_and_found_again(self):
        self.create()
        gone = self.admin("zone", zone=ZONES[0], state="dead", kill=True)["killed"]
        self.assertEqual(len(gone), 1)
        self.advance(5)
        self.assertEqual(sorted(self.spread()), [0, 1, 2])
        failed = [activity for activity in self.activities() if activity["StatusCode"] == "Failed"]
        self.assertIn(
            "sufficient t3.small capacity in the Availability Zone you requested (us-east-1a)",
            failed[0]["StatusMessage"],
        )
        self.admin("zone", zone=ZONES[0], state="alive")
        self.advance(10)
        self.assertEqual(self.spread(), [1, 1, 1])

    def test_balanced_only_waits_for_its_zone(self):
        self.create(AvailabilityZoneDistribution={"CapacityDistributionStrategy": "balanced-only"})
        self.admin("zone", zone=ZONES[1], state="dead", kill=True)
        self.advance(120)
        self.assertEqual(self.spread(), [1, 0, 1])
        self.admin("zone", zone=ZONES[1], state="alive")
        self.advance(61)
        self.assertEqual(self.spread(), [1, 1, 1])

    def test_rebalancing_can_be_suspended(self):
        self.create()
        self.asg.suspend_processes(AutoScalingGroupName="nodes", ScalingProcesses=["AZRebalance"])
        self.admin("zone", zone=ZONES[0], state="dead", kill=True)
        self.advance(5)
        self.admin("zone", zone=ZONES[0], state="alive")
        self.advance(100)
        self.assertEqual(self.spread()[0], 0)

    def test_a_removed_zone_is_left(self):
        self.create()
        self.update(VPCZoneIdentifier=",".join(self.subnets[:2]))
        self.advance(10)
        self.assertEqual(sorted(self.spread()), [0, 1, 2])

    def test_a_deleted_subnet_is_left(self):
        self.create(desired=0)
        self.ec2.delete_subnet(SubnetId=self.subnets[0])
        self.resize(2)
        self.advance(2)
        self.assertEqual(self.spread(), [0, 1, 1])

    def test_a_group_whose_subnets_are_all_deleted(self):
        self.create(desired=0)
        for subnet in self.subnets:
            self.ec2.delete_subnet(SubnetId=subnet)
        self.resize(1)
        self.advance(2)
        self.assertEqual(self.activities()[0]["StatusCode"], "Failed")
        self.assertIn(self.subnets[0], self.activities()[0]["StatusMessage"])

    def test_an_interface_with_an_unknown_security_group(self):
        interface = {"DeviceIndex": 0, "Groups": ["sg-0123456789abcdef0"]}
        self.create(version=self.template_version(self.template, NetworkInterfaces=[interface]))
        self.assertIn("sg-0123456789abcdef0", self.activities()[0]["StatusMessage"])

    def test_a_launch_that_cannot_succeed_says_why(self):
        version = self.template_version(self.template, SecurityGroupIds=["sg-0123456789abcdef0"])
        self.create(version=version)
        self.assertEqual(self.instances(), set())
        message = self.activities()[0]["StatusMessage"]
        self.assertIn("sg-0123456789abcdef0", message)
        self.assertTrue(message.endswith("Launching EC2 instance failed."))


class Deletion(GroupTest):
    def test_not_while_there_are_instances(self):
        self.create()
        delete = self.asg.delete_auto_scaling_group
        self.refused("ResourceInUse", delete, AutoScalingGroupName="nodes")
        self.resize(0)
        self.refused("ScalingActivityInProgress", delete, AutoScalingGroupName="nodes")
        self.advance(2)
        delete(AutoScalingGroupName="nodes")
        self.assertIsNone(self.group())
        self.refused("ValidationError", delete, AutoScalingGroupName="nodes")

    def test_by_force(self):
        self.create()
        self.asg.delete_auto_scaling_group(AutoScalingGroupName="nodes", ForceDelete=True)
        self.assertEqual(self.group()["Status"], "Delete in progress")
        self.refused("ScalingActivityInProgress", self.update, MaxSize=5)
        self.refused("AlreadyExists", self.create)
        self.advance(2)
        self.assertIsNone(self.group())
        found = self.ec2.describe_instances(Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
        self.assertEqual(found["Reservations"], [])
        self.assertEqual(self.activities(IncludeDeletedGroups=True)[0]["AutoScalingGroupState"], "Deleted")
        self.create()

    def test_protection(self):
        self.create(desired=0, DeletionProtection="prevent-force-deletion")
        delete = self.asg.delete_auto_scaling_group
        self.refused("ValidationError", delete, AutoScalingGroupName="nodes", ForceDelete=True)
        self.update(DeletionProtection="prevent-all-deletion")
        self.refused("ValidationError", delete, AutoScalingGroupName="nodes")
        self.update(DeletionProtection="prevent-force-deletion")
        delete(AutoScalingGroupName="nodes")

    def test_what_a_group_used_is_free_afterwards(self):
        group = self.security_group(self.vpc)
        version = self.template_version(self.template, SecurityGroupIds=[group], ImageId=IMAGE)
        self.create(version=version)
        self.refused("DependencyViolation", self.ec2.delete_security_group, GroupId=group)
        self.asg.delete_auto_scaling_group(AutoScalingGroupName="nodes", ForceDelete=True)
        self.advance(2)
        self.ec2.delete_security_group(GroupId=group)
        for subnet in self.subnets:
            self.ec2.delete_subnet(SubnetId=subnet)
        self.assertEqual(self.admin("inventory").keys(), {"vpc", "launch-template"})


class TrafficSources(GroupTest):
    def sources(self):
        found = self.asg.describe_traffic_sources(AutoScalingGroupName="nodes")["TrafficSources"]
        return [(source["Identifier"], source["State"]) for source in found]

    def test_attach_and_detach(self):
        arn = self.target_group(self.vpc)
        self.create(TrafficSources=[{"Identifier": arn, "Type": "elbv2"}])
        self.assertEqual(self.group()["TrafficSources"], [{"Identifier": arn, "Type": "elbv2"}])
        self.assertEqual(self.group()["TargetGroupARNs"], [arn])
        self.assertEqual(self.states(arn), {"unused": 3})
        self.assertEqual(self.sources(), [(arn, "Added")])
        self.asg.detach_traffic_sources(AutoScalingGroupName="nodes", TrafficSources=[{"Identifier": arn}])
        self.assertEqual((self.sources(), self.states(arn)), ([], {}))
        self.asg.attach_traffic_sources(AutoScalingGroupName="nodes", TrafficSources=[{"Identifier": arn}])
        self.assertEqual(self.states(arn), {"unused": 3})

    def test_in_service_with_a_healthy_instance(self):
        arn = self.target_group(self.vpc, HealthCheckIntervalSeconds=10, HealthyThresholdCount=3)
        self.listener(self.network_load_balancer(self.subnets)["LoadBalancerArn"], arn)
        self.create(TargetGroupARNs=[arn])
        self.advance(40)
        self.assertEqual(self.sources(), [(arn, "InService")])
