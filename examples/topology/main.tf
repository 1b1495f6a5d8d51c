# The topology of three zones, and of two: what they survive and what they don't.
# Needs no AWS account. As a picture, after an apply:
#
#   terraform output -raw picture > topology.svg

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source = "kubeha/kubeha"
    }
  }
}

data "kubeha_topology" "three_zones" {
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

data "kubeha_topology" "two_zones" {
  availability_zones = ["eu-west-1a", "eu-west-1b"]
}

output "three_zones" {
  description = "The topology of three zones."
  value       = "${data.kubeha_topology.three_zones.diagram}\n${data.kubeha_topology.three_zones.explanation}\n"
}

output "picture" {
  description = "The topology of three zones as an SVG document."
  value       = data.kubeha_topology.three_zones.diagram_svg
}

output "two_zones" {
  description = "The topology of two zones."
  value       = "${data.kubeha_topology.two_zones.diagram}\n${data.kubeha_topology.two_zones.explanation}\n"
}
