# Three zones: it survives the loss of any one.

locals {
  name          = "prod-ireland"
  zones         = ["a", "b", "c"]
  cidr_block    = "10.128.0.0/16"
  worker_groups = { general = { min_size = 3, max_size = 30, instance_types = ["m7i.xlarge"] } }
}
