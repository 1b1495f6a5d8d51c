# Two providers in one configuration, with the same credentials, region and default tags: hashicorp/aws
# for what surrounds the cluster, kubeha for the cluster. Ids go both ways, and neither touches what is
# the other's, so a second plan is empty.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100"
    }

    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

locals {
  tags  = { team = "platform", environment = "prod" }
  zones = [for letter in var.zones : "${var.region}${letter}"]
}

provider "aws" {
  region = var.region

  default_tags {
    tags = local.tags
  }
}

provider "kubeha" {
  region       = var.region
  cluster_name = "prod"
  owner        = "examples/neighbours" # one for each state: what lets a killed apply be finished

  default_tags {
    tags = local.tags
  }
}

variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "zones" {
  type        = list(string)
  default     = ["a", "b", "c"]
  description = "Letters of its zones."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image."
}

# From hashicorp/aws to kubeha: a DNS zone, a KMS key, a policy.

resource "aws_route53_zone" "this" {
  name = "prod.example.com"
}

resource "aws_kms_key" "pki" {
  description = "Private keys of the cluster's authorities"
}

data "aws_iam_policy_document" "backups" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["arn:aws:s3:::backups-of-prod/etcd/*"]
  }
}

resource "aws_iam_policy" "backups" {
  name   = "prod-etcd-backups"
  policy = data.aws_iam_policy_document.backups.json
}

resource "kubeha_network" "this" {
  availability_zones = local.zones
  cidr_block         = "10.0.0.0/16"
  nat_gateway_mode   = "single"
}

resource "kubeha_security_groups" "this" {
  vpc_id                = kubeha_network.this.vpc_id
  api_allowed_cidrs     = ["10.0.0.0/8"]
  service_allowed_cidrs = ["0.0.0.0/0"]
  service_node_ports    = ["30443"]
}

resource "kubeha_pki" "this" {
  kms_key_id = aws_kms_key.pki.arn
}

resource "kubeha_node_roles" "this" {
  pki_parameter_path        = kubeha_pki.this.parameter_path
  pki_kms_key_arn           = aws_kms_key.pki.arn
  control_plane_policy_arns = [aws_iam_policy.backups.arn]
}

resource "kubeha_api_load_balancer" "this" {
  subnets            = kubeha_network.this.private_subnets
  security_group_ids = [kubeha_security_groups.this.api_load_balancer_id]
  fqdn               = "api.${aws_route53_zone.this.name}"
  hosted_zone_id     = aws_route53_zone.this.zone_id
}

resource "kubeha_service_load_balancer" "this" {
  subnets            = kubeha_network.this.public_subnets
  security_group_ids = [kubeha_security_groups.this.service_load_balancer_id]

  listener {
    port      = 443
    node_port = 30443
  }
}

resource "kubeha_control_plane_group" "this" {
  subnets              = kubeha_network.this.private_subnets
  image_id             = var.image_id
  instance_type        = "m7i.large"
  iam_instance_profile = kubeha_node_roles.this.control_plane_instance_profile
  security_group_ids   = [kubeha_security_groups.this.control_plane_id]
  target_group_arns    = [kubeha_api_load_balancer.this.target_group_arn]
}

resource "kubeha_worker_group" "this" {
  name                 = "general"
  subnets              = kubeha_network.this.private_subnets
  min_size             = 1
  max_size             = 9
  image_id             = var.image_id
  instance_types       = ["m7i.xlarge"]
  iam_instance_profile = kubeha_node_roles.this.worker_instance_profile
  security_group_ids   = [kubeha_security_groups.this.worker_id]
  target_group_arns    = kubeha_service_load_balancer.this.target_group_arns
}

# And from kubeha to hashicorp/aws: a database that workers reach, a rule of their own group, a
# name, a schedule.

resource "aws_security_group" "database" {
  name   = "prod-database"
  vpc_id = kubeha_network.this.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "database" {
  security_group_id            = aws_security_group.database.id
  referenced_security_group_id = kubeha_security_groups.this.worker_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

# kubeha shows it in foreign_rules once a plan has looked, and leaves it alone unless exclusive is set.
resource "aws_vpc_security_group_ingress_rule" "node_exporter" {
  security_group_id            = kubeha_security_groups.this.worker_id
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = 9100
  to_port                      = 9100
}

resource "aws_route53_record" "www" {
  zone_id = aws_route53_zone.this.zone_id
  name    = "www.${aws_route53_zone.this.name}"
  type    = "CNAME"
  ttl     = 300
  records = [kubeha_service_load_balancer.this.host]
}

# The number of workers isn't kubeha's while desired_capacity isn't set.
resource "aws_autoscaling_schedule" "office_hours" {
  scheduled_action_name  = "office-hours"
  autoscaling_group_name = kubeha_worker_group.this.autoscaling_group_name
  min_size               = -1
  max_size               = -1
  desired_capacity       = 3
  recurrence             = "0 7 * * MON-FRI"
}

output "api_endpoint" {
  description = "Where kubectl and the nodes find the Kubernetes API."
  value       = kubeha_api_load_balancer.this.endpoint
}
