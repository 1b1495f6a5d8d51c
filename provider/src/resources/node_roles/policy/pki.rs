//! The cluster's authorities in Parameter Store: who may read which of them.
//!
//! Below the path there are three parts. What is in one is told by the beginning of its name, so
//! that one pattern covers it and no other:
//!
//! | | | read by |
//! |---|---|---|
//! | `public/` | certificates and public keys | every node |
//! | `private/` | private keys | control plane nodes |
//! | `join/` | what lets a worker join, written by control plane nodes | every node |

use aws::iam::policy::{Policy, Statement};

use super::Scope;

/// Where the authorities are, and what encrypts their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Pki {
    /// The beginning of the parameters' names: `/kubeha/prod/pki`.
    pub(in super::super) path: String,
    /// ARN of a KMS key. Without one it is AWS's own for parameters, which needs no permission.
    pub(in super::super) key_arn: Option<String>,
}

/// How deep names of parameters may go.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>
const MAX_LEVELS: usize = 15;
/// How deep the path may be: below it come part, authority and kind.
pub(in super::super) const MAX_PARAMETER_LEVELS: usize = MAX_LEVELS - 3;

/// Reading parameters by their names or their path.
const READ: [&str; 3] = [
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
];

const PUBLIC: &str = "PkiPublic";
const DECRYPT: &str = "PkiDecrypt";

impl Pki {
    pub(super) fn of_the_control_plane(&self, scope: &Scope) -> Vec<Statement> {
        let mut statements = vec![
            Statement::allow(PUBLIC, &READ, self.part(scope, "public")),
            Statement::allow("PkiPrivate", &READ, self.part(scope, "private")),
            Statement::allow("PkiJoin", &READ, self.part(scope, "join")),
            Statement::allow(
                "PkiJoinWrite",
                &["ssm:DeleteParameter", "ssm:PutParameter"],
                [self.below(scope, "join/*")],
            ),
        ];
        if let Some(key) = &self.key_arn {
            statements.push(self.use_of_key(scope, DECRYPT, key, "kms:Decrypt", "*"));
            let encrypt = self.use_of_key(scope, "PkiEncrypt", key, "kms:Encrypt", "join/*");
            statements.push(encrypt);
        }
        statements
    }

    pub(super) fn of_workers(&self, scope: &Scope) -> Vec<Statement> {
        let mut statements = vec![
            Statement::allow(PUBLIC, &READ, self.part(scope, "public")),
            Statement::allow("PkiJoin", &READ, self.part(scope, "join")),
            // Whatever other policies allow: many let instances read all parameters.
            Statement::deny("PkiNeverPrivate", &["ssm:*"], self.part(scope, "private")),
            Statement::deny(
                "PkiNeverAbove",
                &["ssm:GetParametersByPath"],
                self.above(scope),
            ),
        ];
        if let Some(key) = &self.key_arn {
            statements.push(self.use_of_key(scope, DECRYPT, key, "kms:Decrypt", "join/*"));
        }
        statements
    }

    /// What a policy says of where the authorities are.
    pub(super) fn read(policy: &Policy) -> Option<Self> {
        let public = policy.statement(PUBLIC)?;
        let path = public.resources().into_iter().find_map(|resource| {
            let name = resource.split_once(":parameter")?.1;
            name.strip_suffix("/public/*")
        })?;
        let key = policy.statement(DECRYPT).map(Statement::resources);
        Some(Self {
            path: path.to_owned(),
            key_arn: key.and_then(|arns| arns.first().map(|arn| (*arn).to_owned())),
        })
    }

    /// A part: itself, as reading by path names it, and all in it.
    fn part(&self, scope: &Scope, part: &str) -> [String; 2] {
        [
            self.below(scope, part),
            self.below(scope, &format!("{part}/*")),
        ]
    }

    /// The path and all above it. Who may read one of these by path may read all below, denied or
    /// not.
    /// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
    fn above(&self, scope: &Scope) -> Vec<String> {
        let ends = self.path.char_indices().filter(|(_, c)| *c == '/');
        let ends = ends.map(|(at, _)| at).chain([self.path.len()]);
        let names = ends.filter_map(|end| self.path.get(..end));
        // Whether AWS takes a slash at the end for a part of the name isn't documented.
        names
            .flat_map(|name| [name.to_owned(), format!("{name}/")])
            .filter(|name| !name.is_empty())
            .map(|name| scope.arn("ssm", &format!("parameter{name}")))
            .collect()
    }

    fn below(&self, scope: &Scope, name: &str) -> String {
        scope.arn("ssm", &format!("parameter{}/{name}", self.path))
    }

    /// Parameter Store uses the key for a caller, and tells KMS for which parameter.
    /// <https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html>
    fn use_of_key(
        &self,
        scope: &Scope,
        sid: &str,
        key: &str,
        action: &str,
        names: &str,
    ) -> Statement {
        Statement::allow(sid, &[action], [key.to_owned()])
            .when("StringLike", "kms:ViaService", &[&scope.via("ssm")])
            .when(
                "StringLike",
                "kms:EncryptionContext:PARAMETER_ARN",
                &[&self.below(scope, names)],
            )
    }
}
