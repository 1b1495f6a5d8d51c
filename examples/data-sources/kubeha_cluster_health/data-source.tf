variable "control_plane_group_arn" {
  type        = string
  description = "ARN of the control plane's Auto Scaling group, such as kubeha_control_plane_group.this.arn."
}

variable "api_target_group_arn" {
  type        = string
  description = "ARN of the API load balancer's target group, such as kubeha_api_load_balancer.this.target_group_arn."
}

variable "wait_for_healthy_timeout" {
  type        = string
  default     = "0"
  description = "How long an apply waits for a cluster that isn't healthy yet."
}

data "kubeha_cluster_health" "this" {
  control_plane_group_arn = var.control_plane_group_arn
  api_target_group_arns   = [var.api_target_group_arn]

  # Such as "15m" in the apply that makes the cluster, and "0" later: plans would wait too.
  wait_for_healthy_timeout = var.wait_for_healthy_timeout
}

# A check warns and lets the plan go on. A postcondition of the data source would stop it. The gravest
# problem comes first: that there is no quorum, say.
check "cluster_health" {
  assert {
    condition     = data.kubeha_cluster_health.this.healthy
    error_message = join("\n", data.kubeha_cluster_health.this.problems)
  }
}

output "control_plane_nodes_in_service" {
  description = "How many control plane nodes are in service in each zone."
  value       = { for zone, nodes in data.kubeha_cluster_health.this.control_plane.zones : zone => nodes.in_service }
}
