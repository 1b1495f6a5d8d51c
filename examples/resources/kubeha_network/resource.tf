resource "kubeha_network" "example" {
  cluster_name       = "prod"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  cidr_block         = "10.0.0.0/16"

  # Checked against the VPC's addresses: nodes must know where each address is.
  pod_cidr     = "10.244.0.0/16"
  service_cidr = "10.96.0.0/12"

  tags = {
    team = "platform"
  }
}

# By zone, and the zones are known at plan: other resources take them as they are.
output "private_subnets" {
  value = kubeha_network.example.private_subnets
}
