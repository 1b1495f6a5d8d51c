# What the cluster stands on: addresses and ways out, who may talk to whom, its certificate
# authorities, and what nodes may do.

locals {
  # Known in the plan even where the subnets' ids aren't.
  zones = var.existing_network == null ? toset(var.availability_zones) : toset(keys(var.existing_network.private_subnets))

  vpc_id          = var.existing_network == null ? one(kubeha_network.this[*].vpc_id) : var.existing_network.vpc_id
  private_subnets = var.existing_network == null ? one(kubeha_network.this[*].private_subnets) : var.existing_network.private_subnets
  public_subnets  = var.existing_network == null ? one(kubeha_network.this[*].public_subnets) : var.existing_network.public_subnets
}

# A public and a private subnet in each zone, unless there are some already.
resource "kubeha_network" "this" {
  count = var.existing_network == null ? 1 : 0

  cluster_name       = var.name
  availability_zones = var.availability_zones
  cidr_block         = var.network.cidr_block
  nat_gateway_mode   = var.network.nat_gateway_mode
  tags               = var.tags
}

# The plan shows every rule.
resource "kubeha_security_groups" "this" {
  cluster_name              = var.name
  vpc_id                    = local.vpc_id
  cni                       = var.cni
  api_allowed_cidrs         = var.api.allowed_cidrs
  service_allowed_cidrs     = var.services.allowed_cidrs
  service_ports             = [for listener in var.services.listeners : listener.port]
  service_node_ports        = [for listener in var.services.listeners : tostring(listener.node_port)]
  schedulable_control_plane = var.control_plane.schedulable
  ssh_allowed_cidrs         = var.ssh == null ? null : var.ssh.allowed_cidrs
  tags                      = var.tags
}

# Their private keys are in Parameter Store, encrypted, and neither in state nor in plans; nodes
# read there what they may.
resource "kubeha_pki" "this" {
  cluster_name = var.name
  kms_key_id   = var.pki.kms_key_id
  rotation     = var.pki.rotation
  tags         = var.tags
}

resource "kubeha_node_roles" "this" {
  cluster_name              = var.name
  pki_parameter_path        = kubeha_pki.this.parameter_path
  pki_kms_key_arn           = var.pki.kms_key_arn
  cluster_autoscaler        = var.node_rights.cluster_autoscaler
  ebs_csi                   = var.node_rights.ebs_csi
  session_manager           = var.node_rights.session_manager
  permissions_boundary      = var.node_rights.permissions_boundary
  control_plane_policy_arns = var.node_rights.control_plane_policy_arns
  worker_policy_arns        = var.node_rights.worker_policy_arns
  tags                      = var.tags
}
