# The VPC's id and the cluster's name.
import {
  to = kubeha_security_groups.example
  id = "vpc-0123456789abcdef0/prod"
}
