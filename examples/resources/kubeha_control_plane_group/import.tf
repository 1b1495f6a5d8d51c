# The Auto Scaling group's name; with schedulable nodes, the ARNs of services' target groups too.
import {
  to = kubeha_control_plane_group.example
  id = "prod-control-plane"
}
