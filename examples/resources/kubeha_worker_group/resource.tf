variable "subnets" {
  type        = map(string)
  description = "Private subnets: ids by zone."
}

variable "security_group_id" {
  type        = string
  description = "Security group of the workers."
}

variable "target_group_arns" {
  type        = set(string)
  description = "Target groups of the service load balancer."
}

variable "image_id" {
  type        = string
  description = "Image of a node, for x86_64."
}

variable "user_data" {
  type        = string
  description = "What a worker runs when it first boots."
}

# Workers on demand, as many as the cluster autoscaler wants.
resource "kubeha_worker_group" "general" {
  cluster_name = "prod"
  name         = "general"

  subnets              = var.subnets
  min_size             = 3
  max_size             = 30
  instance_types       = ["m7i.large"]
  image_id             = var.image_id
  iam_instance_profile = "prod-worker"
  security_group_ids   = [var.security_group_id]
  user_data            = var.user_data
  target_group_arns    = var.target_group_arns

  # AWS would move nodes between zones without draining them.
  suspended_processes = ["AZRebalance"]

  # At most a fifth of the nodes is away at a time, and a change that doesn't work is undone.
  instance_refresh = {
    preferences = {
      min_healthy_percentage = 80
      auto_rollback          = true
    }
  }
}

# Spot workers for what can be interrupted: types of equal CPU and memory, none at first.
resource "kubeha_worker_group" "batch" {
  cluster_name = "prod"
  name         = "batch"

  subnets              = var.subnets
  min_size             = 0
  max_size             = 100
  instance_types       = ["m7i.xlarge", "m7a.xlarge", "m6i.xlarge", "m6a.xlarge", "m5.xlarge"]
  image_id             = var.image_id
  iam_instance_profile = "prod-worker"
  security_group_ids   = [var.security_group_id]
  user_data            = var.user_data

  on_demand_percentage_above_base_capacity = 0

  labels = { "example.com/pool" = "batch" }
  taints = [{ key = "example.com/pool", value = "batch", effect = "NoSchedule" }]
}
