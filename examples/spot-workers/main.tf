# Three groups of workers: one that stays, one that is partly spot, and one that is spot alone and
# empty until something asks for it. AWS may take a spot machine away at two minutes' notice, so the
# control plane and what serves the world stand on machines that stay.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

provider "kubeha" {
  region = var.region
  owner  = "examples/spot-workers" # one for each state: what lets a killed apply be finished
}

variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "zones" {
  type        = list(string)
  default     = ["a", "b", "c"]
  description = "Letters of its zones: more of them, and more types, make it likelier to find spot capacity."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image."
}

variable "user_data" {
  type        = string
  default     = null
  description = "What makes a machine a node. No secrets."
}

variable "wait_for_healthy_timeout" {
  type        = string
  default     = "0"
  description = "How long an apply waits for the cluster to be healthy, such as 15m."
}

locals {
  # Alike in CPU and memory: the cluster autoscaler takes all nodes of a group for alike.
  types = ["m7i.xlarge", "m7a.xlarge", "m6i.xlarge", "m6a.xlarge"]
}

module "cluster" {
  source = "../modules/cluster"

  name               = "spotty"
  availability_zones = [for letter in var.zones : "${var.region}${letter}"]
  network            = { nat_gateway_mode = "single" }
  image_id           = var.image_id
  api                = { allowed_cidrs = ["10.0.0.0/8"] }
  control_plane      = { user_data = var.user_data }

  worker_groups = {
    # Ingress, and whatever must not be moved.
    general = {
      user_data = var.user_data
    }

    # One on demand, then one in four: what has several replicas.
    mixed = {
      instance_types                           = local.types
      on_demand_base_capacity                  = 1
      on_demand_percentage_above_base_capacity = 25
      serves                                   = false
      user_data                                = var.user_data
      labels                                   = { "example.com/capacity" = "mixed" }
    }

    # What can be begun again. Nothing comes here that doesn't tolerate the taint, and a change of the
    # image that doesn't work is undone.
    batch = {
      min_size                                 = 0
      max_size                                 = 50
      instance_types                           = local.types
      on_demand_percentage_above_base_capacity = 0
      serves                                   = false
      user_data                                = var.user_data
      labels                                   = { "example.com/capacity" = "spot" }
      taints                                   = [{ key = "example.com/capacity", value = "spot", effect = "NoSchedule" }]
      instance_refresh                         = { min_healthy_percentage = 50, auto_rollback = true }
    }
  }

  wait_for_healthy_timeout = var.wait_for_healthy_timeout
}

output "worker_groups" {
  value = module.cluster.worker_groups
}

output "healthy" {
  value = module.cluster.healthy
}
