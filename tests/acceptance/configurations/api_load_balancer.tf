resource "kubeha_api_load_balancer" "this" {
  subnets              = var.ground.private_subnets
  security_group_ids   = [var.ground.security_group_ids.api_load_balancer]
  deregistration_delay = var.changed ? 60 : null
  tags                 = local.tags
}
