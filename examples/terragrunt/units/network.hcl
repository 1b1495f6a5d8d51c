# The network of a cluster, and who may talk to whom in it.

locals {
  environment = read_terragrunt_config(find_in_parent_folders("environment.hcl"))
  cluster     = read_terragrunt_config(find_in_parent_folders("cluster.hcl"))
}

terraform {
  source = "${dirname(find_in_parent_folders("root.hcl"))}/modules/network"
}

inputs = {
  availability_zones = [for letter in local.cluster.locals.zones : "${local.environment.locals.region}${letter}"]
  cidr_block         = local.cluster.locals.cidr_block
  nat_gateway_mode   = local.environment.locals.nat_gateway_mode
  api_allowed_cidrs  = local.environment.locals.administrators
}
