# Takes over a network, an API load balancer and a control plane that were made with hashicorp/aws.
# Names and ids are those that exist. Security groups stay where they are, and come in by id.
#
#   1. terraform plan: it imports three objects, changes them in place, and replaces nothing.
#   2. Have the old state let go: removed blocks with destroy = false, or terraform state rm.
#   3. terraform apply; the next plan is empty. Then take the import blocks out.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

provider "kubeha" {
  region       = var.region
  cluster_name = "old"
  owner        = "examples/migration" # one for each state: what lets a killed apply be finished
}

variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image."
}

variable "found" {
  type = object({
    vpc_id             = string
    cidr_block         = string
    public_subnets     = map(string)
    private_subnets    = map(string)
    security_group_ids = object({ api = string, control_plane = string })
  })
  description = "What is there: the output of the same name of the configuration in before, or what you find in the console."

  validation {
    condition     = toset(keys(var.found.public_subnets)) == toset(keys(var.found.private_subnets))
    error_message = "Each zone needs a public and a private subnet."
  }
}

# A VPC that was made otherwise names its subnets: only tags tell those of this provider.
import {
  to = kubeha_network.this
  id = join(",", concat(
    [var.found.vpc_id],
    [for id in values(var.found.public_subnets) : "public=${id}"],
    [for id in values(var.found.private_subnets) : "private=${id}"],
  ))
}

resource "kubeha_network" "this" {
  availability_zones = keys(var.found.private_subnets)
  cidr_block         = var.found.cidr_block
  nat_gateway_mode   = "single"
}

import {
  to = kubeha_api_load_balancer.this
  id = "old-api"
}

resource "kubeha_api_load_balancer" "this" {
  name               = "old-api"
  target_group_name  = "old-api"
  subnets            = kubeha_network.this.private_subnets
  security_group_ids = [var.found.security_group_ids.api]
}

import {
  to = kubeha_control_plane_group.this
  id = "old-control-plane"
}

# Its nodes were launched as something else than it would launch now. "none" replaces nobody: take it out
# when a roll suits you, and the apply then replaces them one at a time.
resource "kubeha_control_plane_group" "this" {
  name               = "old-control-plane"
  subnets            = kubeha_network.this.private_subnets
  image_id           = var.image_id
  instance_type      = "m7i.large"
  security_group_ids = [var.found.security_group_ids.control_plane]
  target_group_arns  = [kubeha_api_load_balancer.this.target_group_arn]
  user_data          = "#!/bin/sh\n"
  rollout            = { strategy = "none" }
}

output "to_be_rolled" {
  description = "Nodes that aren't what the group would launch now."
  value       = kubeha_control_plane_group.this.outdated_instance_ids
}
