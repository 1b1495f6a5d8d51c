resource "kubeha_service_load_balancer" "this" {
  subnets            = var.ground.public_subnets
  security_group_ids = [var.ground.security_group_ids.service_load_balancer]
  tags               = local.tags

  listener {
    port      = 80
    node_port = 30080
  }

  dynamic "listener" {
    for_each = var.changed ? [443] : []
    content {
      port      = listener.value
      node_port = 30443
    }
  }
}
