# Where things are tried.

locals {
  name             = "staging"
  region           = "eu-west-1"
  account_id       = "111111111111"
  administrators   = ["10.0.0.0/8"]
  image_id         = "ami-0123456789abcdef0"
  nat_gateway_mode = "single"
}
