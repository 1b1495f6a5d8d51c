# The Auto Scaling group's name.
terraform import kubeha_worker_group.general prod-worker-general
