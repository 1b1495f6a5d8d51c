# A highly available cluster in a network that is there already: load balancers, control plane,
# workers. Subnets, security groups and instance profiles come in by variables. examples/complete
# makes those too.

provider "kubeha" {
  region       = var.region
  cluster_name = var.cluster_name
  owner        = var.owner # one for each state: what lets a killed apply be finished

  default_tags {
    tags = { cluster = var.cluster_name }
  }
}

# The API's address. Health checks ask each API server whether it is ready, etcd included.
resource "kubeha_api_load_balancer" "this" {
  subnets            = var.private_subnets
  security_group_ids = [var.security_group_ids.api_load_balancer]
  fqdn               = var.dns == null ? null : "api.${var.dns.domain}"
  hosted_zone_id     = one(var.dns[*].hosted_zone_id)
}

# The services' address: HTTP and HTTPS go to the node ports of an ingress controller.
resource "kubeha_service_load_balancer" "this" {
  subnets            = var.public_subnets
  security_group_ids = [var.security_group_ids.service_load_balancer]
  fqdn               = var.dns == null ? null : "services.${var.dns.domain}"
  hosted_zone_id     = one(var.dns[*].hosted_zone_id)

  listener {
    port      = 80
    node_port = 30080
  }

  listener {
    port      = 443
    node_port = 30443
  }
}

# As many nodes as the zones need for an odd number, spread over them: 3 for three zones.
resource "kubeha_control_plane_group" "this" {
  subnets              = var.private_subnets
  image_id             = var.image_id
  instance_type        = var.control_plane_instance_type
  iam_instance_profile = var.instance_profiles.control_plane
  security_group_ids   = [var.security_group_ids.control_plane]
  user_data            = var.control_plane_user_data
  target_group_arns    = [kubeha_api_load_balancer.this.target_group_arn]
}

# Workers that stay: services are reached through them.
resource "kubeha_worker_group" "general" {
  name                 = "general"
  subnets              = var.private_subnets
  min_size             = length(var.private_subnets)
  max_size             = 3 * length(var.private_subnets)
  image_id             = var.image_id
  instance_types       = [var.worker_instance_types[0]]
  iam_instance_profile = var.instance_profiles.worker
  security_group_ids   = [var.security_group_ids.worker]
  user_data            = var.worker_user_data
  target_group_arns    = kubeha_service_load_balancer.this.target_group_arns
}

# Workers that AWS may take away: cheap, for what can be done again. Pods come by toleration.
resource "kubeha_worker_group" "spot" {
  name                 = "spot"
  subnets              = var.private_subnets
  min_size             = length(var.private_subnets)
  max_size             = 3 * length(var.private_subnets)
  image_id             = var.image_id
  instance_types       = var.worker_instance_types
  iam_instance_profile = var.instance_profiles.worker
  security_group_ids   = [var.security_group_ids.worker]
  user_data            = var.worker_user_data

  on_demand_percentage_above_base_capacity = 0 # all of them spot

  labels = { "example.com/capacity" = "spot" }
  taints = [{ key = "example.com/capacity", value = "spot", effect = "NoSchedule" }]
}
