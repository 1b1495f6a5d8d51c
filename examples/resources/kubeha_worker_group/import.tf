# The Auto Scaling group's name.
import {
  to = kubeha_worker_group.general
  id = "prod-worker-general"
}
