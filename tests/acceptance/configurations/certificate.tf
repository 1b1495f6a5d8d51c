resource "kubeha_pki" "authority" {}

resource "kubeha_certificate" "this" {
  name      = "etcd-0"
  profile   = "etcd-server"
  pki_arn   = kubeha_pki.authority.arn
  dns_names = var.changed ? ["etcd-0.example.com", "etcd.example.com"] : ["etcd-0.example.com"]
  tags      = local.tags
}
