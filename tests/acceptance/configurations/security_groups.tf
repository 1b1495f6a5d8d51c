resource "kubeha_security_groups" "this" {
  vpc_id            = var.ground.vpc_id
  api_allowed_cidrs = var.changed ? ["10.0.0.0/8", "192.168.0.0/16"] : ["10.0.0.0/8"]
  tags              = local.tags
}
