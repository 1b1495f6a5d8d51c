# What runs in the cluster, by the kubernetes and helm providers, with the credentials of credentials.tf.

terraform {
  required_providers {
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.35"
    }

    helm = {
      source  = "hashicorp/helm"
      version = ">= 3.0"
    }
  }
}

provider "kubernetes" {
  host                   = ephemeral.kubeha_kubeconfig.admin.host
  cluster_ca_certificate = ephemeral.kubeha_kubeconfig.admin.cluster_ca_certificate
  client_certificate     = ephemeral.kubeha_kubeconfig.admin.client_certificate
  client_key             = ephemeral.kubeha_kubeconfig.admin.client_key
}

provider "helm" {
  kubernetes = {
    host                   = ephemeral.kubeha_kubeconfig.admin.host
    cluster_ca_certificate = ephemeral.kubeha_client_certificate.deployer.cluster_ca_certificate
    client_certificate     = ephemeral.kubeha_client_certificate.deployer.client_certificate
    client_key             = ephemeral.kubeha_client_certificate.deployer.client_key
  }
}

resource "kubernetes_namespace_v1" "ingress" {
  metadata {
    name = "ingress"
  }
}

# What the deployer may do: anything in that namespace, and nothing elsewhere.
resource "kubernetes_role_binding_v1" "deployers" {
  metadata {
    name      = "deployers"
    namespace = kubernetes_namespace_v1.ingress.metadata[0].name
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "admin"
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = "deployers"
  }
}

# Listens on the node ports that the service load balancer leads to. A chart with cluster roles of its own
# needs somebody with more rights.
resource "helm_release" "ingress" {
  name       = "ingress"
  repository = "https://charts.example.com"
  chart      = "ingress"
  namespace  = kubernetes_namespace_v1.ingress.metadata[0].name

  depends_on = [kubernetes_role_binding_v1.deployers]
}
