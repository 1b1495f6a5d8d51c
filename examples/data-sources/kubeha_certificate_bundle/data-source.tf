data "kubeha_certificate_bundle" "example" {
  cluster_name = "prod"
}

output "kubernetes_ca" {
  value = data.kubeha_certificate_bundle.example.kubernetes
}
