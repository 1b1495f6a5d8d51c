locals {
  zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c", "eu-west-1d"]
}

output "control_plane_size" {
  value = provider::kubeha::control_plane_size(length(local.zones)) # 5
}
