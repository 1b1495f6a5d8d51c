# One node is no high availability, and the least that shows a whole life.
resource "kubeha_control_plane_group" "this" {
  subnets              = var.ground.private_subnets
  size                 = 1
  image_id             = var.ground.image_id
  instance_type        = var.ground.instance_type
  iam_instance_profile = var.ground.instance_profiles.control_plane
  security_group_ids   = [var.ground.security_group_ids.control_plane]
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
