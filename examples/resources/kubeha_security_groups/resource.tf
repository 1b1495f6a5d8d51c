resource "kubeha_security_groups" "example" {
  cluster_name = "prod"
  vpc_id       = "vpc-0123456789abcdef0"

  # Who administers the cluster. Nodes reach the API without being listed.
  api_allowed_cidrs = ["10.0.0.0/8"]

  # Services are for the world.
  service_allowed_cidrs = ["0.0.0.0/0"]

  cni = "cilium"

  tags = {
    team = "platform"
  }
}

# For load balancers and node groups.
output "control_plane_security_group_ids" {
  value = [kubeha_security_groups.example.control_plane_id]
}
