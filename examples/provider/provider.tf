terraform {
  required_version = ">= 1.11"

  required_providers {
    kubeha = {
      source  = "kubeha/kubeha"
      version = "0.1.0"
    }
  }
}

provider "kubeha" {}
