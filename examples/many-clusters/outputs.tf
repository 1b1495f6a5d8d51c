output "clusters" {
  description = "Each cluster's addresses, and what it survives."
  value = {
    for name, group in kubeha_control_plane_group.this : name => {
      api_endpoint           = kubeha_api_load_balancer.this[name].endpoint
      service_host           = kubeha_service_load_balancer.this[name].host
      control_plane_nodes    = group.size
      tolerates_zone_failure = group.tolerates_zone_failure
    }
  }
}
