output "api_endpoint" {
  description = "Where kubectl and the nodes find the Kubernetes API."
  value       = kubeha_api_load_balancer.this.endpoint
}

output "cluster_ca_certificates" {
  description = "What clients of the Kubernetes API trust, in PEM."
  value       = kubeha_pki.this.kubernetes.trusted_certificates_pem
}

output "pki_parameter_path" {
  description = "Where nodes find certificates and keys in Parameter Store."
  value       = kubeha_pki.this.parameter_path
}

output "service_host" {
  description = "The name under which clients reach services."
  value       = kubeha_service_load_balancer.this.host
}

output "diagram" {
  description = "The cluster drawn: terraform output -raw diagram."
  value       = data.kubeha_topology.this.diagram
}

output "placement" {
  description = "How many control plane nodes each zone gets, and whether the API outlives its loss."
  value       = kubeha_control_plane_group.this.placement
}

output "quorum" {
  description = "How many control plane nodes must be up for the API to work."
  value       = kubeha_control_plane_group.this.quorum
}

output "nodes_by_zone" {
  description = "How many nodes are in service now, by group and zone."
  value = merge(
    {
      for group, state in data.kubeha_cluster_health.this.worker_groups :
      group => { for zone, nodes in state.zones : zone => nodes.in_service }
    },
    {
      (data.kubeha_cluster_health.this.control_plane.name) = {
        for zone, nodes in data.kubeha_cluster_health.this.control_plane.zones : zone => nodes.in_service
      }
    },
  )
}

output "rules" {
  description = "Who may talk to whom, and what for."
  value       = kubeha_security_groups.this.rules
}

output "nat_gateway_public_ips" {
  description = "Where the cluster's own requests come from, by zone."
  value       = kubeha_network.this.nat_gateway_public_ips
}
