# Three clusters of different sizes side by side in one state. Each resource is made once for each
# cluster; names, tags and marks of ownership follow from the cluster's name, so nothing collides.

provider "kubeha" {
  region = var.region
  owner  = var.owner # one for each state: what lets a killed apply be finished
}

resource "kubeha_network" "this" {
  for_each = var.clusters

  cluster_name       = each.key
  availability_zones = [for letter in each.value.zones : "${var.region}${letter}"]
  cidr_block         = each.value.cidr_block
  nat_gateway_mode   = each.value.nat_gateway_mode
}

resource "kubeha_security_groups" "this" {
  for_each = kubeha_network.this

  cluster_name          = each.key
  vpc_id                = each.value.vpc_id
  api_allowed_cidrs     = var.api_allowed_cidrs
  service_allowed_cidrs = ["0.0.0.0/0"]
}

resource "kubeha_node_roles" "this" {
  for_each = var.clusters

  cluster_name = each.key
}

resource "kubeha_api_load_balancer" "this" {
  for_each = kubeha_network.this

  cluster_name       = each.key
  subnets            = each.value.private_subnets
  security_group_ids = [kubeha_security_groups.this[each.key].api_load_balancer_id]
}

resource "kubeha_service_load_balancer" "this" {
  for_each = kubeha_network.this

  cluster_name       = each.key
  subnets            = each.value.public_subnets
  security_group_ids = [kubeha_security_groups.this[each.key].service_load_balancer_id]

  listener {
    port      = 443
    node_port = 30443
  }
}

resource "kubeha_control_plane_group" "this" {
  for_each = kubeha_network.this

  cluster_name         = each.key
  subnets              = each.value.private_subnets
  image_id             = var.image_id
  instance_type        = var.clusters[each.key].control_plane_instance_type
  iam_instance_profile = kubeha_node_roles.this[each.key].control_plane_instance_profile
  security_group_ids   = [kubeha_security_groups.this[each.key].control_plane_id]
  target_group_arns    = [kubeha_api_load_balancer.this[each.key].target_group_arn]
}

resource "kubeha_worker_group" "this" {
  for_each = kubeha_network.this

  cluster_name         = each.key
  name                 = "general"
  subnets              = each.value.private_subnets
  min_size             = var.clusters[each.key].workers
  max_size             = 3 * var.clusters[each.key].workers
  image_id             = var.image_id
  instance_types       = ["m7i.xlarge"]
  iam_instance_profile = kubeha_node_roles.this[each.key].worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this[each.key].worker_id]
  target_group_arns    = kubeha_service_load_balancer.this[each.key].target_group_arns
}
