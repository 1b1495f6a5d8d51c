# The names of the control plane nodes' role and of the workers' role.
import {
  to = kubeha_node_roles.example
  id = "prod-control-plane,prod-worker"
}
