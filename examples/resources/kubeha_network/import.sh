# The VPC's id: what this provider made in it is found by its tags.
terraform import kubeha_network.example vpc-0123456789abcdef0

# A VPC that was made otherwise: its subnets are named too, public and private ones. Their route
# tables and NAT gateways are found by them.
terraform import kubeha_network.example 'vpc-0123456789abcdef0,public=subnet-1a,public=subnet-1b,private=subnet-2a,private=subnet-2b'
