"""The health of targets over time."""

from .harness import EmulatorTest, also_on_stock

# 10 s x 3 until healthy, x 2 until unhealthy
CHECK = {"HealthCheckIntervalSeconds": 10, "HealthyThresholdCount": 3, "UnhealthyThresholdCount": 2}


class Health(EmulatorTest):
    def setUp(self):
        super().setUp()
        self.vpc, self.subnets = self.network()
        self.group = self.target_group(self.vpc, **CHECK)
        self.target = self.instance(self.subnets[0])

    def register(self, *targets):
        self.elb.register_targets(
            TargetGroupArn=self.group, Targets=[{"Id": target} for target in targets or [self.target]]
        )

    def serve(self, subnets=None):
        balancer = self.network_load_balancer(subnets or self.subnets)["LoadBalancerArn"]
        listener = self.listener(balancer, self.group)
        self.advance(3)
        return balancer, listener

    def reason(self):
        found = self.elb.describe_target_health(TargetGroupArn=self.group, Targets=[{"Id": self.target}])
        return found["TargetHealthDescriptions"][0]["TargetHealth"].get("Reason")

    def test_unused_without_a_load_balancer(self):
        self.register()
        self.assertEqual(self.states(self.group), {"unused": 1})
        self.assertEqual(self.reason(), "Target.NotInUse")

    def test_initial_until_the_checks_passed(self):
        self.serve()
        self.register()
        self.assertEqual(self.states(self.group), {"initial": 1})
        self.assertEqual(self.reason(), "Elb.InitialHealthChecking")
        self.advance(29)
        self.assertEqual(self.states(self.group), {"initial": 1})
        self.advance(1)
        self.assertEqual(self.states(self.group), {"healthy": 1})

    def test_registering_again_starts_nothing_afresh(self):
        self.serve()
        self.register()
        self.advance(30)
        self.register()
        self.assertEqual(self.states(self.group), {"healthy": 1})
        self.advance(1)
        self.admin("target-health", targets=[self.target], state="failing")
        self.assertEqual(self.states(self.group), {"unhealthy": 1})

    def test_checks_begin_with_the_listener(self):
        self.register()
        self.advance(1000)
        _, listener = self.serve()
        self.assertEqual(self.states(self.group), {"initial": 1})
        self.advance(30)
        self.assertEqual(self.states(self.group), {"healthy": 1})
        self.elb.delete_listener(ListenerArn=listener)
        self.assertEqual(self.states(self.group), {"unused": 1})

    def test_a_zone_that_the_load_balancer_does_not_serve(self):
        self.serve(self.subnets[1:])
        self.register()
        self.assertEqual((self.states(self.group), self.reason()), ({"unused": 1}, "Target.NotInUse"))

    def test_failing_and_passing_again(self):
        self.serve()
        self.register()
        self.advance(30)
        self.admin("target-health", targets=[self.target], state="failing")
        self.assertEqual(
            (self.states(self.group), self.reason()), ({"unhealthy": 1}, "Target.FailedHealthChecks")
        )
        self.admin("target-health", targets=[self.target], state="passing")
        self.assertEqual(self.states(self.group), {"unhealthy": 1})
        self.advance(30)
        self.assertEqual(self.states(self.group), {"healthy": 1})

    def test_failing_from_the_start(self):
        self.serve()
        self.admin("target-health", targets=[self.target], state="failing")
        self.register()
        self.assertEqual(self.states(self.group), {"initial": 1})
        self.advance(20)
        self.assertEqual(self.states(self.group), {"unhealthy": 1})

    def test_unhealthy_but_still_connected(self):
        attributes = {
            "target_health_state.unhealthy.connection_termination.enabled": "false",
            "target_health_state.unhealthy.draining_interval_seconds": "60",
        }
        listed = [{"Key": key, "Value": value} for key, value in attributes.items()]
        self.elb.modify_target_group_attributes(TargetGroupArn=self.group, Attributes=listed)
        self.serve()
        self.register()
        self.advance(40)
        self.admin("target-health", targets=[self.target], state="failing")
        self.assertEqual(self.states(self.group), {"unhealthy.draining": 1})
        self.advance(60)
        self.assertEqual(self.states(self.group), {"unhealthy": 1})

    def test_draining_for_the_deregistration_delay(self):
        self.serve()
        self.register()
        self.advance(30)
        self.elb.deregister_targets(TargetGroupArn=self.group, Targets=[{"Id": self.target}])
        self.assertEqual(self.states(self.group), {"draining": 1})
        self.advance(299)
        self.assertEqual(self.states(self.group), {"draining": 1})
        self.advance(1)
        self.assertEqual((self.states(self.group), self.reason()), ({}, "Target.NotRegistered"))

    def test_deregistering_an_unknown_target_succeeds(self):
        self.elb.deregister_targets(TargetGroupArn=self.group, Targets=[{"Id": self.target}])

    def test_a_terminated_instance_drains(self):
        self.serve()
        self.register()
        self.advance(30)
        self.ec2.terminate_instances(InstanceIds=[self.target])
        self.assertEqual(self.states(self.group), {"draining": 1})
        self.advance(300)
        self.assertEqual(self.states(self.group), {})

    @also_on_stock
    def test_a_stopped_instance_is_unused(self):
        self.serve()
        self.register()
        self.ec2.stop_instances(InstanceIds=[self.target])
        self.assertEqual((self.states(self.group), self.reason()), ({"unused": 1}, "Target.InvalidState"))

    def test_an_instance_of_another_vpc(self):
        _, foreign = self.network()
        target = self.instance(foreign[0])
        self.refused(
            "InvalidTarget", self.elb.register_targets, TargetGroupArn=self.group, Targets=[{"Id": target}]
        )
