# Who may talk to whom: the rules that kubeha_security_groups makes of the same settings, in the words
# of its attribute `rules`. Groups lead to each other, so their rules can't stand in them.

locals {
  rules = {
    "api_load_balancer egress icmp 3/4 to control_plane"     = "Path MTU discovery"
    "api_load_balancer egress tcp 6443 to control_plane"     = "Kubernetes API and its health checks"
    "api_load_balancer ingress icmp 3/4 from 10.0.0.0/8"     = "Path MTU discovery"
    "api_load_balancer ingress icmp 3/4 from control_plane"  = "Path MTU discovery"
    "api_load_balancer ingress tcp 6443 from 10.0.0.0/8"     = "Kubernetes API, clients"
    "api_load_balancer ingress tcp 6443 from control_plane"  = "Kubernetes API, nodes"
    "api_load_balancer ingress tcp 6443 from worker"         = "Kubernetes API, nodes"
    "control_plane egress all to 0.0.0.0/0"                  = "Nodes reach everything"
    "control_plane egress all to ::/0"                       = "Nodes reach everything"
    "control_plane ingress icmp 3/4 from api_load_balancer"  = "Path MTU discovery"
    "control_plane ingress icmp 8/0 from control_plane"      = "Cilium, health checks"
    "control_plane ingress icmp 8/0 from worker"             = "Cilium, health checks"
    "control_plane ingress tcp 10250 from control_plane"     = "kubelet"
    "control_plane ingress tcp 2379-2380 from control_plane" = "etcd"
    "control_plane ingress tcp 4240 from control_plane"      = "Cilium, health checks"
    "control_plane ingress tcp 4240 from worker"             = "Cilium, health checks"
    "control_plane ingress tcp 6443 from api_load_balancer"  = "Kubernetes API and its health checks"
    "control_plane ingress tcp 6443 from control_plane"      = "Kubernetes API, nodes"
    "control_plane ingress tcp 6443 from worker"             = "Kubernetes API, nodes"
    "control_plane ingress udp 8472 from control_plane"      = "Cilium, VXLAN"
    "control_plane ingress udp 8472 from worker"             = "Cilium, VXLAN"
    "service_load_balancer egress icmp 3/4 to worker"        = "Path MTU discovery"
    "service_load_balancer egress tcp 30080 to worker"       = "Services and their health checks"
    "service_load_balancer egress tcp 30443 to worker"       = "Services and their health checks"
    "service_load_balancer ingress icmp 3/4 from 0.0.0.0/0"  = "Path MTU discovery"
    "service_load_balancer ingress icmp 3/4 from worker"     = "Path MTU discovery"
    "service_load_balancer ingress tcp 443 from 0.0.0.0/0"   = "Services, clients"
    "service_load_balancer ingress tcp 80 from 0.0.0.0/0"    = "Services, clients"
    "worker egress all to 0.0.0.0/0"                         = "Nodes reach everything"
    "worker egress all to ::/0"                              = "Nodes reach everything"
    "worker ingress icmp 3/4 from service_load_balancer"     = "Path MTU discovery"
    "worker ingress icmp 8/0 from control_plane"             = "Cilium, health checks"
    "worker ingress icmp 8/0 from worker"                    = "Cilium, health checks"
    "worker ingress tcp 10250 from control_plane"            = "kubelet"
    "worker ingress tcp 10250 from worker"                   = "kubelet, metrics-server"
    "worker ingress tcp 30080 from service_load_balancer"    = "Services and their health checks"
    "worker ingress tcp 30443 from service_load_balancer"    = "Services and their health checks"
    "worker ingress tcp 4240 from control_plane"             = "Cilium, health checks"
    "worker ingress tcp 4240 from worker"                    = "Cilium, health checks"
    "worker ingress udp 8472 from control_plane"             = "Cilium, VXLAN"
    "worker ingress udp 8472 from worker"                    = "Cilium, VXLAN"
  }

  # "worker ingress tcp 10250 from control_plane": group, direction, protocol, ports, peer.
  parsed = {
    for text, purpose in local.rules : text => {
      group     = split(" ", text)[0]
      direction = split(" ", text)[1]
      protocol  = split(" ", text)[2]
      ports     = split(" ", text)[2] == "all" ? [] : split("/", replace(split(" ", text)[3], "-", "/"))
      peer      = element(split(" ", text), -1)
      purpose   = purpose
    }
  }
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = { for text, rule in local.parsed : text => rule if rule.direction == "ingress" }

  security_group_id            = aws_security_group.this[each.value.group].id
  description                  = each.value.purpose
  ip_protocol                  = each.value.protocol == "all" ? "-1" : each.value.protocol
  from_port                    = try(each.value.ports[0], null)
  to_port                      = try(each.value.ports[length(each.value.ports) - 1], null)
  cidr_ipv4                    = strcontains(each.value.peer, ".") ? each.value.peer : null
  cidr_ipv6                    = strcontains(each.value.peer, ":") ? each.value.peer : null
  referenced_security_group_id = try(aws_security_group.this[each.value.peer].id, null)
  tags                         = { Name = "${var.name}-${each.value.group}" }
}

resource "aws_vpc_security_group_egress_rule" "this" {
  for_each = { for text, rule in local.parsed : text => rule if rule.direction == "egress" }

  security_group_id            = aws_security_group.this[each.value.group].id
  description                  = each.value.purpose
  ip_protocol                  = each.value.protocol == "all" ? "-1" : each.value.protocol
  from_port                    = try(each.value.ports[0], null)
  to_port                      = try(each.value.ports[length(each.value.ports) - 1], null)
  cidr_ipv4                    = strcontains(each.value.peer, ".") ? each.value.peer : null
  cidr_ipv6                    = strcontains(each.value.peer, ":") ? each.value.peer : null
  referenced_security_group_id = try(aws_security_group.this[each.value.peer].id, null)
  tags                         = { Name = "${var.name}-${each.value.group}" }
}
