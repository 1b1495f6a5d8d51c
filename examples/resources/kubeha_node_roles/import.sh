# The names of the control plane nodes' role and of the workers' role.
terraform import kubeha_node_roles.example prod-control-plane,prod-worker
