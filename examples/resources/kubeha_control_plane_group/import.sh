# The Auto Scaling group's name.
terraform import kubeha_control_plane_group.example prod-control-plane

# With schedulable nodes: the ARNs of services' target groups too.
terraform import kubeha_control_plane_group.example 'prod-control-plane,arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/prod-http/0123456789abcdef'
