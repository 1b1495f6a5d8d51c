# For what can be done again: workers are spot, but for three that serve.

locals {
  name       = "prod-batch"
  zones      = ["a", "b", "c"]
  cidr_block = "10.129.0.0/16"
  worker_groups = {
    general = { min_size = 3, max_size = 6, instance_types = ["m7i.large"] }
    spot    = { min_size = 0, max_size = 100, instance_types = ["m7i.xlarge", "m6i.xlarge"], on_demand_percentage = 0 }
  }
}
