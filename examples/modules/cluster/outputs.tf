output "api_endpoint" {
  description = "Where kubectl and the nodes find the Kubernetes API."
  value       = kubeha_api_load_balancer.this.endpoint
}

output "service_host" {
  description = "The name under which clients reach services."
  value       = kubeha_service_load_balancer.this.host
}

output "cluster_ca_certificates" {
  description = "What clients of the Kubernetes API trust, in PEM."
  value       = kubeha_pki.this.kubernetes.trusted_certificates_pem
}

output "pki_arn" {
  description = "What certificates and kubeconfigs are issued from."
  value       = kubeha_pki.this.arn
}

output "pki_parameter_path" {
  description = "Where nodes find certificates and keys in Parameter Store."
  value       = kubeha_pki.this.parameter_path
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = local.vpc_id
}

output "private_subnets" {
  description = "Ids of the private subnets by zone."
  value       = local.private_subnets
}

output "public_subnets" {
  description = "Ids of the public subnets by zone."
  value       = local.public_subnets
}

output "security_group_ids" {
  description = "Ids of the security groups, for rules of your own."
  value = {
    api_load_balancer     = kubeha_security_groups.this.api_load_balancer_id
    service_load_balancer = kubeha_security_groups.this.service_load_balancer_id
    control_plane         = kubeha_security_groups.this.control_plane_id
    worker                = kubeha_security_groups.this.worker_id
  }
}

output "node_role_arns" {
  description = "ARNs of the nodes' roles, for policies of your own."
  value = {
    control_plane = kubeha_node_roles.this.control_plane_role_arn
    worker        = kubeha_node_roles.this.worker_role_arn
  }
}

output "control_plane" {
  description = "The control plane group: how many nodes, in which zones, what they survive, and who isn't up to date."
  value = {
    name                   = kubeha_control_plane_group.this.name
    arn                    = kubeha_control_plane_group.this.arn
    size                   = kubeha_control_plane_group.this.size
    quorum                 = kubeha_control_plane_group.this.quorum
    placement              = kubeha_control_plane_group.this.placement
    tolerates_zone_failure = kubeha_control_plane_group.this.tolerates_zone_failure
    outdated_instance_ids  = kubeha_control_plane_group.this.outdated_instance_ids
  }
}

output "worker_groups" {
  description = "The groups of workers by name."
  value = {
    for name, group in kubeha_worker_group.this : name => {
      name                  = group.autoscaling_group_name
      arn                   = group.arn
      outdated_instance_ids = group.outdated_instance_ids
    }
  }
}

output "target_group_arns" {
  description = "ARNs of the service load balancer's target groups by port."
  value       = kubeha_service_load_balancer.this.target_groups
}

output "healthy" {
  description = "Whether all is well."
  value       = data.kubeha_cluster_health.this.healthy
}

output "problems" {
  description = "What isn't, the gravest first."
  value       = data.kubeha_cluster_health.this.problems
}

output "diagram" {
  description = "The cluster drawn."
  value       = data.kubeha_topology.this.diagram
}
