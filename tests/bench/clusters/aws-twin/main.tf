# The objects of ../kubeha, made with hashicorp/aws: what is measured of it.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

# Nothing that it could ask for beyond the objects themselves.
provider "aws" {
  region                      = var.region
  skip_metadata_api_check     = true
  skip_credentials_validation = true
}

variable "region" { type = string }
variable "image_id" { type = string }
variable "hosted_zone_id" { type = string }
variable "zones" { type = list(string) }
variable "clusters" { type = list(string) }

module "cluster" {
  source   = "./cluster"
  for_each = toset(var.clusters)

  name           = each.key
  image_id       = var.image_id
  hosted_zone_id = var.hosted_zone_id
  zones          = var.zones
}
