variable "availability_zones" {
  type        = list(string)
  description = "Zones of the cluster."

  validation {
    condition = provider::kubeha::tolerates_zone_failure(
      length(var.availability_zones),
      provider::kubeha::control_plane_size(length(var.availability_zones)),
    )
    error_message = "The cluster would not survive the loss of a zone: use three zones or more."
  }
}
