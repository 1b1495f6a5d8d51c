# Beside ground.tf: what else the sweeper is to find, where there are Auto Scaling groups.
resource "kubeha_worker_group" "this" {
  name                 = "general"
  subnets              = kubeha_network.this.private_subnets
  min_size             = 1
  max_size             = 2
  image_id             = var.ground.image_id
  instance_types       = [var.ground.instance_type]
  iam_instance_profile = kubeha_node_roles.this.worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this.worker_id]

  dynamic "timeouts" {
    for_each = var.patience[*]
    content {
      create = var.patience
      update = var.patience
      delete = var.patience
    }
  }
}
