# A small cluster without workers: three control plane (master) nodes, one for each zone, that run
# workloads too. They are registered with the service load balancer, its security group may reach
# them, and they carry no taint. Only the number of machines is less than elsewhere: the API survives
# the loss of a zone, and so do services that run in more than one.

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
  owner  = "examples/schedulable-masters" # one for each state: what lets a killed apply be finished
}

variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "zones" {
  type        = list(string)
  default     = ["a", "b", "c"]
  description = "Letters of its zones."
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

module "cluster" {
  source = "../modules/cluster"

  name               = "small"
  availability_zones = [for letter in var.zones : "${var.region}${letter}"]
  network            = { nat_gateway_mode = "single" }
  image_id           = var.image_id
  api                = { allowed_cidrs = ["10.0.0.0/8"] }

  control_plane = {
    schedulable   = true
    instance_type = "m7i.xlarge" # etcd and workloads share it: leave room for both
    user_data     = var.user_data
  }

  worker_groups = {}

  wait_for_healthy_timeout = var.wait_for_healthy_timeout
}

output "service_host" {
  value = module.cluster.service_host
}

output "healthy" {
  value = module.cluster.healthy
}
