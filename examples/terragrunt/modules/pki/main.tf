# The authorities of a cluster.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

resource "kubeha_pki" "this" {}

output "parameter_path" {
  value = kubeha_pki.this.parameter_path
}

output "arn" {
  value = kubeha_pki.this.arn
}
