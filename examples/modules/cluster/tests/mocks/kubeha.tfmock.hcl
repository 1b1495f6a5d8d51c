# What a made-up AWS answers, as far as the module looks at it.

mock_resource "kubeha_network" {
  defaults = {
    vpc_id          = "vpc-00000000000000001"
    private_subnets = { eu-west-1a = "subnet-private-a", eu-west-1b = "subnet-private-b", eu-west-1c = "subnet-private-c" }
    public_subnets  = { eu-west-1a = "subnet-public-a", eu-west-1b = "subnet-public-b", eu-west-1c = "subnet-public-c" }
  }
}

mock_resource "kubeha_security_groups" {
  defaults = {
    api_load_balancer_id     = "sg-api"
    control_plane_id         = "sg-control-plane"
    service_load_balancer_id = "sg-service"
    worker_id                = "sg-worker"
  }
}

mock_resource "kubeha_node_roles" {
  defaults = {
    control_plane_instance_profile = "control-plane"
    worker_instance_profile        = "worker"
  }
}

mock_resource "kubeha_api_load_balancer" {
  defaults = { target_group_arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/1" }
}

mock_resource "kubeha_service_load_balancer" {
  defaults = {
    target_group_arns = [
      "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/http/2",
      "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/https/3",
    ]
  }
}

mock_resource "kubeha_control_plane_group" {
  defaults = { arn = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/control-plane" }
}

mock_resource "kubeha_worker_group" {
  defaults = { arn = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:2:autoScalingGroupName/worker" }
}

mock_data "kubeha_cluster_health" {
  defaults = {
    healthy       = true
    problems      = []
    control_plane = { has_quorum = true }
  }
}
