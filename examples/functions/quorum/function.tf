output "must_be_up" {
  value = provider::kubeha::quorum(5) # 3
}
