variable "subnets" {
  type        = map(string)
  description = "Private subnets: ids by zone."
}

variable "image_id" {
  type        = string
  description = "Image that the nodes boot."
}

variable "instance_profile" {
  type        = string
  description = "Instance profile of the control plane nodes."
}

variable "security_group_id" {
  type        = string
  description = "Security group of the control plane nodes."
}

variable "api_target_group_arn" {
  type        = string
  description = "Target group of the API load balancer."
}

variable "user_data" {
  type        = string
  description = "What a node runs when it first boots. No private keys."
}

resource "kubeha_control_plane_group" "example" {
  cluster_name = "prod"

  # The zones decide how many nodes there are: three zones, three nodes.
  subnets = var.subnets

  image_id             = var.image_id
  instance_type        = "m7i.large"
  iam_instance_profile = var.instance_profile
  security_group_ids   = [var.security_group_id]
  target_group_arns    = [var.api_target_group_arn]
  user_data            = var.user_data

  root_block_device = {
    volume_size = 100
    throughput  = 250
  }

  # The node completes this one when its etcd is a voting member.
  launch_hook = {
    heartbeat_timeout = 600
  }

  # And this one when its etcd has left.
  termination_hook = {
    heartbeat_timeout = 900
  }

  deletion_protection = "prevent-force-deletion"
}

output "quorum" {
  value = kubeha_control_plane_group.example.quorum
}

output "outdated_instance_ids" {
  value = kubeha_control_plane_group.example.outdated_instance_ids
}
