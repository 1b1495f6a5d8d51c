# The two load balancers, what they lead to, and their names.

locals {
  services = { 80 = 30080, 443 = 30443 }
}

resource "aws_lb" "api" {
  name                             = "${var.name}-api"
  load_balancer_type               = "network"
  internal                         = true
  subnets                          = [for subnet in aws_subnet.private : subnet.id]
  security_groups                  = [aws_security_group.this["api_load_balancer"].id]
  enable_cross_zone_load_balancing = true
  tags                             = { Name = "${var.name}-api" }
}

resource "aws_lb_target_group" "api" {
  name                   = "${var.name}-api"
  vpc_id                 = aws_vpc.this.id
  port                   = 6443
  protocol               = "TCP"
  connection_termination = true
  deregistration_delay   = 30
  preserve_client_ip     = false
  tags                   = { Name = "${var.name}-api" }

  health_check {
    protocol            = "HTTPS"
    path                = "/readyz"
    matcher             = "200"
    interval            = 10
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  target_health_state {
    enable_unhealthy_connection_termination = false
    unhealthy_draining_interval             = 120
  }
}

resource "aws_lb_listener" "api" {
  load_balancer_arn = aws_lb.api.arn
  port              = 6443
  protocol          = "TCP"
  tags              = { Name = "${var.name}-api" }

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api.arn
  }
}

resource "aws_lb" "service" {
  name                             = "${var.name}-service"
  load_balancer_type               = "network"
  internal                         = false
  subnets                          = [for subnet in aws_subnet.public : subnet.id]
  security_groups                  = [aws_security_group.this["service_load_balancer"].id]
  enable_cross_zone_load_balancing = true
  tags                             = { Name = "${var.name}-service" }
}

resource "aws_lb_target_group" "service" {
  for_each = local.services

  name                   = "${var.name}-service-${each.key}-${each.value}"
  vpc_id                 = aws_vpc.this.id
  port                   = each.value
  protocol               = "TCP"
  connection_termination = true
  preserve_client_ip     = true
  tags                   = { Name = "${var.name}-service" }

  health_check {
    protocol            = "TCP"
    interval            = 10
    timeout             = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "service" {
  for_each = local.services

  load_balancer_arn = aws_lb.service.arn
  port              = each.key
  protocol          = "TCP"
  tags              = { Name = "${var.name}-service" }

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.service[each.key].arn
  }
}

resource "aws_route53_record" "this" {
  for_each = { api = aws_lb.api, services = aws_lb.service }

  zone_id = var.hosted_zone_id
  name    = "${each.key}.${var.name}.example.com"
  type    = "A"

  alias {
    name                   = each.value.dns_name
    zone_id                = each.value.zone_id
    evaluate_target_health = false
  }
}
