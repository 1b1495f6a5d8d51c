# What nodes may do, and the parameters of the authorities. There is no provider here that makes
# certificates: the parameters hold words instead, which takes as many calls.

resource "aws_iam_role" "this" {
  for_each = toset(["control-plane", "worker"])

  name = "${var.name}-${each.key}"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole"]
      Principal = { Service = ["ec2.amazonaws.com"] }
    }]
  })
  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_iam_role_policy" "this" {
  for_each = aws_iam_role.this

  name = "kubeha"
  role = each.value.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ec2:DescribeInstances", "ec2:DescribeInstanceTypes"]
      Resource = ["*"]
    }]
  })
}

resource "aws_iam_instance_profile" "this" {
  for_each = aws_iam_role.this

  name = each.value.name
  role = each.value.name
  tags = { Name = each.value.name }
}

resource "aws_ssm_parameter" "public" {
  for_each = toset(["kubernetes/certificate", "etcd/certificate", "front-proxy/certificate", "service-account/public_key"])

  name  = "/kubeha/${var.name}/pki/public/${each.key}"
  type  = "String"
  value = "words in the place of what is public"
  tags  = { Name = var.name }
}

resource "aws_ssm_parameter" "private" {
  for_each = toset(["kubernetes", "etcd", "front-proxy", "service-account"])

  name  = "/kubeha/${var.name}/pki/private/${each.key}/private_key_1"
  type  = "SecureString"
  value = "words in the place of a private key"
  tags  = { Name = var.name }
}
