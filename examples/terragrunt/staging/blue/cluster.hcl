# One zone, one control plane node: the API stops whenever that does.

locals {
  name          = "staging-blue"
  zones         = ["a"]
  cidr_block    = "10.64.0.0/20"
  worker_groups = { general = { min_size = 1, max_size = 3, instance_types = ["m7i.large"] } }
}
