resource "kubeha_node_roles" "this" {
  cluster_autoscaler = var.changed
  tags               = local.tags
}
