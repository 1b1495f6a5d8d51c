# What every configuration of the acceptance cases has.

terraform {
  required_providers {
    kubeha = {
      source = "kubeha/kubeha"
    }
  }
}

variable "cluster_name" {
  type = string
}

variable "owner" {
  type = string
}

variable "allowed_account_ids" {
  type    = set(string)
  default = null
}

# What the cases stand on: zones, image, and the outputs of ground.tf.
variable "ground" {
  type = any
}

# Whether this is the second apply, which updates in place what the first one made.
variable "changed" {
  type    = bool
  default = false
}

# How long groups may take to have their nodes; null for the provider's own patience.
variable "patience" {
  type    = string
  default = null
}

locals {
  tags = var.changed ? { team = "acceptance" } : null
}

provider "kubeha" {
  cluster_name        = var.cluster_name
  owner               = var.owner
  allowed_account_ids = var.allowed_account_ids
}
