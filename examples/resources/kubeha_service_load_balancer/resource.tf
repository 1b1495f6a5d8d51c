variable "subnets" {
  type        = map(string)
  description = "Public subnets: ids by zone."
}

variable "security_group_id" {
  type        = string
  description = "Security group of the load balancer: lets clients in, and traffic and health checks out."
}

variable "certificate_arn" {
  type        = string
  description = "Certificate of services.prod.example.com."
}

variable "hosted_zone_id" {
  type        = string
  description = "Hosted zone of example.com."
}

resource "kubeha_service_load_balancer" "example" {
  cluster_name       = "prod"
  subnets            = var.subnets
  security_group_ids = [var.security_group_id]

  listener {
    port      = 80
    node_port = 30080
  }

  listener {
    port            = 443
    node_port       = 30443
    protocol        = "TLS"
    certificate_arn = var.certificate_arn

    # An ingress controller says by itself whether it is fit.
    health_check = {
      protocol = "HTTP"
      port     = 30254
      path     = "/healthz"
    }
  }

  fqdn           = "services.prod.example.com"
  hosted_zone_id = var.hosted_zone_id

  enable_deletion_protection = true
}

output "target_group_arns" {
  value = kubeha_service_load_balancer.example.target_group_arns
}
