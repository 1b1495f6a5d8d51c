# Who speaks to the cluster's API, for an hour: what the kubernetes and helm providers are given is made
# while Terraform runs, and is in no state and no plan. workloads.tf uses it.
#
# Keep this in a state of its own, beside that of the cluster: providers can only be given what exists
# before the plan.

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
}

variable "region" {
  type        = string
  description = "Region of the cluster."
}

variable "pki_arn" {
  type        = string
  description = "What credentials are issued from: output pki_arn of the cluster's module, or arn of its kubeha_pki."

  validation {
    condition     = can(regex("^arn:[^:]+:ssm:[^:]+:[0-9]{12}:parameter/", var.pki_arn))
    error_message = "The ARN of a path in Parameter Store, such as arn:aws:ssm:eu-west-1:123456789012:parameter/kubeha/prod/pki."
  }
}

variable "api_endpoint" {
  type        = string
  description = "Where the API is: output api_endpoint of the cluster's module."

  validation {
    condition     = startswith(var.api_endpoint, "https://")
    error_message = "A URL such as https://api.prod.example.com:6443."
  }
}

# Whoever holds this may do anything in the cluster.
ephemeral "kubeha_kubeconfig" "admin" {
  pki_arn = var.pki_arn
  host    = var.api_endpoint
}

# And this is somebody whom Kubernetes lets do only what roles say: system:masters isn't among its groups.
ephemeral "kubeha_client_certificate" "deployer" {
  pki_arn = var.pki_arn
  user    = "deployer"
  groups  = ["deployers"]
}
