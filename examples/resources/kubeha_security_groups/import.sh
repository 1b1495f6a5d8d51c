# The VPC's id and the cluster's name: groups of this provider's names.
terraform import kubeha_security_groups.example vpc-0123456789abcdef0/prod

# Groups that were made otherwise, by their ids. Those that are left out are made.
terraform import kubeha_security_groups.example 'api_load_balancer=sg-1a,control_plane=sg-2b,service_load_balancer=sg-3c,worker=sg-4d'
