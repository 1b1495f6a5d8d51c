# What every unit has: a provider of its own environment and cluster, and a place for its state.

locals {
  environment = read_terragrunt_config(find_in_parent_folders("environment.hcl"))
  cluster     = read_terragrunt_config(find_in_parent_folders("cluster.hcl"))
}

# The owner is the unit's own path: each unit has a state of its own, and an apply that was killed is
# finished by the next one of the same owner.
generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<-EOF
    provider "kubeha" {
      region              = "${local.environment.locals.region}"
      allowed_account_ids = ["${local.environment.locals.account_id}"]
      cluster_name        = "${local.cluster.locals.name}"
      owner               = "${path_relative_to_include()}"

      default_tags {
        tags = {
          environment = "${local.environment.locals.name}"
          cluster     = "${local.cluster.locals.name}"
        }
      }
    }
  EOF
}

remote_state {
  backend = "s3"

  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }

  config = {
    bucket       = "terraform-state-${local.environment.locals.account_id}"
    key          = "${path_relative_to_include()}/terraform.tfstate"
    region       = local.environment.locals.region
    encrypt      = true
    use_lockfile = true
  }
}
