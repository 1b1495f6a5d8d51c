# Where it is in Parameter Store.
import {
  to = kubeha_pki.example
  id = "/kubeha/prod/pki"
}
