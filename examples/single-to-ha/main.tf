# A cluster that begins with a single control plane (master) node and becomes highly available when it
# matters: control_plane_nodes goes from 1 to 3 to 5. Each apply adds nodes one by one, each when the
# one before it is healthy behind the API load balancer; nobody is replaced.
#
# Over three zones 3 nodes survive the loss of one; 5 survive that of a zone or of any two nodes.
# Going back from 3 to 1 stops the API for a while, so it is refused unless allow_outage is set.

terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = ">= 0.1.0"
    }
  }
}

provider "kubeha" {
  region = var.region
  owner  = "examples/single-to-ha" # one for each state: what lets a killed apply be finished
}

module "cluster" {
  source = "../modules/cluster"

  name               = "growing"
  availability_zones = [for letter in var.zones : "${var.region}${letter}"]
  network            = { nat_gateway_mode = var.control_plane_nodes == 1 ? "single" : "per_zone" }
  image_id           = var.image_id
  api                = { allowed_cidrs = ["10.0.0.0/8"] }

  # What joins a node to etcd, and makes it leave, is in the user data: it completes both hooks.
  control_plane = {
    size                     = var.control_plane_nodes
    user_data                = var.user_data
    launch_hook_timeout      = var.hook_timeout
    termination_hook_timeout = var.hook_timeout
    rollout                  = { stable_for = var.stable_for, allow_control_plane_outage = var.allow_outage }
  }

  worker_groups = {
    general = { min_size = 1, max_size = 10, user_data = var.user_data }
  }

  wait_for_healthy_timeout = var.wait_for_healthy_timeout
}

output "survives" {
  description = "What the control plane survives."
  value = {
    nodes  = module.cluster.control_plane.size
    quorum = module.cluster.control_plane.quorum
    zone   = module.cluster.control_plane.tolerates_zone_failure
  }
}

output "healthy" {
  value = module.cluster.healthy
}
