# A network that is there already, for the tests beside this folder.

terraform {
  required_providers {
    kubeha = {
      source = "kubeha/kubeha"
    }
  }
}

variable "availability_zones" {
  type = list(string)
}

resource "kubeha_network" "this" {
  cluster_name       = "somebody"
  availability_zones = var.availability_zones
  cidr_block         = "10.7.0.0/16"
  nat_gateway_mode   = "none"
}

output "all" {
  value = {
    vpc_id          = kubeha_network.this.vpc_id
    private_subnets = kubeha_network.this.private_subnets
    public_subnets  = kubeha_network.this.public_subnets
  }
}
