output "placement" {
  value = provider::kubeha::placement(["eu-west-1a", "eu-west-1b"], 3) # { eu-west-1a = 2, eu-west-1b = 1 }
}
