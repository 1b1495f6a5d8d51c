resource "kubeha_pki" "example" {
  cluster_name = "prod"
}

# A static API server. The names that every API server has are in it unasked.
resource "kubeha_certificate" "example" {
  cluster_name = "prod"
  name         = "apiserver-static"
  profile      = "apiserver"
  pki_arn      = kubeha_pki.example.arn
  service_cidr = "10.21.0.0/16"
  dns_names    = ["api.prod.example.com"]
  ip_addresses = ["10.0.0.10"]
}

output "private_key_parameter" {
  value = kubeha_certificate.example.private_key_parameter
}
