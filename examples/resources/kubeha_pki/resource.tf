resource "kubeha_pki" "example" {
  cluster_name = "prod"

  # A new key for etcd: "stage" it, then "promote" it, then "retire" the one before. The plan of each
  # step says what must have happened on the nodes.
  rotation = {
    etcd = { generation = 2, step = "stage" }
  }
}

# Nodes read their part of it by the roles they have.
resource "kubeha_node_roles" "example" {
  cluster_name       = "prod"
  pki_parameter_path = kubeha_pki.example.parameter_path
}

output "kubernetes_ca" {
  value = kubeha_pki.example.kubernetes.trusted_certificates_pem
}
