# A control plane as many write it with hashicorp/aws: what the configuration beside this folder takes
# over. It stands here to try the way with; yours is what you have.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100"
    }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "image_id" {
  type        = string
  description = "Id of the nodes' image."
}

locals {
  zones = toset([for letter in ["a", "b", "c"] : "${var.region}${letter}"])
}

resource "aws_vpc" "this" {
  cidr_block           = "10.9.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_subnet" "public" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, 100 + index(sort(local.zones), each.key))
}

resource "aws_subnet" "private" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, index(sort(local.zones), each.key))
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  subnet_id     = aws_subnet.public["${var.region}a"].id
  allocation_id = aws_eip.nat.id

  depends_on = [aws_internet_gateway.this]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this.id
  }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

resource "aws_security_group" "api" {
  name   = "old-api"
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group" "control_plane" {
  name   = "old-control-plane"
  vpc_id = aws_vpc.this.id
}

resource "aws_lb" "api" {
  name               = "old-api"
  internal           = true
  load_balancer_type = "network"
  subnets            = [for subnet in aws_subnet.private : subnet.id]
  security_groups    = [aws_security_group.api.id]
}

resource "aws_lb_target_group" "api" {
  name     = "old-api"
  port     = 6443
  protocol = "TCP"
  vpc_id   = aws_vpc.this.id

  health_check {
    protocol = "HTTPS"
    path     = "/readyz"
  }
}

resource "aws_lb_listener" "api" {
  load_balancer_arn = aws_lb.api.arn
  port              = 6443
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_launch_template" "control_plane" {
  name                   = "old-control-plane"
  image_id               = var.image_id
  instance_type          = "m7i.large"
  vpc_security_group_ids = [aws_security_group.control_plane.id]
  user_data              = base64encode("#!/bin/sh\n")
}

resource "aws_autoscaling_group" "control_plane" {
  name                = "old-control-plane"
  min_size            = 3
  max_size            = 3
  vpc_zone_identifier = [for subnet in aws_subnet.private : subnet.id]
  target_group_arns   = [aws_lb_target_group.api.arn]

  launch_template {
    id      = aws_launch_template.control_plane.id
    version = aws_launch_template.control_plane.latest_version
  }
}

output "found" {
  description = "What the configuration beside this folder asks for."
  value = {
    vpc_id             = aws_vpc.this.id
    cidr_block         = aws_vpc.this.cidr_block
    public_subnets     = { for zone, subnet in aws_subnet.public : zone => subnet.id }
    private_subnets    = { for zone, subnet in aws_subnet.private : zone => subnet.id }
    security_group_ids = { api = aws_security_group.api.id, control_plane = aws_security_group.control_plane.id }
    nodes              = aws_autoscaling_group.control_plane.id
  }
}
