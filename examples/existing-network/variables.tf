variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "cluster_name" {
  type        = string
  description = "Name of the cluster. It stands in the names and tags of everything."

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.cluster_name))
    error_message = "1 to 63 lower case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "owner" {
  type        = string
  description = "Whose cluster it is, such as platform/prod: one value for each state. An apply that was killed is finished by the next one of the same owner."
}

variable "private_subnets" {
  type        = map(string)
  description = "Ids of private subnets by zone, for the nodes and the API load balancer. The zones decide how many control plane nodes there are; three or more survive the loss of any one."

  validation {
    condition     = length(var.private_subnets) > 0
    error_message = "At least one zone is needed; three survive the loss of one."
  }

  validation {
    condition     = alltrue([for zone in keys(var.private_subnets) : startswith(zone, var.region)])
    error_message = "Each key must be the name of a zone of the region, such as ${var.region}a."
  }
}

variable "public_subnets" {
  type        = map(string)
  description = "Ids of public subnets by zone, for the service load balancer."

  validation {
    condition     = toset(keys(var.public_subnets)) == toset(keys(var.private_subnets))
    error_message = "Each zone of private_subnets needs a public subnet too: a load balancer sends nothing to zones that it isn't in."
  }
}

variable "security_group_ids" {
  type = object({
    api_load_balancer     = string
    service_load_balancer = string
    control_plane         = string
    worker                = string
  })
  description = "Ids of the security groups. Load balancers must be let out to the nodes: their health checks go the same way."
}

variable "instance_profiles" {
  type = object({
    control_plane = string
    worker        = string
  })
  description = "Names of the instance profiles that the nodes get."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image. Its architecture must be that of the instance types."

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.image_id))
    error_message = "An id such as ami-0123456789abcdef0."
  }
}

variable "control_plane_instance_type" {
  type        = string
  default     = "m7i.large"
  description = "Instance type of the control plane nodes. All zones must offer it."
}

variable "worker_instance_types" {
  type        = list(string)
  default     = ["m7i.xlarge", "m6i.xlarge", "m6a.xlarge"]
  description = "Instance types of the workers, alike in CPU and memory: the first for those that stay, all for those that are spot."

  validation {
    condition     = length(var.worker_instance_types) > 0
    error_message = "At least one type is needed; several make it likelier to find spot capacity."
  }
}

variable "control_plane_user_data" {
  type        = string
  default     = null
  description = "What makes a machine a control plane node when it first boots, 16,384 bytes at most. No secrets: whoever may look at the machine can read it."
}

variable "worker_user_data" {
  type        = string
  default     = null
  description = "What makes a machine a worker when it first boots, 16,384 bytes at most. No secrets."
}

variable "dns" {
  type = object({
    domain         = string
    hosted_zone_id = string
  })
  default     = null
  description = "A domain such as prod.example.com and the Route 53 zone it is in: the API gets api.<domain>, services services.<domain>. Without it both are reached by their load balancers' names."
}

variable "wait_for_healthy_timeout" {
  type        = string
  default     = "0"
  description = "How long plan and apply wait for the cluster to be healthy before they say what isn't: give the first apply some minutes, such as 15m."
}
