# Beside ground.tf: what else the sweeper is to find, where there are load balancers.
resource "kubeha_api_load_balancer" "this" {
  subnets            = kubeha_network.this.private_subnets
  security_group_ids = [kubeha_security_groups.this.api_load_balancer_id]
}
