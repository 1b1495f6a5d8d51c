# What the cluster stands on: addresses and ways out, who may talk to whom, its certificate
# authorities, and what nodes may do.

locals {
  # Where an ingress controller listens on each worker.
  http_node_port  = 30080
  https_node_port = 30443
}

# A public and a private subnet in each zone. Each zone has a way out of its own, unless
# nat_gateway_mode says otherwise.
resource "kubeha_network" "this" {
  availability_zones = var.availability_zones
  cidr_block         = var.cidr_block
  nat_gateway_mode   = var.nat_gateway_mode
}

# The plan shows every rule.
resource "kubeha_security_groups" "this" {
  vpc_id                = kubeha_network.this.vpc_id
  cni                   = var.cni
  api_allowed_cidrs     = var.api_allowed_cidrs
  service_allowed_cidrs = var.service_allowed_cidrs
  service_node_ports    = [local.http_node_port, local.https_node_port]
}

# Authorities of Kubernetes, etcd and the front proxy. Their private keys are in Parameter Store,
# encrypted, and neither in state nor in plans; nodes read there what they may.
resource "kubeha_pki" "this" {}

resource "kubeha_node_roles" "this" {
  pki_parameter_path = kubeha_pki.this.parameter_path
  cluster_autoscaler = true
  session_manager    = true
}
