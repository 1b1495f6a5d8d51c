variable "control_plane_group_arn" {
  type        = string
  description = "ARN of the control plane's Auto Scaling group, such as kubeha_control_plane_group.this.arn."
}

variable "api_target_group_arn" {
  type        = string
  description = "ARN of the API load balancer's target group, such as kubeha_api_load_balancer.this.target_group_arn."
}

data "kubeha_cluster_health" "this" {
  control_plane_group_arn = var.control_plane_group_arn
  api_target_group_arns   = [var.api_target_group_arn]
}

# A check warns and lets the plan go on. A postcondition of the data source would stop it.
check "cluster_health" {
  assert {
    condition     = data.kubeha_cluster_health.this.control_plane.has_quorum
    error_message = "The control plane has no quorum."
  }

  assert {
    condition     = data.kubeha_cluster_health.this.healthy
    error_message = join("\n", data.kubeha_cluster_health.this.problems)
  }
}

output "control_plane_nodes_in_service" {
  description = "How many control plane nodes are in service in each zone."
  value       = { for zone, nodes in data.kubeha_cluster_health.this.control_plane.zones : zone => nodes.in_service }
}
