# Where it is in Parameter Store.
terraform import kubeha_pki.example /kubeha/prod/pki
