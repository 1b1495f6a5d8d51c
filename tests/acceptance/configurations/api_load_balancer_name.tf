# The same, which gets a name in Route 53.
resource "kubeha_api_load_balancer" "this" {
  subnets            = var.ground.private_subnets
  security_group_ids = [var.ground.security_group_ids.api_load_balancer]
  hosted_zone_id     = var.changed ? var.ground.hosted_zone_id : null
  fqdn               = var.changed ? "api.${var.ground.domain}" : null
}
