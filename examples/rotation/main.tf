# A new key for the Kubernetes authority, without an outage. Each step is an apply of its own, and each
# but the last can be taken back:
#
#   1. stage    the new certificate is trusted beside the old one, which goes on signing.
#               Then bring trusted_certificates to all nodes and clients.
#   2. promote  the new key signs; what the old one signed is still trusted.
#               Then have all certificates issued anew: here, and on the nodes.
#   3. retire   the old certificate is trusted no more, and its key is deleted.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

provider "kubeha" {
  region       = var.region
  cluster_name = "prod"
  owner        = "examples/rotation" # one for each state: what lets a killed apply be finished
}

variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "step" {
  type        = string
  default     = null
  description = "How far the second key has come: stage, promote or retire; null before."

  validation {
    condition     = var.step == null || try(contains(["stage", "promote", "retire"], var.step), false)
    error_message = "stage, promote or retire."
  }
}

resource "kubeha_pki" "this" {
  rotation = var.step == null ? null : {
    kubernetes = { generation = 2, step = var.step }
  }
}

# Issued anew by the second apply of "promote": its refresh sees that another key signs.
resource "kubeha_certificate" "monitoring" {
  name        = "monitoring"
  profile     = "client"
  common_name = "monitoring"
  pki_arn     = kubeha_pki.this.arn
}

output "trusted_certificates" {
  description = "What everybody is to trust, in PEM: during a rotation two."
  value       = kubeha_pki.this.kubernetes.trusted_certificates_pem
}

output "signs" {
  description = "Number of the key that signs."
  value       = kubeha_pki.this.kubernetes.signing_generation
}

output "to_be_issued_anew" {
  description = "Whether the next apply issues the certificate anew."
  value       = kubeha_certificate.monitoring.ready_for_renewal
}
