# The load balancer's name or ARN.
terraform import kubeha_api_load_balancer.example prod-api

# With a name in Route 53: the hosted zone's id and that name too.
terraform import kubeha_api_load_balancer.example 'prod-api,Z0123456789ABCDEFGHIJ,api.prod.example.com'
