# Laid over examples/complete on emulators: nodes that aren't there by then never will be.

resource "kubeha_control_plane_group" "this" {
  timeouts {
    create = "3m"
    delete = "3m"
  }
}

resource "kubeha_worker_group" "general" {
  timeouts {
    create = "3m"
    delete = "3m"
  }
}

resource "kubeha_worker_group" "spot" {
  timeouts {
    create = "3m"
    delete = "3m"
  }
}
