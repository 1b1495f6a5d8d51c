# Makes a network, and a cluster in it, in the AWS that the environment names: meant for an emulator, like
# the tests beside it.

provider "kubeha" {
  region = "us-east-1"
  owner  = "modules/cluster/tests"
}

variables {
  name                     = "guest"
  image_id                 = "ami-12c6146b"
  api                      = { allowed_cidrs = ["10.0.0.0/8"] }
  control_plane            = { user_data = "control plane" }
  worker_groups            = {}
  wait_for_healthy_timeout = "5m"
}

run "network" {
  module {
    source = "./tests/emulator/network"
  }

  variables {
    availability_zones = ["us-east-1a"]
  }
}

run "in_a_network_that_is_there" {
  variables {
    existing_network = run.network.all
  }

  assert {
    condition     = output.vpc_id == run.network.all.vpc_id && output.private_subnets == run.network.all.private_subnets
    error_message = "It stands in the network that is there."
  }

  assert {
    condition     = output.healthy && output.control_plane.size == 1
    error_message = "One zone has one control plane node."
  }
}
