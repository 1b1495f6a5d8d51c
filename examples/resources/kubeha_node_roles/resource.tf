variable "pki_key_arn" {
  type        = string
  description = "KMS key that encrypts the cluster's private keys in Parameter Store."
}

resource "kubeha_node_roles" "example" {
  cluster_name = "prod"

  # Control plane nodes read the private keys below it, workers the certificates alone.
  pki_parameter_path = "/kubeha/prod/pki"
  pki_kms_key_arn    = var.pki_key_arn

  cluster_autoscaler = true
  session_manager    = true
}

output "control_plane_instance_profile" {
  value = kubeha_node_roles.example.control_plane_instance_profile
}

output "worker_instance_profile" {
  value = kubeha_node_roles.example.worker_instance_profile
}
