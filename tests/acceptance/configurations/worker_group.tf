resource "kubeha_worker_group" "this" {
  name                 = "general"
  subnets              = var.ground.private_subnets
  min_size             = 1
  max_size             = var.changed ? 3 : 2
  image_id             = var.ground.image_id
  instance_types       = [var.ground.instance_type]
  iam_instance_profile = var.ground.instance_profiles.worker
  security_group_ids   = [var.ground.security_group_ids.worker]
  tags                 = local.tags

  dynamic "timeouts" {
    for_each = var.patience[*]
    content {
      create = var.patience
      update = var.patience
      delete = var.patience
    }
  }
}
