//! What Parameter Store has of a cluster's authorities.

use std::collections::{BTreeMap, BTreeSet};

use aws::ssm::{Metadata, Parameter, Ssm};
use pki::rotation::Position;
use pki::{Authority, Bundle, KeyId, Part, PrivateKey, Trusted};
use tfplug::Diagnostic;

use super::Layout;
use crate::diagnostics::{aws_error, parameter_error};

/// Who issues a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The authorities of a `kubeha_pki`.
    Pki(Layout),
    /// Another authority, by the names of its parameters.
    Parameters { certificate: String, key: String },
}

/// The way to one cluster's authorities.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Store<'a> {
    pub(crate) ssm: &'a Ssm,
    pub(crate) layout: &'a Layout,
}

/// All that is read without decryption.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    parts: BTreeMap<Part, PartSeen>,
}

/// What there is of one part.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartSeen {
    /// What is trusted.
    pub(crate) public: Option<Parameter>,
    /// Its private keys, by generation.
    pub(crate) keys: BTreeMap<u32, KeySeen>,
}

/// A private key that wasn't decrypted.
#[derive(Clone, Debug)]
pub(crate) struct KeySeen {
    pub(crate) metadata: Metadata,
    /// What its description says of it.
    pub(crate) id: Option<KeyId>,
}

/// Why a private key can't be had.
#[derive(Debug)]
pub(crate) enum KeyUnread {
    /// AWS says no: Parameter Store, or KMS.
    Aws(aws::Error),
    /// It is none.
    NoKey(pki::Error),
}

impl KeyUnread {
    /// What is wrong with the key of this name; at `attribute`, which leads to the key that encrypts
    /// it, if it is KMS that refuses.
    pub(crate) fn told(&self, doing: &str, name: &str, attribute: &str) -> Diagnostic {
        match self {
            Self::Aws(error) => parameter_error(doing, error, attribute),
            Self::NoKey(error) => pki_error(doing, &format!("The private key \"{name}\""), error),
        }
    }
}

const KEY_ID: &str = "key id ";

/// What a private key is for, and which: so that a refresh can tell without decrypting it.
pub(crate) fn key_description(cluster: &str, what: &str, id: &KeyId) -> String {
    format!("Private key of cluster {cluster}: {what}, {KEY_ID}{id}")
}

impl<'a> Store<'a> {
    pub(crate) fn new(ssm: &'a Ssm, layout: &'a Layout) -> Self {
        Self { ssm, layout }
    }

    /// Reads names, versions and what is public.
    pub(crate) async fn look(&self) -> Result<Seen, aws::Error> {
        let keys = async {
            let path = self.layout.all_private();
            self.ssm.metadata_below(&path).await
        };
        let (keys, public) = tokio::try_join!(keys, self.public())?;
        let mut seen = Seen::default();
        for (part, public) in public {
            seen.parts.entry(part).or_default().public = Some(public);
        }
        for metadata in keys {
            for part in Part::ALL {
                if let Some(generation) = self.layout.generation(part, &metadata.name) {
                    let id = described_id(&metadata.description);
                    let key = KeySeen {
                        metadata: metadata.clone(),
                        id,
                    };
                    seen.parts
                        .entry(part)
                        .or_default()
                        .keys
                        .insert(generation, key);
                }
            }
        }
        Ok(seen)
    }

    /// What is trusted of each part.
    pub(crate) async fn public(&self) -> Result<BTreeMap<Part, Parameter>, aws::Error> {
        let reads = Part::ALL.map(|part| async move {
            let name = self.layout.public(part);
            let found = self.ssm.parameter(&name).await?;
            Ok::<_, aws::Error>(found.map(|found| (part, found)))
        });
        let found = futures_util::future::try_join_all(reads).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// A private key, decrypted, and its version.
    pub(crate) async fn key(
        &self,
        name: &str,
        version: Option<i64>,
    ) -> Result<Option<(PrivateKey, i64)>, KeyUnread> {
        let found = self.ssm.secret(name, version).await;
        let Some((text, version)) = found.map_err(KeyUnread::Aws)? else {
            return Ok(None);
        };
        let key = PrivateKey::from_pem(text.expose()).map_err(KeyUnread::NoKey)?;
        Ok(Some((key, version)))
    }

    /// The authority that signs, with its key, and all that is trusted beside it.
    pub(crate) async fn signer(
        &self,
        doing: &str,
        part: Part,
    ) -> Result<(Authority, Bundle), Diagnostic> {
        let name = self.layout.public(part);
        let public = self.ssm.parameter(&name).await;
        let public = public.map_err(|error| aws_error(doing, &error))?;
        let text = public.and_then(|one| one.text).ok_or_else(|| {
            let text = format!(
                "There is no authority at \"{}\": Parameter Store has no \"{name}\". It is made by \
                 kubeha_pki.",
                self.layout.path()
            );
            Diagnostic::error(doing, text)
        })?;
        let what = format!("The certificate \"{name}\"");
        let wrong = |error| pki_error(doing, &what, &error);
        let bundle = Bundle::from_pem(part, &text).map_err(wrong)?;
        let certificate = bundle.signer().and_then(Trusted::certificate);
        let Some(certificate) = certificate.cloned() else {
            return Err(Diagnostic::bug(
                "Service accounts' keys sign no certificates.",
            ));
        };
        let keys = self.ssm.metadata_below(&self.layout.all_private()).await;
        let keys = keys.map_err(|error| aws_error(doing, &error))?;
        let of_part: Vec<_> = keys
            .into_iter()
            .filter(|key| self.layout.generation(part, &key.name).is_some())
            .collect();
        let is_it = |key: &&Metadata| {
            described_id(&key.description).is_some_and(|id| id == *certificate.public().id())
        };
        let Some(key) = of_part.iter().find(is_it) else {
            let text = format!(
                "The authority at \"{name}\" can't sign: its private key isn't below \"{}\". Plan \
                 the kubeha_pki that made it: the plan says what is missing.",
                self.layout.all_private()
            );
            return Err(Diagnostic::error(doing, text));
        };
        let name = &key.name;
        let read = self.key(name, None).await;
        let read = read.map_err(|unread| unread.told(doing, name, "pki_arn"))?;
        let Some((key, _)) = read else {
            let text = format!(
                "The private key \"{name}\" was deleted while this went on. Plan the kubeha_pki that \
                 made it: the plan says what is left to do."
            );
            return Err(Diagnostic::error(doing, text));
        };
        Ok((Authority::new(certificate, key).map_err(wrong)?, bundle))
    }
}

impl Seen {
    pub(crate) fn part(&self, part: Part) -> PartSeen {
        self.parts.get(&part).cloned().unwrap_or_default()
    }

    /// Whether there is nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        let nothing = |part: &PartSeen| part.public.is_none() && part.keys.is_empty();
        self.parts.values().all(nothing)
    }

    /// Names of all parameters there are.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let names = self.parts.values().flat_map(|part| {
            let public = part.public.iter().map(|one| one.name.clone());
            let keys = part.keys.values().map(|key| key.metadata.name.clone());
            public.chain(keys)
        });
        names.collect()
    }
}

impl PartSeen {
    /// What is trusted, if each of it has a private key here that says it is its own.
    pub(crate) fn bundle(&self, part: Part) -> Option<Bundle> {
        let text = self.public.as_ref()?.text.as_ref()?;
        let bundle = Bundle::from_pem(part, text).ok()?;
        let known = |one: &Trusted| self.generation_of(one.public().id()).is_some();
        bundle.trusted().iter().all(known).then_some(bundle)
    }

    /// The generation that has this key.
    pub(crate) fn generation_of(&self, id: &KeyId) -> Option<u32> {
        let mut keys = self.keys.iter();
        keys.find(|(_, key)| key.id.as_ref() == Some(id))
            .map(|(generation, _)| *generation)
    }

    /// Where its rotation stands; `None` between two positions.
    pub(crate) fn position(&self, bundle: &Bundle) -> Option<Position> {
        let keys = self.keys.iter();
        let keys: Option<BTreeMap<_, _>> = keys
            .map(|(generation, key)| Some((*generation, key.id.clone()?)))
            .collect();
        let trusted = bundle.trusted().iter();
        let trusted: Vec<_> = trusted.map(|one| one.public().id().clone()).collect();
        Position::of(&keys?, &trusted)
    }
}

/// The authority that signs for a part, with its key.
pub(crate) async fn signer(
    ssm: &Ssm,
    doing: &str,
    source: &Source,
    part: Part,
) -> Result<Authority, Diagnostic> {
    const KEY: &str = "ca_private_key_parameter";
    let (certificate, key) = match source {
        Source::Pki(layout) => {
            let (authority, _) = Store::new(ssm, layout).signer(doing, part).await?;
            return Ok(authority);
        }
        Source::Parameters { certificate, key } => (certificate, key),
    };
    let failed = |error: aws::Error| aws_error(doing, &error);
    let missing = |name: &str, attribute: &str| {
        let text = format!(
            "Parameter Store has no \"{name}\" in this region and account, or it is encrypted where \
             it needn't be: certificates are of type String."
        );
        Diagnostic::error(doing, text).at(attribute)
    };
    let text = ssm.parameter(certificate).await.map_err(failed)?;
    let text = text.and_then(|one| one.text);
    let text = text.ok_or_else(|| missing(certificate, "ca_certificate_parameter"))?;
    let what = format!("The certificate \"{certificate}\"");
    let wrong = |error| {
        let fault = pki_error(doing, &what, &error);
        fault.at("ca_certificate_parameter")
    };
    // One that signs stands in front of others that are trusted.
    let bundle = Bundle::from_pem(part, &text).map_err(wrong)?;
    let signs = bundle.signer().and_then(Trusted::certificate).cloned();
    let signs = signs.ok_or_else(|| missing(certificate, "ca_certificate_parameter"))?;
    let text = ssm.secret(key, None).await;
    let text = text.map_err(|error| parameter_error(doing, &error, KEY))?;
    let (text, _) = text.ok_or_else(|| missing(key, KEY))?;
    let what = format!("The private key \"{key}\"");
    let read = PrivateKey::from_pem(text.expose()).map_err(|error| {
        let fault = pki_error(doing, &what, &error);
        fault.at(KEY)
    })?;
    Authority::new(signs, read).map_err(wrong)
}

/// The id of the key that a description names.
pub(crate) fn described_id(description: &str) -> Option<KeyId> {
    let (_, hex) = description.rsplit_once(KEY_ID)?;
    let digits: Option<Vec<u8>> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect();
    digits.filter(|digits| digits.len() == 20).map(KeyId)
}

/// What is wrong with a key or certificate.
pub(crate) fn pki_error(doing: &str, what: &str, error: &pki::Error) -> Diagnostic {
    Diagnostic::error(doing, format!("{what} can't be used: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_names_its_key() {
        let id = KeyId((0..20).collect());
        let text = key_description("prod", "etcd, generation 1", &id);
        assert_eq!(described_id(&text), Some(id));
        assert_eq!(described_id("key id 00"), None);
        assert_eq!(described_id("something else"), None);
    }
}
