# The VPC's id. Subnets that this provider didn't make are named behind it.
import {
  to = kubeha_network.example
  id = "vpc-0123456789abcdef0"
}
