# The load balancer's name or ARN; with a name in Route 53, the hosted zone's id and that name too.
import {
  to = kubeha_api_load_balancer.example
  id = "prod-api,Z0123456789ABCDEFGHIJ,api.prod.example.com"
}
