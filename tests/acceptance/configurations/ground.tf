# What the cases of load balancers and groups stand on.

resource "kubeha_network" "this" {
  availability_zones = var.ground.zones
  cidr_block         = "10.0.0.0/16"
  nat_gateway_mode   = "none"
}

resource "kubeha_security_groups" "this" {
  vpc_id            = kubeha_network.this.vpc_id
  api_allowed_cidrs = ["10.0.0.0/8"]
}

resource "kubeha_node_roles" "this" {}

output "vpc_id" {
  value = kubeha_network.this.vpc_id
}

output "private_subnets" {
  value = kubeha_network.this.private_subnets
}

output "public_subnets" {
  value = kubeha_network.this.public_subnets
}

output "security_group_ids" {
  value = {
    api_load_balancer     = kubeha_security_groups.this.api_load_balancer_id
    service_load_balancer = kubeha_security_groups.this.service_load_balancer_id
    control_plane         = kubeha_security_groups.this.control_plane_id
    worker                = kubeha_security_groups.this.worker_id
  }
}

output "instance_profiles" {
  value = {
    control_plane = kubeha_node_roles.this.control_plane_instance_profile
    worker        = kubeha_node_roles.this.worker_instance_profile
  }
}
