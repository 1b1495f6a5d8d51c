resource "kubeha_pki" "this" {
  tags = local.tags
}
