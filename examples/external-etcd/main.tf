# Certificates of an etcd cluster on machines of its own: for each member one that it shows to
# clients and one that it shows to the other members, and one with which the API servers come.

terraform {
  required_providers {
    kubeha = {
      source = "kubeha/kubeha"
    }
  }
}

provider "kubeha" {
  cluster_name = var.cluster_name
  owner        = "examples/external-etcd"
}

variable "cluster_name" {
  type    = string
  default = "example"
}

variable "members" {
  type        = map(string)
  description = "Address of each member, by its name."
  default = {
    etcd-0 = "10.0.0.10"
    etcd-1 = "10.0.1.10"
    etcd-2 = "10.0.2.10"
  }
}

resource "kubeha_pki" "this" {}

# A member is a client too: of the others, and of itself for its health check. Both certificates
# are good for both.
resource "kubeha_certificate" "server" {
  for_each = var.members

  name         = "${each.key}-server"
  profile      = "etcd-server"
  pki_arn      = kubeha_pki.this.arn
  dns_names    = [each.key]
  ip_addresses = [each.value]
}

resource "kubeha_certificate" "peer" {
  for_each = var.members

  name    = "${each.key}-peer"
  profile = "etcd-peer"
  pki_arn = kubeha_pki.this.arn
  # Members check the address that a peer comes from, so a name alone is not enough.
  dns_names    = [each.key]
  ip_addresses = [each.value]
}

resource "kubeha_certificate" "client" {
  name    = "apiserver-etcd-client"
  profile = "apiserver-etcd-client"
  pki_arn = kubeha_pki.this.arn
}

output "trusted_ca" {
  description = "For --trusted-ca-file and --peer-trusted-ca-file of members, --etcd-cafile of API servers."
  value       = kubeha_pki.this.etcd.trusted_certificates_pem
}

output "parameters" {
  description = "Where each machine finds its own in Parameter Store."
  value = {
    for name in keys(var.members) : name => {
      server = kubeha_certificate.server[name].parameter_path
      peer   = kubeha_certificate.peer[name].parameter_path
    }
  }
}

output "client_parameters" {
  value = kubeha_certificate.client.parameter_path
}
