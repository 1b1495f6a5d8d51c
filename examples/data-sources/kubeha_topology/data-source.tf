data "kubeha_topology" "this" {
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]

  lifecycle {
    postcondition {
      condition     = self.tolerates_zone_failure
      error_message = "This cluster must survive the loss of a zone."
    }
  }
}

output "control_plane_size" {
  value = data.kubeha_topology.this.control_plane_size # 3
}

output "diagram" {
  value = data.kubeha_topology.this.diagram
}
