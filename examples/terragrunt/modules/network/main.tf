# The network of a cluster, and who may talk to whom in it.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

variable "availability_zones" {
  type        = list(string)
  description = "Names of the zones."
}

variable "cidr_block" {
  type        = string
  description = "Addresses of the VPC."
}

variable "nat_gateway_mode" {
  type        = string
  description = "How private subnets reach the internet: per_zone, single or none."
}

variable "api_allowed_cidrs" {
  type        = list(string)
  description = "Networks of those who administer the cluster."
}

resource "kubeha_network" "this" {
  availability_zones = var.availability_zones
  cidr_block         = var.cidr_block
  nat_gateway_mode   = var.nat_gateway_mode
}

resource "kubeha_security_groups" "this" {
  vpc_id                = kubeha_network.this.vpc_id
  api_allowed_cidrs     = var.api_allowed_cidrs
  service_allowed_cidrs = ["0.0.0.0/0"]
  service_node_ports    = ["30443"]
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
