//! One call as the log keeps it.

use std::collections::BTreeMap;
use std::time::Instant;

use super::Fault;

/// One call of the AWS API.
#[derive(Clone, Debug)]
pub struct Call {
    /// Its place in the log, from 1. Begins anew when the log is cleared.
    pub index: usize,
    /// Its IAM-like name, such as `elasticloadbalancing:CreateLoadBalancer`. Where the operation isn't known, method
    /// and path stand for it.
    pub action: String,
    /// When it had been received.
    pub started: Instant,
    /// What was asked: a query request's form, the members of a JSON document (those that aren't strings as JSON), or
    /// for Route 53 the query string plus `path` and, where there is one, the XML document as `body`.
    pub parameters: BTreeMap<String, String>,
    /// Whether it was passed on to the upstream.
    pub forwarded: bool,
    /// The status that it was answered with. None while it is in progress, and if the client gets no answer.
    pub status: Option<u16>,
    /// The error's code in that answer.
    pub aws_error_code: Option<String>,
    /// The fault that it met.
    pub faulted: Option<Fault>,
}

impl Call {
    /// The service part of the action, as credential scopes name it.
    #[must_use]
    pub fn service(&self) -> &str {
        self.action
            .split_once(':')
            .map_or("", |(service, _)| service)
    }

    /// The operation part of the action.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.action
            .split_once(':')
            .map_or("", |(_, operation)| operation)
    }

    /// Whether its operation, by name, changes nothing.
    #[must_use]
    pub fn is_read(&self) -> bool {
        ["Describe", "List", "Get"]
            .iter()
            .any(|read| self.operation().starts_with(read))
    }
}
