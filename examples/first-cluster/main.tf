# A cluster of three control plane nodes and three workers, part by part, with values where another
# configuration would have variables. docs/guides/writing-a-configuration.md explains each block.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = "0.1.0"
    }
  }
}

# For every resource below: where it is made, which cluster it belongs to, and whose state this is.
provider "kubeha" {
  region       = "us-east-1"
  cluster_name = "first"
  owner        = "me/first"
}

variable "image_id" {
  type        = string
  description = "Image of the nodes, for x86_64."
}

variable "control_plane_user_data" {
  type        = string
  default     = null
  description = "What makes a machine a control plane node. No secrets."
}

variable "worker_user_data" {
  type        = string
  default     = null
  description = "What makes a machine a worker. No secrets."
}

variable "wait_for_healthy_timeout" {
  type        = string
  default     = "0"
  description = "How long an apply waits for a healthy cluster, such as 15m the first time."
}

# Three zones: three control plane nodes, one in each.
resource "kubeha_network" "this" {
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
  cidr_block         = "10.0.0.0/16"
}

# Who may talk to whom. The nodes' ports are those of the listeners below.
resource "kubeha_security_groups" "this" {
  vpc_id                = kubeha_network.this.vpc_id
  api_allowed_cidrs     = ["10.0.0.0/8"]
  service_allowed_cidrs = ["0.0.0.0/0"]
  service_ports         = [443]
  service_node_ports    = ["30443"]
}

# Certificate authorities. Their private keys go to Parameter Store, and nowhere else.
resource "kubeha_pki" "this" {}

# What nodes may do in AWS: read there what is theirs, among other things.
resource "kubeha_node_roles" "this" {
  pki_parameter_path = kubeha_pki.this.parameter_path
}

# The API's address. It has private addresses, so that no one reaches it from outside the network.
resource "kubeha_api_load_balancer" "this" {
  subnets            = kubeha_network.this.private_subnets
  security_group_ids = [kubeha_security_groups.this.api_load_balancer_id]
}

# The services' address, for the world. Every worker answers on the node port.
resource "kubeha_service_load_balancer" "this" {
  subnets            = kubeha_network.this.public_subnets
  security_group_ids = [kubeha_security_groups.this.service_load_balancer_id]

  listener {
    port      = 443
    node_port = 30443
  }
}

# As many nodes as the zones need for an odd number.
resource "kubeha_control_plane_group" "this" {
  subnets              = kubeha_network.this.private_subnets
  image_id             = var.image_id
  instance_type        = "m7i.large"
  iam_instance_profile = kubeha_node_roles.this.control_plane_instance_profile
  security_group_ids   = [kubeha_security_groups.this.control_plane_id]
  target_group_arns    = [kubeha_api_load_balancer.this.target_group_arn]
  user_data            = var.control_plane_user_data
}

# Workers, behind the services' load balancer.
resource "kubeha_worker_group" "general" {
  name                 = "general"
  subnets              = kubeha_network.this.private_subnets
  min_size             = 3
  max_size             = 9
  image_id             = var.image_id
  instance_types       = ["m7i.xlarge"]
  iam_instance_profile = kubeha_node_roles.this.worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this.worker_id]
  target_group_arns    = kubeha_service_load_balancer.this.target_group_arns
  user_data            = var.worker_user_data
}

# How it is doing, asked of AWS in each plan.
data "kubeha_cluster_health" "this" {
  control_plane_group_arn   = kubeha_control_plane_group.this.arn
  api_target_group_arns     = [kubeha_api_load_balancer.this.target_group_arn]
  worker_group_arns         = [kubeha_worker_group.general.arn]
  service_target_group_arns = kubeha_service_load_balancer.this.target_group_arns
  wait_for_healthy_timeout  = var.wait_for_healthy_timeout
}

# A warning with what is wrong, if anything is. It stops no plan.
check "cluster_health" {
  assert {
    condition     = data.kubeha_cluster_health.this.healthy
    error_message = join("\n", data.kubeha_cluster_health.this.problems)
  }
}

output "api" {
  description = "URL of the Kubernetes API."
  value       = kubeha_api_load_balancer.this.endpoint
}
