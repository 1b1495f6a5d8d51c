variable "region" {
  type        = string
  description = "Region of all clusters."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image."
}

variable "owner" {
  type        = string
  default     = "examples/many-clusters"
  description = "Whose clusters they are: one value for each state."
}

variable "api_allowed_cidrs" {
  type        = list(string)
  default     = ["10.0.0.0/8"]
  description = "Networks of those who administer the clusters."
}

variable "clusters" {
  type = map(object({
    zones                       = list(string)
    cidr_block                  = string
    nat_gateway_mode            = optional(string, "per_zone")
    control_plane_instance_type = optional(string, "m7i.large")
    workers                     = optional(number, 1)
  }))
  description = "The clusters by name: letters of their zones, addresses, and sizes."

  # One for trying things out, one to test with, and one that survives the loss of a zone.
  default = {
    dev     = { zones = ["a"], cidr_block = "10.1.0.0/20", nat_gateway_mode = "single" }
    staging = { zones = ["a", "b"], cidr_block = "10.2.0.0/18", nat_gateway_mode = "single", workers = 2 }
    prod    = { zones = ["a", "b", "c"], cidr_block = "10.3.0.0/16", workers = 3 }
  }
}
