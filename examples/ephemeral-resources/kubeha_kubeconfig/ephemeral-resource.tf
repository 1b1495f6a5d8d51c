resource "kubeha_pki" "example" {
  cluster_name = "prod"
}

ephemeral "kubeha_kubeconfig" "example" {
  pki_arn = kubeha_pki.example.arn
  host    = "https://api.prod.example.com:6443"
}

# What it has is what the kubernetes and helm providers take:
#
#   provider "kubernetes" {
#     host                   = ephemeral.kubeha_kubeconfig.example.host
#     cluster_ca_certificate = ephemeral.kubeha_kubeconfig.example.cluster_ca_certificate
#     client_certificate     = ephemeral.kubeha_kubeconfig.example.client_certificate
#     client_key             = ephemeral.kubeha_kubeconfig.example.client_key
#   }
