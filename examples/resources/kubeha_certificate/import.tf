# Where it is in Parameter Store, and the ARN of the kubeha_pki that issues it; or, of another
# authority, the names of the parameters that have its certificate and its private key.
import {
  to = kubeha_certificate.example
  id = "/kubeha/prod/certificates/apiserver-static,arn:aws:ssm:eu-west-1:123456789012:parameter/kubeha/prod/pki"
}
