# The authorities of a cluster, in a state of their own: the machines come and go, these stay.

terraform {
  source = "${dirname(find_in_parent_folders("root.hcl"))}/modules/pki"
}
