variable "subnets" {
  type        = map(string)
  description = "Private subnets: ids by zone."
}

variable "security_group_id" {
  type        = string
  description = "Security group of the load balancer: lets clients in, and health checks out."
}

variable "hosted_zone_id" {
  type        = string
  description = "Hosted zone of example.com."
}

resource "kubeha_api_load_balancer" "example" {
  cluster_name       = "prod"
  subnets            = var.subnets
  security_group_ids = [var.security_group_id]

  fqdn           = "api.prod.example.com"
  hosted_zone_id = var.hosted_zone_id

  # Checked against the health check: clients must be led away before a server stops listening.
  apiserver_shutdown_delay = 70

  enable_deletion_protection = true
}

output "endpoint" {
  value = kubeha_api_load_balancer.example.endpoint
}
