//! The texts of parameters: of those that aren't encrypted, many at once; of one that is, that one.

use std::collections::BTreeMap;

use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;

use super::{SERVICE, Ssm};
use crate::error::Error;
use crate::secret::Secret;

/// A parameter that isn't encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its text. `None` of an encrypted one, which isn't decrypted.
    pub text: Option<String>,
    /// How often it was written.
    pub version: i64,
}

impl Ssm {
    /// The parameter of this name, without decrypting it.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn parameter(&self, name: &str) -> Result<Option<Parameter>, Error> {
        self.parameters.get(name.to_owned()).await
    }

    /// The text of an encrypted parameter, decrypted, and its version: the last one, or that asked
    /// for.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked, or KMS refuses to decrypt.
    pub async fn secret(
        &self,
        name: &str,
        version: Option<i64>,
    ) -> Result<Option<(Secret, i64)>, Error> {
        const OPERATION: &str = "GetParameter";
        let asked = match version {
            Some(version) => format!("{name}:{version}"),
            None => name.to_owned(),
        };
        let request = self.client.get_parameter().name(&asked);
        let answer = request.with_decryption(true).send().await;
        let answer = answer.map_err(|error| Error::call(SERVICE, OPERATION, &asked, error));
        let parameter = match answer {
            Ok(answer) => answer.parameter,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let lacking = |part| Error::lacking(SERVICE, OPERATION, &asked, part);
        let parameter = parameter.ok_or_else(|| lacking("Parameter"))?;
        let version = parameter.version;
        let text = parameter.value.ok_or_else(|| lacking("Value"))?;
        Ok(Some((Secret::new(text), version)))
    }
}

pub(super) async fn by_name(
    client: Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, Parameter>, Error> {
    const OPERATION: &str = "GetParameters";
    let object = names.join(", ");
    let request = client.get_parameters().set_names(Some(names));
    let answer = request.with_decryption(false).send().await;
    let answer = answer.map_err(|error| Error::call(SERVICE, OPERATION, &object, error))?;
    let mut found = BTreeMap::new();
    for one in answer.parameters.unwrap_or_default() {
        let (Some(name), Some(arn)) = (one.name, one.arn) else {
            return Err(Error::lacking(SERVICE, OPERATION, &object, "Name or ARN"));
        };
        // What is returned of an encrypted one is of no use.
        let is_secure = one.r#type == Some(ParameterType::SecureString);
        let parameter = Parameter {
            name: name.clone(),
            arn,
            text: one.value.filter(|_| !is_secure),
            version: one.version,
        };
        found.insert(name, parameter);
    }
    Ok(found)
}
