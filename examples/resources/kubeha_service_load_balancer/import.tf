# The load balancer's name or ARN; with a name in Route 53, the hosted zone's id and that name too.
import {
  to = kubeha_service_load_balancer.example
  id = "prod-service,Z0123456789ABCDEFGHIJ,services.prod.example.com"
}
