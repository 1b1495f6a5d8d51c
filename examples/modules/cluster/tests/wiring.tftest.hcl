# What becomes of the variables, with an AWS that is made up: `terraform test` needs neither
# account nor credentials.

mock_provider "kubeha" {
  source = "./tests/mocks"
}

variables {
  name               = "prod"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  image_id           = "ami-0123456789abcdef0"
  api                = { allowed_cidrs = ["10.0.0.0/8"] }
}

run "a_cluster_from_zones_alone" {
  assert {
    condition     = kubeha_network.this[0].nat_gateway_mode == "per_zone" && kubeha_network.this[0].cluster_name == "prod"
    error_message = "A network is made, with a way out in each zone."
  }

  assert {
    condition     = kubeha_api_load_balancer.this.internal && kubeha_api_load_balancer.this.subnets == kubeha_network.this[0].private_subnets
    error_message = "The API's load balancer is private."
  }

  assert {
    condition     = !kubeha_service_load_balancer.this.internal && kubeha_service_load_balancer.this.subnets == kubeha_network.this[0].public_subnets
    error_message = "The services' load balancer is public."
  }

  assert {
    condition     = [for listener in kubeha_service_load_balancer.this.listener : [listener.port, listener.node_port]] == [[80, 30080], [443, 30443]]
    error_message = "HTTP and HTTPS are served, in the order of their ports."
  }

  assert {
    condition     = kubeha_security_groups.this.service_ports == toset([80, 443]) && kubeha_security_groups.this.service_node_ports == toset(["30080", "30443"])
    error_message = "The security groups let through what the listeners need, and no more."
  }

  assert {
    condition     = kubeha_control_plane_group.this.target_group_arns == toset([kubeha_api_load_balancer.this.target_group_arn]) && kubeha_control_plane_group.this.security_group_ids == toset(["sg-control-plane"]) && kubeha_control_plane_group.this.iam_instance_profile == "control-plane"
    error_message = "Control plane nodes stand behind the API's load balancer, with a security group and a profile of their own."
  }

  assert {
    condition     = !kubeha_control_plane_group.this.schedulable && kubeha_control_plane_group.this.service_target_group_arns == null && !kubeha_security_groups.this.schedulable_control_plane
    error_message = "Control plane nodes run no workloads unasked."
  }

  assert {
    condition     = keys(kubeha_worker_group.this) == ["general"] && kubeha_worker_group.this["general"].min_size == 3 && kubeha_worker_group.this["general"].max_size == 9
    error_message = "There is one group of workers: a node in each zone at least, three at most."
  }

  assert {
    condition     = kubeha_worker_group.this["general"].target_group_arns == kubeha_service_load_balancer.this.target_group_arns && kubeha_worker_group.this["general"].security_group_ids == toset(["sg-worker"]) && kubeha_worker_group.this["general"].iam_instance_profile == "worker"
    error_message = "Workers stand behind the services' load balancer, not the API's."
  }

  assert {
    condition     = kubeha_worker_group.this["general"].cluster_autoscaler && kubeha_worker_group.this["general"].suspended_processes == toset(["AZRebalance"])
    error_message = "The cluster autoscaler scales them, and AWS moves none away from it."
  }

  assert {
    condition     = kubeha_api_load_balancer.this.fqdn == null && kubeha_service_load_balancer.this.fqdn == null
    error_message = "Without a domain there are no names."
  }
}

run "in_a_network_that_is_there" {
  variables {
    availability_zones = null
    existing_network = {
      vpc_id          = "vpc-0123456789abcdef0"
      private_subnets = { eu-west-1a = "subnet-1", eu-west-1b = "subnet-2" }
      public_subnets  = { eu-west-1a = "subnet-3", eu-west-1b = "subnet-4" }
    }
  }

  assert {
    condition     = length(kubeha_network.this) == 0 && kubeha_security_groups.this.vpc_id == "vpc-0123456789abcdef0"
    error_message = "No other network is made."
  }

  assert {
    condition     = kubeha_control_plane_group.this.subnets == tomap({ eu-west-1a = "subnet-1", eu-west-1b = "subnet-2" }) && kubeha_service_load_balancer.this.subnets == tomap({ eu-west-1a = "subnet-3", eu-west-1b = "subnet-4" })
    error_message = "Nodes go to private subnets, the services' load balancer to public ones."
  }

  assert {
    condition     = kubeha_worker_group.this["general"].min_size == 2
    error_message = "Its zones count."
  }
}

run "schedulable_masters_and_no_workers" {
  variables {
    control_plane = { schedulable = true, size = 5 }
    worker_groups = {}
  }

  assert {
    condition     = kubeha_control_plane_group.this.service_target_group_arns == kubeha_service_load_balancer.this.target_group_arns && kubeha_security_groups.this.schedulable_control_plane
    error_message = "Services reach the control plane nodes."
  }

  assert {
    condition     = kubeha_control_plane_group.this.size == 5 && length(kubeha_worker_group.this) == 0
    error_message = "There are five nodes in all."
  }
}

run "groups_of_workers" {
  variables {
    worker_groups = {
      general = { desired_capacity = 4 }
      batch = {
        min_size                                 = 0
        max_size                                 = 20
        zones                                    = ["eu-west-1a"]
        instance_types                           = ["m7i.xlarge", "m6i.xlarge"]
        image_id                                 = "ami-0fedcba9876543210"
        serves                                   = false
        on_demand_percentage_above_base_capacity = 0
        labels                                   = { "example.com/pool" = "batch" }
        taints                                   = [{ key = "example.com/pool", value = "batch", effect = "NoSchedule" }]
        instance_refresh                         = { min_healthy_percentage = 80, auto_rollback = true }
      }
    }
    node_rights = { cluster_autoscaler = false }
  }

  assert {
    condition     = kubeha_worker_group.this["general"].desired_capacity == 4 && kubeha_worker_group.this["general"].image_id == var.image_id
    error_message = "What a group doesn't say is the cluster's."
  }

  assert {
    condition     = kubeha_worker_group.this["batch"].subnets == tomap({ eu-west-1a = "subnet-private-a" }) && kubeha_worker_group.this["batch"].image_id == "ami-0fedcba9876543210"
    error_message = "What a group says is its own."
  }

  assert {
    condition     = kubeha_worker_group.this["batch"].target_group_arns == null && length(kubeha_worker_group.this["batch"].taints) == 1
    error_message = "A group that doesn't serve gets no traffic."
  }

  assert {
    condition     = kubeha_worker_group.this["batch"].instance_refresh.preferences.auto_rollback && kubeha_worker_group.this["batch"].instance_refresh.preferences.min_healthy_percentage == 80
    error_message = "How AWS replaces nodes is each group's to say."
  }

  assert {
    condition     = !kubeha_worker_group.this["batch"].cluster_autoscaler && length(kubeha_worker_group.this["batch"].suspended_processes) == 0 && !kubeha_node_roles.this.cluster_autoscaler
    error_message = "Without the cluster autoscaler, AWS keeps the zones even."
  }
}

run "names_rollouts_and_hooks" {
  variables {
    dns = { domain = "prod.example.com", hosted_zone_id = "Z0123456789ABCDEFGHIJ", services_name = "www" }
    control_plane = {
      launch_hook_timeout = 600
      rollout             = { strategy = "instance_refresh" }
    }
    services = {
      internal  = true
      listeners = { https = { port = 8443, node_port = 31443 } }
    }
    tags = { team = "platform" }
  }

  assert {
    condition     = kubeha_api_load_balancer.this.fqdn == "api.prod.example.com" && kubeha_service_load_balancer.this.fqdn == "www.prod.example.com"
    error_message = "API and services have names."
  }

  assert {
    condition     = kubeha_control_plane_group.this.rollout.strategy == "instance_refresh" && kubeha_control_plane_group.this.launch_hook.heartbeat_timeout == 600 && kubeha_control_plane_group.this.termination_hook == null
    error_message = "How the control plane is rolled is as said."
  }

  assert {
    condition     = kubeha_service_load_balancer.this.subnets == kubeha_network.this[0].private_subnets && kubeha_service_load_balancer.this.listener[0].port == 8443
    error_message = "Services are for the VPC alone."
  }

  assert {
    condition     = alltrue([for tags in [kubeha_network.this[0].tags, kubeha_pki.this.tags, kubeha_node_roles.this.tags, kubeha_security_groups.this.tags, kubeha_api_load_balancer.this.tags, kubeha_service_load_balancer.this.tags, kubeha_control_plane_group.this.tags, kubeha_worker_group.this["general"].tags] : tags == tomap({ team = "platform" })])
    error_message = "Everything is tagged."
  }
}
