resource "kubeha_pki" "example" {
  cluster_name = "prod"
}

ephemeral "kubeha_client_certificate" "example" {
  pki_arn               = kubeha_pki.example.arn
  user                  = "deployer"
  groups                = ["deployers"]
  validity_period_hours = 2
}
