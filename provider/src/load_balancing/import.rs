//! Finds an existing load balancer by what a user gives.

use aws::elbv2::{Elbv2, LoadBalancer};
use tfplug::{Diagnostic, Result};

use super::Type;
use crate::diagnostics::aws_error;

/// An import id taken apart: `<ARN or name>`, or `<ARN or name>,<hosted zone id>,<FQDN>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id<'a> {
    pub(crate) load_balancer: &'a str,
    /// Hosted zone id and FQDN.
    pub(crate) record: Option<(&'a str, &'a str)>,
}

impl<'a> Id<'a> {
    /// # Errors
    /// The text isn't of that form.
    pub(crate) fn parse(kind: &Type, text: &'a str) -> Result<Self> {
        Self::parts(text).ok_or_else(|| malformed(kind, text).into())
    }

    fn parts(text: &'a str) -> Option<Self> {
        let parts: Vec<_> = text.split(',').map(str::trim).collect();
        let record = match parts.as_slice() {
            [_] => None,
            [_, zone, fqdn] => Some((*zone, *fqdn)),
            _ => return None,
        };
        let load_balancer = *parts.first()?;
        parts.iter().all(|part| !part.is_empty()).then_some(Self {
            load_balancer,
            record,
        })
    }
}

/// The network load balancer of an import id.
///
/// # Errors
/// There is none, or it is of another type.
pub(crate) async fn find(elb: &Elbv2, kind: &Type, id: Id<'_>) -> Result<LoadBalancer> {
    let found = if id.load_balancer.starts_with("arn:") {
        elb.load_balancer(id.load_balancer).await
    } else {
        elb.load_balancer_by_name(id.load_balancer).await
    };
    let found = found.map_err(|error| aws_error(kind.importing, &error))?;
    let Some(balancer) = found else {
        let text = format!(
            "There is no load balancer \"{}\". It must be in the provider's region and account.",
            id.load_balancer
        );
        return Err(Diagnostic::error(kind.importing, text).into());
    };
    if balancer.load_balancer_type != "network" {
        let text = format!(
            "\"{}\" is a load balancer of type {}; {} is one of type network.",
            balancer.name, balancer.load_balancer_type, kind.noun
        );
        return Err(Diagnostic::error(kind.importing, text).into());
    }
    Ok(balancer)
}

fn malformed(kind: &Type, id: &str) -> Diagnostic {
    let example = format!("prod-{}", kind.part);
    Diagnostic::error(
        kind.importing,
        format!(
            "\"{id}\" is not an import id. Give the load balancer's ARN or name, and if it has a \
             name in Route 53, the hosted zone's id and that name too, with commas between: \
             {example} or {example},Z0123456789ABCDEFGHIJ,{}.prod.example.com.",
            kind.part
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_part_or_three() {
        let alone = Id {
            load_balancer: "prod-api",
            record: None,
        };
        assert_eq!(Id::parts("prod-api"), Some(alone));
        let named = Id {
            load_balancer: "prod-api",
            record: Some(("Z1", "api.example.com")),
        };
        assert_eq!(Id::parts("prod-api, Z1, api.example.com"), Some(named));
        for text in ["", "prod-api,Z1", "prod-api,,x", "a,b,c,d"] {
            assert_eq!(Id::parts(text), None, "{text}");
        }
    }
}
