# What can't be is refused at its variable, before anything is planned. Needs no account.

mock_provider "kubeha" {
  source = "./tests/mocks"
}

variables {
  name               = "prod"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  image_id           = "ami-0123456789abcdef0"
  api                = { allowed_cidrs = ["10.0.0.0/8"] }
}

run "a_name_in_capitals" {
  command = plan

  variables {
    name = "Prod"
  }

  expect_failures = [var.name]
}

run "no_zones" {
  command = plan

  variables {
    availability_zones = []
  }

  expect_failures = [var.availability_zones]
}

run "neither_zones_nor_a_network" {
  command = plan

  variables {
    availability_zones = null
  }

  expect_failures = [var.availability_zones]
}

run "both_zones_and_a_network" {
  command = plan

  variables {
    existing_network = { vpc_id = "vpc-1", private_subnets = { a = "s" }, public_subnets = { a = "s" } }
  }

  expect_failures = [var.availability_zones]
}

run "a_network_without_addresses" {
  command = plan

  variables {
    network = { cidr_block = "10.0.0.0" }
  }

  expect_failures = [var.network]
}

run "a_way_out_that_there_is_not" {
  command = plan

  variables {
    network = { nat_gateway_mode = "per-zone" }
  }

  expect_failures = [var.network]
}

run "a_zone_without_a_public_subnet" {
  command = plan

  variables {
    availability_zones = null
    existing_network   = { vpc_id = "vpc-1", private_subnets = { a = "s", b = "t" }, public_subnets = { a = "s" } }
  }

  expect_failures = [var.existing_network]
}

run "a_network_without_subnets" {
  command = plan

  variables {
    availability_zones = null
    existing_network   = { vpc_id = "vpc-1", private_subnets = {}, public_subnets = {} }
  }

  expect_failures = [var.existing_network]
}

run "an_image_by_name" {
  command = plan

  variables {
    image_id = "ubuntu"
  }

  expect_failures = [var.image_id]
}

run "an_even_control_plane" {
  command = plan

  variables {
    control_plane = { size = 4 }
  }

  expect_failures = [var.control_plane]
}

run "an_unknown_rollout" {
  command = plan

  variables {
    control_plane = { rollout = { strategy = "rolling" } }
  }

  expect_failures = [var.control_plane]
}

run "an_instance_refresh_without_a_hook" {
  command = plan

  variables {
    control_plane = { rollout = { strategy = "instance_refresh" } }
  }

  expect_failures = [var.control_plane]
}

run "a_worker_group_without_types" {
  command = plan

  variables {
    worker_groups = { general = { instance_types = [] } }
  }

  expect_failures = [var.worker_groups]
}

run "a_worker_group_named_in_vain" {
  command = plan

  variables {
    worker_groups = { "-general" = {} }
  }

  expect_failures = [var.worker_groups]
}

run "more_workers_at_least_than_at_most" {
  command = plan

  variables {
    worker_groups = { general = { min_size = 5, max_size = 4 } }
  }

  expect_failures = [var.worker_groups]
}

run "workers_in_another_zone" {
  command = plan

  variables {
    worker_groups = { general = { zones = ["eu-west-1d"] } }
  }

  expect_failures = [var.worker_groups]
}

run "a_taint_without_an_effect" {
  command = plan

  variables {
    worker_groups = { general = { taints = [{ key = "a", effect = "None" }] } }
  }

  expect_failures = [var.worker_groups]
}

run "an_unknown_refresh" {
  command = plan

  variables {
    worker_groups = { general = { instance_refresh = { strategy = "one_at_a_time" } } }
  }

  expect_failures = [var.worker_groups]
}

run "an_address_that_is_no_network" {
  command = plan

  variables {
    api = { allowed_cidrs = ["10.0.0.1"] }
  }

  expect_failures = [var.api]
}

run "two_listeners_on_a_port" {
  command = plan

  variables {
    services = { listeners = { a = { port = 443, node_port = 30443 }, b = { port = 443, node_port = 30444 } } }
  }

  expect_failures = [var.services]
}

run "no_listeners" {
  command = plan

  variables {
    services = { listeners = {} }
  }

  expect_failures = [var.services]
}

run "tls_without_a_certificate" {
  command = plan

  variables {
    services = { listeners = { a = { port = 443, node_port = 30443, protocol = "TLS" } } }
  }

  expect_failures = [var.services]
}

run "services_for_nobody_s_network" {
  command = plan

  variables {
    services = { allowed_cidrs = ["world"] }
  }

  expect_failures = [var.services]
}

run "the_rotation_of_nothing" {
  command = plan

  variables {
    pki = { rotation = { kubelet = { generation = 2, step = "stage" } } }
  }

  expect_failures = [var.pki]
}

run "a_step_that_there_is_not" {
  command = plan

  variables {
    pki = { rotation = { etcd = { generation = 2, step = "begin" } } }
  }

  expect_failures = [var.pki]
}

run "a_cni_that_is_not_known" {
  command = plan

  variables {
    cni = "weave"
  }

  expect_failures = [var.cni]
}
