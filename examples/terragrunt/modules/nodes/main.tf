# The machines of a cluster, and what stands before them.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

variable "private_subnets" {
  type        = map(string)
  description = "Ids of the private subnets by zone."
}

variable "public_subnets" {
  type        = map(string)
  description = "Ids of the public subnets by zone."
}

variable "security_group_ids" {
  type = object({
    api_load_balancer     = string
    service_load_balancer = string
    control_plane         = string
    worker                = string
  })
  description = "Ids of the security groups."
}

variable "pki_parameter_path" {
  type        = string
  description = "Where the authorities are in Parameter Store."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image."
}

variable "worker_groups" {
  type = map(object({
    min_size             = number
    max_size             = number
    instance_types       = list(string)
    on_demand_percentage = optional(number, 100)
  }))
  description = "The groups of workers by name."
}

resource "kubeha_node_roles" "this" {
  pki_parameter_path = var.pki_parameter_path
}

resource "kubeha_api_load_balancer" "this" {
  subnets            = var.private_subnets
  security_group_ids = [var.security_group_ids.api_load_balancer]
}

resource "kubeha_service_load_balancer" "this" {
  subnets            = var.public_subnets
  security_group_ids = [var.security_group_ids.service_load_balancer]

  listener {
    port      = 443
    node_port = 30443
  }
}

resource "kubeha_control_plane_group" "this" {
  subnets              = var.private_subnets
  image_id             = var.image_id
  instance_type        = "m7i.large"
  iam_instance_profile = kubeha_node_roles.this.control_plane_instance_profile
  security_group_ids   = [var.security_group_ids.control_plane]
  target_group_arns    = [kubeha_api_load_balancer.this.target_group_arn]
}

resource "kubeha_worker_group" "this" {
  for_each = var.worker_groups

  name                 = each.key
  subnets              = var.private_subnets
  min_size             = each.value.min_size
  max_size             = each.value.max_size
  image_id             = var.image_id
  instance_types       = each.value.instance_types
  iam_instance_profile = kubeha_node_roles.this.worker_instance_profile
  security_group_ids   = [var.security_group_ids.worker]
  target_group_arns    = kubeha_service_load_balancer.this.target_group_arns

  on_demand_percentage_above_base_capacity = each.value.on_demand_percentage
}

output "api_endpoint" {
  value = kubeha_api_load_balancer.this.endpoint
}
