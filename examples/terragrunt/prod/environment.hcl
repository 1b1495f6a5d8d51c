# Where it matters: each zone has a way out of its own.

locals {
  name             = "prod"
  region           = "eu-west-1"
  account_id       = "222222222222"
  administrators   = ["10.8.0.0/16"]
  image_id         = "ami-0123456789abcdef0"
  nat_gateway_mode = "per_zone"
}
