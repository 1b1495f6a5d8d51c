variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "zones" {
  type        = list(string)
  default     = ["a", "b", "c"]
  description = "Letters of its zones: three from the start, so that nothing but the number of nodes changes later."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image."
}

variable "control_plane_nodes" {
  type        = number
  default     = 1
  description = "How many control plane nodes there are: 1, then 3, then 5."
}

variable "user_data" {
  type        = string
  default     = null
  description = "What makes a machine a node. No secrets."
}

variable "hook_timeout" {
  type        = number
  default     = null
  description = "Seconds that a node may take to join etcd, or to leave it, if user_data completes the hooks; none without."
}

variable "stable_for" {
  type        = string
  default     = "60s"
  description = "How long a new node must have been healthy before the next one is added."
}

variable "allow_outage" {
  type        = bool
  default     = false
  description = "Whether going back to a single node may stop the API. Take a backup of etcd before."
}

variable "wait_for_healthy_timeout" {
  type        = string
  default     = "0"
  description = "How long an apply waits for the cluster to be healthy, such as 15m."
}
