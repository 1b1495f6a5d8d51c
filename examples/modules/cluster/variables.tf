variable "name" {
  type        = string
  description = "Name of the cluster. It stands in the names and tags of everything."

  validation {
    condition     = can(regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$", var.name))
    error_message = "1 to 63 lower case letters, digits and hyphens, with a letter or digit at both ends."
  }
}

variable "availability_zones" {
  type        = list(string)
  default     = null
  description = "Names of the zones, for a network that is made here. They decide how many control plane nodes there are; three or more survive the loss of any one."

  validation {
    condition     = var.availability_zones == null || try(length(var.availability_zones) > 0, false)
    error_message = "At least one zone is needed; three survive the loss of one."
  }

  validation {
    condition     = (var.availability_zones == null) != (var.existing_network == null)
    error_message = "Either availability_zones, for a network that is made here, or existing_network, whose subnets name the zones."
  }
}

variable "network" {
  type = object({
    cidr_block       = optional(string, "10.0.0.0/16")
    nat_gateway_mode = optional(string, "per_zone")
  })
  default     = {}
  nullable    = false
  description = "The network that is made here: addresses, from a /16 to a /21, and how private subnets reach the internet. A NAT gateway per_zone; a single one, which costs less and takes all zones' way out with its own; or none."

  validation {
    condition     = can(cidrnetmask(var.network.cidr_block))
    error_message = "network.cidr_block must be IPv4 addresses such as 10.0.0.0/16."
  }

  validation {
    condition     = contains(["per_zone", "single", "none"], var.network.nat_gateway_mode)
    error_message = "network.nat_gateway_mode must be per_zone, single or none."
  }
}

variable "existing_network" {
  type = object({
    vpc_id          = string
    private_subnets = map(string)
    public_subnets  = map(string)
  })
  default     = null
  description = "A network that is there already, instead of one that is made here: ids of its subnets by zone. Nodes and the API load balancer go to the private ones, the service load balancer to the public ones."

  validation {
    condition     = var.existing_network == null || try(length(var.existing_network.private_subnets) > 0, false)
    error_message = "existing_network.private_subnets must have at least one zone; three survive the loss of one."
  }

  validation {
    condition     = var.existing_network == null || try(toset(keys(var.existing_network.private_subnets)) == toset(keys(var.existing_network.public_subnets)), false)
    error_message = "Each zone of private_subnets needs a public subnet too, and the other way round: a load balancer sends nothing to zones that it isn't in."
  }
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image. Its architecture must be that of the instance types. Groups may have one of their own."

  validation {
    condition     = can(regex("^ami-[0-9a-f]{8,17}$", var.image_id))
    error_message = "An id such as ami-0123456789abcdef0."
  }
}

variable "control_plane" {
  type = object({
    instance_type       = optional(string, "m7i.large")
    image_id            = optional(string)
    size                = optional(number)
    schedulable         = optional(bool, false)
    user_data           = optional(string)
    root_volume_size    = optional(number, 64)
    deletion_protection = optional(string, "none")

    launch_hook_timeout      = optional(number)
    termination_hook_timeout = optional(number)

    rollout = optional(object({
      strategy                   = optional(string, "one_at_a_time")
      drain_delay                = optional(string, "30s")
      stable_for                 = optional(string, "60s")
      replacement_timeout        = optional(string, "15m")
      allow_control_plane_outage = optional(bool, false)
    }), {})
  })
  default     = {}
  nullable    = false
  description = "The control plane (master) nodes. Without size there are as many as the zones need; schedulable ones run workloads too, and services reach them. Hooks, in seconds, hold a node until its etcd has joined or left. What makes a machine a node is user_data: 16,384 bytes at most, no secrets."

  validation {
    condition     = var.control_plane.size == null || try(contains([1, 3, 5, 7], var.control_plane.size), false)
    error_message = "control_plane.size must be 1, 3, 5 or 7: an even number survives no more failures than the odd one below it, and etcd advises against more than 7."
  }

  validation {
    condition     = contains(["one_at_a_time", "instance_refresh", "none"], var.control_plane.rollout.strategy)
    error_message = "control_plane.rollout.strategy must be one_at_a_time, instance_refresh or none."
  }

  validation {
    condition     = var.control_plane.rollout.strategy != "instance_refresh" || var.control_plane.launch_hook_timeout != null
    error_message = "With control_plane.rollout.strategy = \"instance_refresh\" a launch_hook_timeout is needed: AWS ends the next node as soon as the one before it is in service, so the hook must hold that until it is a voting member of etcd."
  }
}

variable "worker_groups" {
  type = map(object({
    min_size         = optional(number)
    max_size         = optional(number)
    desired_capacity = optional(number)
    zones            = optional(set(string))
    instance_types   = optional(list(string), ["m7i.xlarge"])
    image_id         = optional(string)
    user_data        = optional(string)
    root_volume_size = optional(number, 64)
    labels           = optional(map(string), {})
    taints           = optional(set(object({ key = string, value = optional(string), effect = string })), [])
    serves           = optional(bool, true)

    on_demand_base_capacity                  = optional(number, 0)
    on_demand_percentage_above_base_capacity = optional(number, 100)

    instance_refresh = optional(object({
      strategy               = optional(string, "rolling")
      min_healthy_percentage = optional(number)
      max_healthy_percentage = optional(number)
      instance_warmup        = optional(number)
      checkpoint_percentages = optional(list(number))
      checkpoint_delay       = optional(number)
      auto_rollback          = optional(bool, false)
    }), {})
  }))
  default     = { general = {} }
  nullable    = false
  description = "Groups of workers by name. Sizes are one node for each zone at least and three at most, unless they are said; desired_capacity is the cluster autoscaler's business, unless it is said. Groups that don't serve get none of the service load balancer's traffic. A percentage below 100 buys spot: give several types of equal CPU and memory. instance_refresh says how AWS replaces nodes when what they are is changed."

  validation {
    condition     = alltrue([for name in keys(var.worker_groups) : can(regex("^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$", name))])
    error_message = "Names of worker groups are 1 to 63 letters, digits, - _ and ., with a letter or digit at both ends."
  }

  validation {
    condition     = alltrue([for group in var.worker_groups : length(group.instance_types) > 0])
    error_message = "Each worker group needs at least one instance type; several make it likelier to find spot capacity."
  }

  validation {
    condition = alltrue([
      for group in var.worker_groups :
      try(group.min_size <= group.max_size, true) &&
      try(group.min_size <= group.desired_capacity, true) &&
      try(group.desired_capacity <= group.max_size, true)
    ])
    error_message = "In each worker group, min_size must not exceed desired_capacity, nor that max_size."
  }

  validation {
    condition     = alltrue([for group in var.worker_groups : group.zones == null || try(length(group.zones) > 0 && length(setsubtract(group.zones, local.zones)) == 0, false)])
    error_message = "A worker group's zones must be among the cluster's; leave them out for all of them."
  }

  validation {
    condition     = alltrue([for group in var.worker_groups : alltrue([for taint in group.taints : contains(["NoSchedule", "PreferNoSchedule", "NoExecute"], taint.effect)])])
    error_message = "The effect of a taint must be NoSchedule, PreferNoSchedule or NoExecute."
  }

  validation {
    condition     = alltrue([for group in var.worker_groups : contains(["rolling", "none"], group.instance_refresh.strategy)])
    error_message = "instance_refresh.strategy must be rolling or none."
  }
}

variable "api" {
  type = object({
    allowed_cidrs = set(string)
    internal      = optional(bool, true)
  })
  description = "Who may reach the Kubernetes API besides the nodes. An internal one has private addresses, so people come by VPN or peering; it can't become public later without being made anew."

  validation {
    condition     = alltrue([for block in var.api.allowed_cidrs : can(cidrhost(block, 0))])
    error_message = "api.allowed_cidrs must be networks in CIDR notation, such as 10.0.0.0/8."
  }
}

variable "services" {
  type = object({
    allowed_cidrs = optional(set(string), ["0.0.0.0/0"])
    internal      = optional(bool, false)
    listeners = optional(map(object({
      port            = number
      node_port       = number
      protocol        = optional(string, "TCP")
      certificate_arn = optional(string)
      })), {
      http  = { port = 80, node_port = 30080 }
      https = { port = 443, node_port = 30443 }
    })
  })
  default     = {}
  nullable    = false
  description = "Who may reach services, and which port of the load balancer leads to which port of the nodes: that of an ingress controller, say. With the protocol TLS the load balancer ends it and needs certificate_arn. One internal to the VPC stands in the private subnets."

  validation {
    condition     = length(var.services.listeners) > 0
    error_message = "services.listeners must have at least one: a load balancer without any sends nothing anywhere."
  }

  validation {
    condition     = length(distinct([for listener in var.services.listeners : listener.port])) == length(var.services.listeners)
    error_message = "Each of services.listeners needs a port of its own."
  }

  validation {
    condition     = alltrue([for listener in var.services.listeners : contains(["TCP", "TLS"], listener.protocol) && (listener.protocol == "TLS") == (listener.certificate_arn != null)])
    error_message = "The protocol of a listener is TCP, or TLS together with a certificate_arn."
  }

  validation {
    condition     = alltrue([for block in var.services.allowed_cidrs : can(cidrhost(block, 0))])
    error_message = "services.allowed_cidrs must be networks in CIDR notation, such as 0.0.0.0/0."
  }
}

variable "dns" {
  type = object({
    domain         = string
    hosted_zone_id = string
    api_name       = optional(string, "api")
    services_name  = optional(string, "services")
  })
  default     = null
  description = "A domain such as prod.example.com and the Route 53 zone it is in: the API gets api.<domain>, services services.<domain>. Without it both are reached by their load balancers' names."
}

variable "pki" {
  type = object({
    kms_key_id  = optional(string)
    kms_key_arn = optional(string)
    rotation    = optional(map(object({ generation = number, step = string })))
  })
  default     = {}
  nullable    = false
  description = "The cluster's authorities: the KMS key that encrypts their private keys, given twice, by id or ARN and by ARN for the nodes' rights; and how far each authority's new key has come."

  validation {
    condition     = alltrue([for part in keys(coalesce(var.pki.rotation, {})) : contains(["kubernetes", "etcd", "front-proxy", "service-account"], part)])
    error_message = "pki.rotation is by the part it is for: kubernetes, etcd, front-proxy or service-account."
  }

  validation {
    condition     = alltrue([for key in values(coalesce(var.pki.rotation, {})) : contains(["stage", "promote", "retire"], key.step)])
    error_message = "The step of a rotation must be stage, promote or retire."
  }
}

variable "node_rights" {
  type = object({
    cluster_autoscaler        = optional(bool, true)
    ebs_csi                   = optional(bool, true)
    session_manager           = optional(bool, false)
    permissions_boundary      = optional(string)
    control_plane_policy_arns = optional(set(string))
    worker_policy_arns        = optional(set(string))
  })
  default     = {}
  nullable    = false
  description = "What nodes may do in AWS beyond what every cluster needs. With cluster_autoscaler it may also scale the groups, and AWS no longer moves workers between zones, which it would do without draining them."
}

variable "cni" {
  type        = string
  default     = "cilium"
  description = "What connects pods on different nodes: cilium, calico, flannel, or none of them."

  validation {
    condition     = contains(["cilium", "calico", "flannel", "none"], var.cni)
    error_message = "cni must be cilium, calico, flannel or none."
  }
}

variable "ssh" {
  type = object({
    key_name      = string
    allowed_cidrs = set(string)
  })
  default     = null
  description = "A key pair with which nodes can be logged in on, and from where. Session Manager needs neither."
}

variable "tags" {
  type        = map(string)
  default     = {}
  nullable    = false
  description = "Tags of everything, nodes and volumes included."
}

variable "wait_for_healthy_timeout" {
  type        = string
  default     = "0"
  description = "How long plan and apply wait for the cluster to be healthy before they say what isn't: give the first apply some minutes, such as 15m."
}
