//! Key pairs.

use std::collections::BTreeMap;

use aws_sdk_ec2::Client;

use super::{Ec2, SERVICE, by};
use crate::error::Error;

impl Ec2 {
    /// Whether there is a key pair of this name.
    ///
    /// # Errors
    ///
    /// When AWS can't be asked.
    pub async fn key_pair_exists(&self, name: &str) -> Result<bool, Error> {
        Ok(self.key_pairs.get(name.to_owned()).await?.is_some())
    }
}

pub(super) async fn key_pairs(
    client: Client,
    names: Vec<String>,
) -> Result<BTreeMap<String, ()>, Error> {
    let request = client.describe_key_pairs().filters(by("key-name", &names));
    let answer = request.send().await;
    let answer = answer
        .map_err(|error| Error::call(SERVICE, "DescribeKeyPairs", names.join(", "), error))?;
    Ok(answer
        .key_pairs
        .unwrap_or_default()
        .into_iter()
        .filter_map(|pair| Some((pair.key_name?, ())))
        .collect())
}
