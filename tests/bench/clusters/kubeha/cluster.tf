# What is measured of kubeha: the resources of examples/complete, once for each cluster.

terraform {
  required_providers {
    kubeha = { source = "kubeha/kubeha" }
  }
}

provider "kubeha" {
  region = var.region
  owner  = "bench"
}

variable "region" { type = string }
variable "image_id" { type = string }
variable "hosted_zone_id" { type = string }
variable "zones" { type = list(string) }
variable "clusters" { type = list(string) }

locals { clusters = toset(var.clusters) }

resource "kubeha_network" "this" {
  for_each = local.clusters

  cluster_name       = each.key
  availability_zones = var.zones
  cidr_block         = "10.0.0.0/16"
}

resource "kubeha_security_groups" "this" {
  for_each = local.clusters

  cluster_name          = each.key
  vpc_id                = kubeha_network.this[each.key].vpc_id
  cni                   = "cilium"
  api_allowed_cidrs     = ["10.0.0.0/8"]
  service_allowed_cidrs = ["0.0.0.0/0"]
  service_node_ports    = [30080, 30443]
}

resource "kubeha_pki" "this" {
  for_each = local.clusters

  cluster_name = each.key
}

resource "kubeha_node_roles" "this" {
  for_each = local.clusters

  cluster_name       = each.key
  pki_parameter_path = kubeha_pki.this[each.key].parameter_path
  cluster_autoscaler = true
  session_manager    = true
}

resource "kubeha_api_load_balancer" "this" {
  for_each = local.clusters

  cluster_name       = each.key
  subnets            = kubeha_network.this[each.key].private_subnets
  security_group_ids = [kubeha_security_groups.this[each.key].api_load_balancer_id]
  fqdn               = "api.${each.key}.example.com"
  hosted_zone_id     = var.hosted_zone_id
}

resource "kubeha_service_load_balancer" "this" {
  for_each = local.clusters

  cluster_name       = each.key
  subnets            = kubeha_network.this[each.key].public_subnets
  security_group_ids = [kubeha_security_groups.this[each.key].service_load_balancer_id]
  fqdn               = "services.${each.key}.example.com"
  hosted_zone_id     = var.hosted_zone_id

  listener {
    port      = 80
    node_port = 30080
  }

  listener {
    port      = 443
    node_port = 30443
  }
}

resource "kubeha_control_plane_group" "this" {
  for_each = local.clusters

  cluster_name         = each.key
  subnets              = kubeha_network.this[each.key].private_subnets
  image_id             = var.image_id
  instance_type        = "m7i.large"
  iam_instance_profile = kubeha_node_roles.this[each.key].control_plane_instance_profile
  security_group_ids   = [kubeha_security_groups.this[each.key].control_plane_id]
  user_data            = "#!/bin/sh\n"
  target_group_arns    = [kubeha_api_load_balancer.this[each.key].target_group_arn]
}

resource "kubeha_worker_group" "general" {
  for_each = local.clusters

  cluster_name         = each.key
  name                 = "general"
  subnets              = kubeha_network.this[each.key].private_subnets
  min_size             = length(var.zones)
  max_size             = 3 * length(var.zones)
  image_id             = var.image_id
  instance_types       = ["m7i.xlarge"]
  iam_instance_profile = kubeha_node_roles.this[each.key].worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this[each.key].worker_id]
  target_group_arns    = kubeha_service_load_balancer.this[each.key].target_group_arns
}

resource "kubeha_worker_group" "spot" {
  for_each = local.clusters

  cluster_name         = each.key
  name                 = "spot"
  subnets              = kubeha_network.this[each.key].private_subnets
  min_size             = length(var.zones)
  max_size             = 3 * length(var.zones)
  image_id             = var.image_id
  instance_types       = ["m7i.xlarge", "m6i.xlarge"]
  iam_instance_profile = kubeha_node_roles.this[each.key].worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this[each.key].worker_id]

  on_demand_percentage_above_base_capacity = 0

  labels = { "example.com/capacity" = "spot" }
  taints = [{ key = "example.com/capacity", value = "spot", effect = "NoSchedule" }]
}
