variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "availability_zones" {
  type        = list(string)
  description = "Names of the zones, in any order. They decide how many control plane nodes there are; three or more survive the loss of any one."

  validation {
    condition     = length(var.availability_zones) > 0
    error_message = "At least one zone is needed; three survive the loss of one."
  }

  validation {
    condition     = alltrue([for zone in var.availability_zones : startswith(zone, var.region)])
    error_message = "Each must be the name of a zone of the region, such as ${var.region}a."
  }
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image. Its architecture must be that of the instance types."

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.image_id))
    error_message = "An id such as ami-0123456789abcdef0."
  }
}

variable "cluster_name" {
  type        = string
  default     = "complete"
  description = "Name of the cluster. It stands in the names and tags of everything."

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.cluster_name))
    error_message = "1 to 63 lower case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "owner" {
  type        = string
  default     = "examples/complete"
  description = "Whose cluster it is, such as platform/prod: one value for each state. An apply that was killed is finished by the next one of the same owner."
}

variable "cidr_block" {
  type        = string
  default     = "10.0.0.0/16"
  description = "Addresses of the VPC, from a /16 to a /21."
}

variable "nat_gateway_mode" {
  type        = string
  default     = "per_zone"
  description = "How private subnets reach the internet: per_zone; single, which costs less and takes all zones' way out with its own; or none."
}

variable "cni" {
  type        = string
  default     = "cilium"
  description = "What connects pods on different nodes: cilium, calico, flannel, or none of them."
}

variable "api_allowed_cidrs" {
  type        = list(string)
  default     = ["10.0.0.0/8"]
  description = "Networks of those who administer the cluster. Its API has private addresses, so they come by VPN or peering. Nodes are let in anyway."
}

variable "service_allowed_cidrs" {
  type        = list(string)
  default     = ["0.0.0.0/0"]
  description = "Networks that may reach services: the world, unless told otherwise."
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
