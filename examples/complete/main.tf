# A highly available cluster from nothing but a region and its zones: network, security groups and
# roles in network.tf, load balancers and nodes here, a look at how it is doing in health.tf.

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
  subnets            = kubeha_network.this.private_subnets
  security_group_ids = [kubeha_security_groups.this.api_load_balancer_id]
  fqdn               = var.dns == null ? null : "api.${var.dns.domain}"
  hosted_zone_id     = one(var.dns[*].hosted_zone_id)
}

# The services' address: HTTP and HTTPS go to the node ports of an ingress controller.
resource "kubeha_service_load_balancer" "this" {
  subnets            = kubeha_network.this.public_subnets
  security_group_ids = [kubeha_security_groups.this.service_load_balancer_id]
  fqdn               = var.dns == null ? null : "services.${var.dns.domain}"
  hosted_zone_id     = one(var.dns[*].hosted_zone_id)

  listener {
    port      = 80
    node_port = local.http_node_port
  }

  listener {
    port      = 443
    node_port = local.https_node_port
  }
}

# As many nodes as the zones need for an odd number, spread over them: 3 for three zones.
resource "kubeha_control_plane_group" "this" {
  subnets              = kubeha_network.this.private_subnets
  image_id             = var.image_id
  instance_type        = var.control_plane_instance_type
  iam_instance_profile = kubeha_node_roles.this.control_plane_instance_profile
  security_group_ids   = [kubeha_security_groups.this.control_plane_id]
  user_data            = var.control_plane_user_data
  target_group_arns    = [kubeha_api_load_balancer.this.target_group_arn]
}

# Workers that stay: services are reached through them.
resource "kubeha_worker_group" "general" {
  name                 = "general"
  subnets              = kubeha_network.this.private_subnets
  min_size             = length(var.availability_zones)
  max_size             = 3 * length(var.availability_zones)
  image_id             = var.image_id
  instance_types       = [var.worker_instance_types[0]]
  iam_instance_profile = kubeha_node_roles.this.worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this.worker_id]
  user_data            = var.worker_user_data
  target_group_arns    = kubeha_service_load_balancer.this.target_group_arns
}

# Workers that AWS may take away: cheap, for what can be done again. Pods come by toleration.
resource "kubeha_worker_group" "spot" {
  name                 = "spot"
  subnets              = kubeha_network.this.private_subnets
  min_size             = length(var.availability_zones)
  max_size             = 3 * length(var.availability_zones)
  image_id             = var.image_id
  instance_types       = var.worker_instance_types
  iam_instance_profile = kubeha_node_roles.this.worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this.worker_id]
  user_data            = var.worker_user_data

  on_demand_percentage_above_base_capacity = 0 # all of them spot

  labels = { "example.com/capacity" = "spot" }
  taints = [{ key = "example.com/capacity", value = "spot", effect = "NoSchedule" }]
}
