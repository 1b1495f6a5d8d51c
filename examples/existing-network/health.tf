# How it is doing at this moment. A check warns; it stops no plan.
data "kubeha_cluster_health" "this" {
  control_plane_group_arn   = kubeha_control_plane_group.this.arn
  api_target_group_arns     = [kubeha_api_load_balancer.this.target_group_arn]
  worker_group_arns         = [kubeha_worker_group.general.arn, kubeha_worker_group.spot.arn]
  service_target_group_arns = kubeha_service_load_balancer.this.target_group_arns
  wait_for_healthy_timeout  = var.wait_for_healthy_timeout
}

check "cluster_health" {
  assert {
    condition     = data.kubeha_cluster_health.this.healthy
    error_message = join("\n", data.kubeha_cluster_health.this.problems)
  }
}

# What the zones mean, drawn and in words.
data "kubeha_topology" "this" {
  availability_zones = keys(var.private_subnets)
}
