"""Lifecycle hooks."""

from .harness import GroupTest

UP = {
    "LifecycleHookName": "up",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
    "HeartbeatTimeout": 120,
    "DefaultResult": "ABANDON",
}
DOWN = {
    "LifecycleHookName": "down",
    "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
    "HeartbeatTimeout": 60,
    "DefaultResult": "CONTINUE",
}


class Hooks(GroupTest):
    def complete(self, hook, instance, result="CONTINUE"):
        self.asg.complete_lifecycle_action(
            AutoScalingGroupName="nodes",
            LifecycleHookName=hook,
            InstanceId=instance,
            LifecycleActionResult=result,
        )

    def test_given_at_creation(self):
        self.create(desired=0, LifecycleHookSpecificationList=[UP, DOWN])
        found = self.asg.describe_lifecycle_hooks(AutoScalingGroupName="nodes")["LifecycleHooks"]
        self.assertEqual(
            {hook["LifecycleHookName"]: hook["HeartbeatTimeout"] for hook in found}, {"up": 120, "down": 60}
        )
        self.assertNotIn("RoleARN", found[0])

    def test_changing_one_setting_keeps_the_others(self):
        self.create(desired=0, LifecycleHookSpecificationList=[UP])
        self.asg.put_lifecycle_hook(
            AutoScalingGroupName="nodes", LifecycleHookName="up", HeartbeatTimeout=300
        )
        found = self.asg.describe_lifecycle_hooks(AutoScalingGroupName="nodes")["LifecycleHooks"][0]
        self.assertEqual(
            (found["HeartbeatTimeout"], found["LifecycleTransition"]), (300, UP["LifecycleTransition"])
        )
        self.refused(
            "ValidationError",
            self.asg.put_lifecycle_hook,
            AutoScalingGroupName="nodes",
            LifecycleHookName="up",
            HeartbeatTimeout=29,
        )

    def test_the_empty_target_takes_away_one_that_was_there(self):
        target = "arn:aws:sqs:us-east-1:123456789012:queue"
        self.create(desired=0, LifecycleHookSpecificationList=[{**UP, "NotificationTargetARN": target}])

        def put(**settings):
            self.asg.put_lifecycle_hook(AutoScalingGroupName="nodes", LifecycleHookName="up", **settings)
            found = self.asg.describe_lifecycle_hooks(AutoScalingGroupName="nodes")["LifecycleHooks"][0]
            return found.get("NotificationTargetARN")

        self.assertEqual(put(HeartbeatTimeout=90), target)
        self.assertIsNone(put(NotificationTargetARN=""))
        self.assertIsNone(put(HeartbeatTimeout=60))

    def test_launching_waits_for_completion(self):
        arn = self.target_group(self.vpc)
        self.create(desired=1, LifecycleHookSpecificationList=[UP], TargetGroupARNs=[arn])
        (one,) = self.instances()
        self.assertEqual((self.life(), self.states(arn)), (["Pending:Wait"], {}))
        self.assertEqual(self.activities()[0]["StatusCode"], "MidLifecycleAction")
        self.complete("up", one)
        self.assertEqual((self.life(), self.states(arn)), (["InService"], {"unused": 1}))
        self.refused("ValidationError", self.complete, hook="up", instance=one)

    def test_an_abandoned_launch_is_replaced(self):
        self.create(desired=1, LifecycleHookSpecificationList=[UP])
        (one,) = self.instances()
        self.advance(118)
        self.assertEqual(self.instances(), {one})
        self.advance(4)
        self.assertEqual(len(self.instances() - {one}), 1)

    def test_a_heartbeat_gives_more_time(self):
        self.create(desired=1, LifecycleHookSpecificationList=[UP])
        (one,) = self.instances()
        self.advance(100)
        self.asg.record_lifecycle_action_heartbeat(
            AutoScalingGroupName="nodes", LifecycleHookName="up", InstanceId=one
        )
        self.advance(100)
        self.assertEqual((self.instances(), self.life()), ({one}, ["Pending:Wait"]))

    def test_terminating_waits(self):
        self.create(desired=1, LifecycleHookSpecificationList=[DOWN])
        (one,) = self.instances()
        self.resize(0)
        self.advance(1)
        self.assertEqual(self.life(), ["Terminating:Wait"])
        found = self.ec2.describe_instances(InstanceIds=[one])["Reservations"][0]["Instances"][0]
        self.assertEqual(found["State"]["Name"], "running")
        self.complete("down", one)
        self.advance(1)
        self.assertEqual(self.instances(), set())

    def test_terminating_goes_on_after_the_timeout(self):
        self.create(desired=1, LifecycleHookSpecificationList=[DOWN])
        self.resize(0)
        self.advance(59)
        self.assertEqual(self.life(), ["Terminating:Wait"])
        self.advance(3)
        self.assertEqual(self.life(), [])

    def test_every_hook_is_waited_for(self):
        other = {**UP, "LifecycleHookName": "other"}
        self.create(desired=1, LifecycleHookSpecificationList=[UP, other])
        (one,) = self.instances()
        self.complete("up", one)
        self.assertEqual(self.life(), ["Pending:Wait"])
        self.complete("other", one)
        self.assertEqual(self.life(), ["InService"])

    def test_force_skips_hooks(self):
        self.create(desired=1, LifecycleHookSpecificationList=[DOWN])
        self.resize(0)
        self.assertEqual(self.life(), ["Terminating:Wait"])
        self.asg.delete_auto_scaling_group(AutoScalingGroupName="nodes", ForceDelete=True)
        self.advance(2)
        self.assertIsNone(self.group())

    def test_deleting_a_hook_completes_its_waits(self):
        self.create(desired=1, LifecycleHookSpecificationList=[DOWN])
        self.resize(0)
        delete = self.asg.delete_lifecycle_hook
        delete(AutoScalingGroupName="nodes", LifecycleHookName="down")
        self.advance(2)
        self.assertEqual(self.life(), [])
        self.refused("ValidationError", delete, AutoScalingGroupName="nodes", LifecycleHookName="down")
        self.refused("ValidationError", self.asg.describe_lifecycle_hooks, AutoScalingGroupName="other")
