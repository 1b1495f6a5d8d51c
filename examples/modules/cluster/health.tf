# How it is doing at this moment. A check warns; it stops no plan.
data "kubeha_cluster_health" "this" {
  control_plane_group_arn   = kubeha_control_plane_group.this.arn
  api_target_group_arns     = [kubeha_api_load_balancer.this.target_group_arn]
  worker_group_arns         = [for group in kubeha_worker_group.this : group.arn]
  service_target_group_arns = local.services_have_nodes ? kubeha_service_load_balancer.this.target_group_arns : null
  wait_for_healthy_timeout  = var.wait_for_healthy_timeout
}

locals {
  # Where nobody serves, a load balancer without healthy targets is no ill.
  services_have_nodes = var.control_plane.schedulable || anytrue([for group in var.worker_groups : group.serves && try(group.max_size > 0, true)])
}

check "cluster_health" {
  assert {
    condition     = data.kubeha_cluster_health.this.healthy
    error_message = join("\n", concat(["Cluster ${var.name}:"], data.kubeha_cluster_health.this.problems))
  }
}

# What the zones mean, drawn and in words.
data "kubeha_topology" "this" {
  availability_zones = local.zones
  control_plane_size = var.control_plane.size
}
