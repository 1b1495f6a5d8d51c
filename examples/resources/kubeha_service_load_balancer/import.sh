# The load balancer's name or ARN. Listeners and target groups are found by it, whatever their names.
# They are listed by port: in the same order, your configuration has nothing to change.
terraform import kubeha_service_load_balancer.example prod-service

# With a name in Route 53: the hosted zone's id and that name too.
terraform import kubeha_service_load_balancer.example 'prod-service,Z0123456789ABCDEFGHIJ,services.prod.example.com'
