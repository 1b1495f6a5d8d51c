# Makes a cluster, changes it, and takes it away again, in the AWS that the environment names: meant
# for an emulator, at AWS_ENDPOINT_URL. Without that, this costs money.
#
#   terraform test -test-directory=tests/emulator

provider "kubeha" {
  region = "us-east-1"
  owner  = "modules/cluster/tests"
}

variables {
  name                     = "tested"
  availability_zones       = ["us-east-1a", "us-east-1b", "us-east-1c"]
  network                  = { nat_gateway_mode = "single" }
  image_id                 = "ami-12c6146b"
  api                      = { allowed_cidrs = ["10.0.0.0/8"] }
  control_plane            = { user_data = "control plane" }
  worker_groups            = { general = { user_data = "worker" } }
  wait_for_healthy_timeout = "5m"
}

run "a_cluster_from_zones_alone" {
  assert {
    condition     = output.healthy
    error_message = join("\n", output.problems)
  }

  assert {
    condition     = output.control_plane.size == 3 && output.control_plane.quorum == 2 && output.control_plane.tolerates_zone_failure
    error_message = "Three zones have three control plane nodes and survive the loss of one."
  }

  assert {
    condition     = output.worker_groups["general"].name == "tested-worker-general" && length(output.worker_groups["general"].outdated_instance_ids) == 0
    error_message = "The workers are what they should be."
  }

  assert {
    condition     = toset(keys(output.target_group_arns)) == toset(["80", "443"]) && strcontains(output.cluster_ca_certificates, "BEGIN CERTIFICATE")
    error_message = "What others need comes out."
  }
}

run "its_masters_become_schedulable_and_spot_workers_come" {
  variables {
    control_plane = { user_data = "control plane", schedulable = true }
    worker_groups = {
      general = { user_data = "worker" }
      spot = {
        zones                                    = ["us-east-1a", "us-east-1b"]
        instance_types                           = ["m7i.xlarge", "m6i.xlarge"]
        on_demand_percentage_above_base_capacity = 0
        serves                                   = false
        user_data                                = "worker"
      }
    }
  }

  assert {
    condition     = output.healthy
    error_message = join("\n", output.problems)
  }

  assert {
    condition     = output.control_plane.arn == run.a_cluster_from_zones_alone.control_plane.arn && length(output.control_plane.outdated_instance_ids) == 0
    error_message = "It is the same group, and nobody was replaced."
  }

  assert {
    condition     = kubeha_control_plane_group.this.service_target_group_arns == kubeha_service_load_balancer.this.target_group_arns
    error_message = "Services reach the control plane nodes."
  }

  assert {
    condition     = keys(output.worker_groups) == ["general", "spot"]
    error_message = "There are two groups of workers."
  }
}
