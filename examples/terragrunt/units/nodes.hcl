# The machines of a cluster, and what stands before them.

locals {
  environment = read_terragrunt_config(find_in_parent_folders("environment.hcl"))
  cluster     = read_terragrunt_config(find_in_parent_folders("cluster.hcl"))
}

terraform {
  source = "${dirname(find_in_parent_folders("root.hcl"))}/modules/nodes"
}

# What these answer before they exist is good for validate. A plan looks ids up in AWS and refuses
# invented ones, so a new cluster is applied in order, and planned from then on.
dependency "network" {
  config_path = "${get_terragrunt_dir()}/../network"

  mock_outputs_allowed_terraform_commands = ["init", "validate"]
  mock_outputs = {
    private_subnets = { for letter in local.cluster.locals.zones : "${local.environment.locals.region}${letter}" => "subnet-00000000000000000" }
    public_subnets  = { for letter in local.cluster.locals.zones : "${local.environment.locals.region}${letter}" => "subnet-00000000000000000" }
    security_group_ids = {
      api_load_balancer     = "sg-00000000000000000"
      service_load_balancer = "sg-00000000000000000"
      control_plane         = "sg-00000000000000000"
      worker                = "sg-00000000000000000"
    }
  }
}

dependency "pki" {
  config_path = "${get_terragrunt_dir()}/../pki"

  mock_outputs_allowed_terraform_commands = ["init", "validate"]
  mock_outputs = {
    parameter_path = "/kubeha/mocked/pki"
  }
}

inputs = {
  private_subnets    = dependency.network.outputs.private_subnets
  public_subnets     = dependency.network.outputs.public_subnets
  security_group_ids = dependency.network.outputs.security_group_ids
  pki_parameter_path = dependency.pki.outputs.parameter_path

  image_id      = local.environment.locals.image_id
  worker_groups = local.cluster.locals.worker_groups
}
