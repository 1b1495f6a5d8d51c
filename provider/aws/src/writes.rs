//! Notes calls that change something, so that no list from before them counts as the present.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::coalesce::note_a_write;

/// Notes each call that isn't a read: before it is made and after its end, since its effect lies
/// somewhere between.
#[derive(Debug)]
pub(crate) struct NoteWrites;

impl Intercept for NoteWrites {
    fn name(&self) -> &'static str {
        "NoteWrites"
    }

    // Earlier it isn't known yet which call it is.
    fn read_before_serialization(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        note(cfg);
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        note(cfg);
        Ok(())
    }
}

fn note(cfg: &ConfigBag) {
    if cfg
        .load::<Metadata>()
        .is_none_or(|call| is_a_write(call.name()))
    {
        note_a_write();
    }
}

/// All of AWS's reads that are used begin with one of these words.
fn is_a_write(operation: &str) -> bool {
    !["Describe", "Get", "List"]
        .iter()
        .any(|word| operation.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_something_is_a_write() {
        for operation in ["CreateVpc", "PutParameter", "ChangeResourceRecordSets"] {
            assert!(is_a_write(operation));
        }
        for operation in ["DescribeVpcs", "GetRole", "ListTagsForResource"] {
            assert!(!is_a_write(operation));
        }
    }
}
