# Launch templates and groups: a control plane, workers that stay, workers that are spot.

locals {
  groups = {
    control-plane  = { role = "control-plane", types = ["m7i.large"], spot = false, user_data = base64encode("#!/bin/sh\n") }
    worker-general = { role = "worker", types = ["m7i.xlarge"], spot = false, user_data = null }
    worker-spot    = { role = "worker", types = ["m7i.xlarge", "m6i.xlarge"], spot = true, user_data = null }
  }
  metrics = [
    "GroupDesiredCapacity", "GroupInServiceInstances", "GroupMaxSize", "GroupMinSize",
    "GroupPendingInstances", "GroupStandbyInstances", "GroupTerminatingInstances", "GroupTotalInstances",
  ]
}

resource "aws_launch_template" "this" {
  for_each = local.groups

  name                   = "${var.name}-${each.key}"
  image_id               = var.image_id
  instance_type          = each.value.spot ? null : each.value.types[0]
  user_data              = each.value.user_data
  vpc_security_group_ids = [aws_security_group.this[replace(each.value.role, "-", "_")].id]
  tags                   = { Name = "${var.name}-${each.key}" }

  iam_instance_profile {
    name = aws_iam_instance_profile.this[each.value.role].name
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvda"
    ebs {
      volume_size           = 64
      volume_type           = "gp3"
      encrypted             = true
      delete_on_termination = true
    }
  }

  dynamic "tag_specifications" {
    for_each = ["instance", "volume"]
    content {
      resource_type = tag_specifications.value
      tags          = merge(local.owned, { Name = "${var.name}-${each.key}" })
    }
  }
}

resource "aws_autoscaling_group" "control_plane" {
  name                  = "${var.name}-control-plane"
  min_size              = length(var.zones)
  max_size              = length(var.zones)
  desired_capacity      = length(var.zones)
  vpc_zone_identifier   = [for subnet in aws_subnet.private : subnet.id]
  target_group_arns     = [aws_lb_target_group.api.arn]
  enabled_metrics       = local.metrics
  suspended_processes   = ["AZRebalance"]
  protect_from_scale_in = true

  launch_template {
    id      = aws_launch_template.this["control-plane"].id
    version = aws_launch_template.this["control-plane"].latest_version
  }

  tag {
    key                 = "Name"
    value               = "${var.name}-control-plane"
    propagate_at_launch = true
  }
}

resource "aws_autoscaling_group" "worker" {
  for_each = { for name, group in local.groups : name => group if group.role == "worker" }

  name                = "${var.name}-${each.key}"
  min_size            = length(var.zones)
  max_size            = 3 * length(var.zones)
  vpc_zone_identifier = [for subnet in aws_subnet.private : subnet.id]
  target_group_arns   = each.value.spot ? null : [for group in aws_lb_target_group.service : group.arn]
  enabled_metrics     = local.metrics
  capacity_rebalance  = each.value.spot

  dynamic "launch_template" {
    for_each = each.value.spot ? [] : [aws_launch_template.this[each.key]]
    content {
      id      = launch_template.value.id
      version = launch_template.value.latest_version
    }
  }

  dynamic "mixed_instances_policy" {
    for_each = each.value.spot ? [aws_launch_template.this[each.key]] : []
    content {
      instances_distribution {
        on_demand_percentage_above_base_capacity = 0
        spot_allocation_strategy                 = "price-capacity-optimized"
      }
      launch_template {
        launch_template_specification {
          launch_template_id = mixed_instances_policy.value.id
          version            = mixed_instances_policy.value.latest_version
        }
        dynamic "override" {
          for_each = each.value.types
          content {
            instance_type = override.value
          }
        }
      }
    }
  }

  dynamic "tag" {
    for_each = merge(local.owned, { Name = "${var.name}-${each.key}" })
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}
