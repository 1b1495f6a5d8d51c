# A highly available cluster: load balancers and nodes here, what they stand on in network.tf, a look
# at how it is doing in health.tf.

# The API's address. Health checks ask each API server whether it is ready, etcd included.
resource "kubeha_api_load_balancer" "this" {
  cluster_name       = var.name
  subnets            = var.api.internal ? local.private_subnets : local.public_subnets
  internal           = var.api.internal
  security_group_ids = [kubeha_security_groups.this.api_load_balancer_id]
  fqdn               = var.dns == null ? null : "${var.dns.api_name}.${var.dns.domain}"
  hosted_zone_id     = var.dns == null ? null : var.dns.hosted_zone_id
  tags               = var.tags
}

# The services' address.
resource "kubeha_service_load_balancer" "this" {
  cluster_name       = var.name
  subnets            = var.services.internal ? local.private_subnets : local.public_subnets
  internal           = var.services.internal
  security_group_ids = [kubeha_security_groups.this.service_load_balancer_id]
  fqdn               = var.dns == null ? null : "${var.dns.services_name}.${var.dns.domain}"
  hosted_zone_id     = var.dns == null ? null : var.dns.hosted_zone_id
  tags               = var.tags

  # By port, which is the order in which an import lists them.
  dynamic "listener" {
    for_each = { for listener in var.services.listeners : format("%05d", listener.port) => listener }

    content {
      port            = listener.value.port
      node_port       = listener.value.node_port
      protocol        = listener.value.protocol
      certificate_arn = listener.value.certificate_arn
    }
  }
}

# As many nodes as the zones need for an odd number, spread over them, unless a size is said.
resource "kubeha_control_plane_group" "this" {
  cluster_name              = var.name
  subnets                   = local.private_subnets
  size                      = var.control_plane.size
  image_id                  = coalesce(var.control_plane.image_id, var.image_id)
  instance_type             = var.control_plane.instance_type
  iam_instance_profile      = kubeha_node_roles.this.control_plane_instance_profile
  security_group_ids        = [kubeha_security_groups.this.control_plane_id]
  key_name                  = var.ssh == null ? null : var.ssh.key_name
  user_data                 = var.control_plane.user_data
  target_group_arns         = [kubeha_api_load_balancer.this.target_group_arn]
  schedulable               = var.control_plane.schedulable
  service_target_group_arns = var.control_plane.schedulable ? kubeha_service_load_balancer.this.target_group_arns : null
  root_block_device         = { volume_size = var.control_plane.root_volume_size }
  launch_hook               = var.control_plane.launch_hook_timeout == null ? null : { heartbeat_timeout = var.control_plane.launch_hook_timeout }
  termination_hook          = var.control_plane.termination_hook_timeout == null ? null : { heartbeat_timeout = var.control_plane.termination_hook_timeout }
  deletion_protection       = var.control_plane.deletion_protection
  rollout                   = var.control_plane.rollout
  tags                      = var.tags
}

resource "kubeha_worker_group" "this" {
  for_each = var.worker_groups

  cluster_name         = var.name
  name                 = each.key
  subnets              = { for zone, id in local.private_subnets : zone => id if contains(coalesce(each.value.zones, local.zones), zone) }
  min_size             = coalesce(each.value.min_size, length(coalesce(each.value.zones, local.zones)))
  max_size             = coalesce(each.value.max_size, 3 * length(coalesce(each.value.zones, local.zones)))
  desired_capacity     = each.value.desired_capacity
  image_id             = coalesce(each.value.image_id, var.image_id)
  instance_types       = each.value.instance_types
  iam_instance_profile = kubeha_node_roles.this.worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this.worker_id]
  key_name             = var.ssh == null ? null : var.ssh.key_name
  user_data            = each.value.user_data
  target_group_arns    = each.value.serves ? kubeha_service_load_balancer.this.target_group_arns : null
  root_block_device    = { volume_size = each.value.root_volume_size }
  labels               = each.value.labels
  taints               = each.value.taints
  cluster_autoscaler   = var.node_rights.cluster_autoscaler
  suspended_processes  = var.node_rights.cluster_autoscaler ? ["AZRebalance"] : null
  tags                 = var.tags

  on_demand_base_capacity                  = each.value.on_demand_base_capacity
  on_demand_percentage_above_base_capacity = each.value.on_demand_percentage_above_base_capacity

  instance_refresh = {
    strategy = each.value.instance_refresh.strategy
    preferences = {
      min_healthy_percentage = each.value.instance_refresh.min_healthy_percentage
      max_healthy_percentage = each.value.instance_refresh.max_healthy_percentage
      instance_warmup        = each.value.instance_refresh.instance_warmup
      checkpoint_percentages = each.value.instance_refresh.checkpoint_percentages
      checkpoint_delay       = each.value.instance_refresh.checkpoint_delay
      auto_rollback          = each.value.instance_refresh.auto_rollback
    }
  }
}
