resource "kubeha_network" "this" {
  availability_zones = var.ground.zones
  cidr_block         = "10.1.0.0/16"
  nat_gateway_mode   = var.changed ? "single" : "none"
  tags               = local.tags
}
