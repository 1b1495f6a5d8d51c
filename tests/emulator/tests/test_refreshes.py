"""Instance refreshes."""

import random

from .harness import GroupTest


class RefreshTest(GroupTest):
    """A group of three at version 1, with a version 2 to go to."""

    def setUp(self):
        super().setUp()
        self.template_version(self.template)

    def wanted(self, version="2"):
        return {"LaunchTemplate": {"LaunchTemplateId": self.template, "Version": version}}

    def start(self, desired="2", **preferences):
        settings = {"DesiredConfiguration": self.wanted(desired)} if desired else {}
        return self.asg.start_instance_refresh(
            AutoScalingGroupName="nodes", Preferences=preferences, **settings
        )["InstanceRefreshId"]

    def refresh(self):
        return self.asg.describe_instance_refreshes(AutoScalingGroupName="nodes")["InstanceRefreshes"][0]

    def status(self):
        return self.refresh()["Status"]


class Course(RefreshTest):
    def test_one_by_one(self):
        self.create()
        old = self.instances()
        self.start(MinHealthyPercentage=66, InstanceWarmup=60)
        seen = set()
        for _ in range(300):
            if self.status() == "Successful":
                break
            self.assertGreaterEqual(self.life().count("InService"), 2)
            seen.add(len(old & self.instances()))
            self.advance(2)
        refresh = self.refresh()
        self.assertEqual(
            (refresh["Status"], refresh["PercentageComplete"], refresh["InstancesToUpdate"]),
            ("Successful", 100, 0),
        )
        self.assertLessEqual({1, 2}, seen)
        self.assertEqual((self.versions(), self.spread()), (["2"] * 3, [1, 1, 1]))
        self.assertEqual(self.group()["LaunchTemplate"]["Version"], "2")

    def test_the_result_does_not_depend_on_looking(self):
        self.create()
        self.start(MinHealthyPercentage=66, InstanceWarmup=60)
        self.advance(3000)
        refresh = self.refresh()
        self.assertEqual((refresh["Status"], self.versions()), ("Successful", ["2"] * 3))
        # Three times: 1 s to end, 1 s to launch, 60 s of warm-up.
        self.assertEqual((refresh["EndTime"] - refresh["StartTime"]).total_seconds(), 186)

    def test_launching_before_terminating(self):
        self.create()
        self.start(MinHealthyPercentage=100, MaxHealthyPercentage=134, InstanceWarmup=30)
        for _ in range(200):
            if self.status() == "Successful":
                break
            life = self.life()
            self.assertGreaterEqual(life.count("InService"), 3)
            self.assertLessEqual(len([state for state in life if not state.startswith("Terminating")]), 4)
            self.advance(1)
        self.assertEqual((self.status(), self.versions()), ("Successful", ["2"] * 3))

    def test_without_desired_configuration_all_are_replaced(self):
        self.create()
        old = self.instances()
        self.start(desired=None, InstanceWarmup=0)
        self.advance(100)
        self.assertEqual((self.status(), self.versions()), ("Successful", ["1"] * 3))
        self.assertFalse(old & self.instances())

    def test_skip_matching(self):
        self.create(desired=1, version="2")
        kept = self.instances()
        self.update(LaunchTemplate={"LaunchTemplateId": self.template, "Version": "1"})
        self.resize(3)
        self.advance(2)
        self.start(SkipMatching=True, InstanceWarmup=0)
        self.assertEqual(self.refresh()["InstancesToUpdate"], 2)
        self.advance(100)
        self.assertEqual((self.status(), self.versions()), ("Successful", ["2"] * 3))
        self.assertLessEqual(kept, self.instances())

    def test_checkpoints(self):
        self.create(desired=4)
        self.start(
            MinHealthyPercentage=0, InstanceWarmup=0, CheckpointPercentages=[50, 100], CheckpointDelay=600
        )
        self.advance(60)
        refresh = self.refresh()
        self.assertEqual((refresh["Status"], refresh["PercentageComplete"]), ("InProgress", 50))
        self.assertIn("checkpoint", refresh["StatusReason"])
        self.assertEqual(self.versions(), ["1", "1", "2", "2"])
        self.advance(600)
        self.assertEqual(self.versions(), ["2"] * 4)
        self.advance(600)
        self.assertEqual(self.status(), "Successful")

    def test_bake_time(self):
        self.create(desired=1)
        self.start(InstanceWarmup=0, BakeTime=100)
        self.advance(10)
        self.assertEqual(self.status(), "Baking")
        self.advance(100)
        self.assertEqual(self.status(), "Successful")

    def test_protected_instances(self):
        for preference, status, kept in (
            ("Ignore", "Successful", 1),
            ("Refresh", "Successful", 0),
            ("Wait", "InProgress", 1),
        ):
            with self.subTest(preference=preference):
                name = preference.lower()
                self.create(name=name)
                one = sorted(self.instances(name))[0]
                self.asg.set_instance_protection(
                    AutoScalingGroupName=name, InstanceIds=[one], ProtectedFromScaleIn=True
                )
                preferences = {"ScaleInProtectedInstances": preference, "InstanceWarmup": 0}
                self.asg.start_instance_refresh(
                    AutoScalingGroupName=name, Preferences=preferences, DesiredConfiguration=self.wanted()
                )
                self.advance(600)
                refresh = self.asg.describe_instance_refreshes(AutoScalingGroupName=name)[
                    "InstanceRefreshes"
                ][0]
                self.assertEqual((refresh["Status"], len({one} & self.instances(name))), (status, kept))

    def test_a_hook_holds_the_refresh(self):
        hook = {
            "LifecycleHookName": "up",
            "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
            "HeartbeatTimeout": 7200,
        }
        self.create()
        self.asg.put_lifecycle_hook(AutoScalingGroupName="nodes", **hook)
        self.start(MinHealthyPercentage=66, InstanceWarmup=0)
        for _ in range(3):
            self.advance(300)
            self.assertEqual(self.life(), ["InService", "InService", "Pending:Wait"])
            waiting = next(i for i in self.group()["Instances"] if i["LifecycleState"] == "Pending:Wait")
            self.asg.complete_lifecycle_action(
                AutoScalingGroupName="nodes",
                LifecycleHookName="up",
                InstanceId=waiting["InstanceId"],
                LifecycleActionResult="CONTINUE",
            )
        self.assertEqual((self.status(), self.versions()), ("Successful", ["2"] * 3))

    def test_target_health_counts_with_elb_checks(self):
        arn = self.target_group(self.vpc, HealthCheckIntervalSeconds=10, HealthyThresholdCount=3)
        self.listener(self.network_load_balancer(self.subnets)["LoadBalancerArn"], arn)
        self.elb.modify_target_group_attributes(
            TargetGroupArn=arn, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "0"}]
        )
        self.create(
            TargetGroupARNs=[arn], HealthCheckType="ELB", HealthCheckGracePeriod=300, DefaultInstanceWarmup=0
        )
        self.advance(60)
        self.start()
        self.advance(20)
        self.assertEqual(self.versions().count("2"), 1)
        self.advance(200)
        self.assertEqual((self.status(), self.states(arn)), ("Successful", {"healthy": 3}))


class End(RefreshTest):
    def test_one_at_a_time(self):
        self.create()
        self.start()
        self.refused("InstanceRefreshInProgress", self.start)
        self.asg.cancel_instance_refresh(AutoScalingGroupName="nodes")
        self.advance(600)
        self.assertEqual(self.status(), "Cancelled")
        self.refused(
            "ActiveInstanceRefreshNotFound", self.asg.cancel_instance_refresh, AutoScalingGroupName="nodes"
        )

    def test_meanwhile_the_launch_is_the_refresh_s_to_change(self):
        self.create()
        self.start(InstanceWarmup=60)
        self.refused("ValidationError", self.update, **self.wanted())
        self.update(MaxSize=20)
        self.asg.cancel_instance_refresh(AutoScalingGroupName="nodes")
        self.advance(600)
        self.update(**self.wanted())
        self.start(desired=None, InstanceWarmup=60)
        self.update(**self.wanted("1"))

    def test_rollback(self):
        self.create()
        self.start(InstanceWarmup=60)
        self.advance(70)
        self.assertIn("2", self.versions())
        self.asg.rollback_instance_refresh(AutoScalingGroupName="nodes")
        self.assertEqual(self.status(), "RollbackInProgress")
        self.advance(600)
        refresh = self.refresh()
        self.assertEqual((refresh["Status"], self.versions()), ("RollbackSuccessful", ["1"] * 3))
        self.assertIn("RollbackReason", refresh["RollbackDetails"])
        self.assertEqual(self.group()["LaunchTemplate"]["Version"], "1")

    def test_no_rollback_without_a_fixed_version(self):
        self.create(version="$Latest")
        self.start()
        self.refused(
            "IrreversibleInstanceRefresh", self.asg.rollback_instance_refresh, AutoScalingGroupName="nodes"
        )

    def test_automatic_rollback_after_an_hour(self):
        arn = self.target_group(self.vpc, HealthCheckIntervalSeconds=10, HealthyThresholdCount=3)
        self.listener(self.network_load_balancer(self.subnets)["LoadBalancerArn"], arn)
        self.create(
            TargetGroupARNs=[arn], HealthCheckType="ELB", HealthCheckGracePeriod=7200, DefaultInstanceWarmup=0
        )
        self.advance(60)
        self.admin("settings", new_targets_fail=True)
        self.start(AutoRollback=True)
        self.advance(3000)
        self.assertEqual(self.status(), "InProgress")
        self.admin("settings", new_targets_fail=False)
        self.advance(700)
        self.assertEqual(self.status(), "RollbackInProgress")
        self.advance(2000)
        self.assertEqual((self.status(), self.versions()), ("RollbackSuccessful", ["1"] * 3))

    def test_failure_after_an_hour(self):
        self.create()
        self.start(InstanceWarmup=7200)
        self.advance(3700)
        refresh = self.refresh()
        self.assertEqual(refresh["Status"], "Failed")
        self.assertIn("one hour", refresh["StatusReason"])

    def test_preferences_that_aws_refuses(self):
        self.create()
        for preferences in (
            {"MaxHealthyPercentage": 120},
            {"MinHealthyPercentage": 50, "MaxHealthyPercentage": 200},
            {"MinHealthyPercentage": 101},
            {"CheckpointPercentages": [50, 50]},
            {"CheckpointDelay": 60},
            {"StandbyInstances": "Refresh"},
        ):
            with self.subTest(**preferences):
                self.refused("ValidationError", self.start, **preferences)
        self.refused("ValidationError", self.start, desired=None, AutoRollback=True)
        self.refused("ValidationError", self.start, desired="9")


class AtRandom(RefreshTest):
    """Refreshes with resizes, kills and rollbacks at random moments; the seeds make them repeatable."""

    def test_bounds_and_outcome(self):
        for seed in range(12):
            with self.subTest(seed=seed):
                self.run_one(random.Random(seed), f"nodes-{seed}")

    def run_one(self, chance, name):
        size = chance.randint(1, 7)
        preferences = {
            "MinHealthyPercentage": chance.choice([0, 50, 66, 90, 100]),
            "InstanceWarmup": chance.choice([0, 30, 60]),
        }
        if chance.random() < 0.5:
            preferences["MaxHealthyPercentage"] = max(
                100, min(chance.choice([110, 134, 200]), preferences["MinHealthyPercentage"] + 100)
            )
        self.admin(
            "settings", launch_seconds=chance.choice([0, 5, 40]), terminate_seconds=chance.choice([0, 20])
        )
        self.create(name=name, desired=size)
        self.advance(100)
        old = self.instances(name)
        kill, roll, resize = (chance.random() < 0.3 for _ in range(3))
        self.asg.start_instance_refresh(
            AutoScalingGroupName=name, Preferences=preferences, DesiredConfiguration=self.wanted()
        )
        for step in range(60):
            refresh = self.asg.describe_instance_refreshes(AutoScalingGroupName=name)["InstanceRefreshes"][0]
            if refresh["Status"] not in ("Pending", "InProgress", "RollbackInProgress"):
                break
            if kill and step == 2 and self.instances(name):
                self.ec2.terminate_instances(InstanceIds=[chance.choice(sorted(self.instances(name)))])
            if resize and step == 3:
                size = chance.randint(1, 7)
                self.resize(size, name)
            if roll and step == 2 and refresh["Status"] == "InProgress":
                self.asg.rollback_instance_refresh(AutoScalingGroupName=name)
            self.advance(chance.choice([3, 11, 17, 60]))
        self.advance(300)
        rolled = "Rollback" in refresh["Status"]
        self.assertIn(refresh["Status"], ("Successful", "RollbackSuccessful"))
        self.assertEqual(self.versions(name), ["1" if rolled else "2"] * size)
        if not rolled:
            self.assertFalse(old & self.instances(name))
        spread = self.spread(name)
        self.assertLessEqual(max(spread) - min(spread), 1)
