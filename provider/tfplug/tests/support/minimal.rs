//! A plugin with the transport and next to nothing else, for the transport's tests.
//!
//! GetMetadata names one resource, ReadResource echoes the state it gets, and
//! ApplyResourceChange lasts until it is stopped, then leaves a file behind.

use std::process::ExitCode;
use std::time::Duration;

use tfplug::proto::tfplugin6 as tf;
use tfplug::transport::{self, Lifecycle, Settings};
use tonic::{Request, Response, Status};

fn main() -> ExitCode {
    let settings = Settings {
        name: "minimal",
        version: "1.2.3",
        address: "registry.terraform.io/example/minimal",
        log_targets: &[],
    };
    transport::run(&settings, |lifecycle| Minimal { lifecycle })
}

/// Where a stopped ApplyResourceChange leaves its mark.
const MARK: &str = "TFPLUG_MINIMAL_MARK";

/// What a stopped operation still has to do; who doesn't wait for it leaves no mark.
const WIND_DOWN: Duration = Duration::from_millis(300);

struct Minimal {
    lifecycle: Lifecycle,
}

impl Minimal {
    fn metadata() -> tf::get_metadata::Response {
        let thing = tf::get_metadata::ResourceMetadata {
            type_name: "minimal_thing".into(),
        };
        tf::get_metadata::Response {
            resources: vec![thing],
            ..Default::default()
        }
    }

    async fn apply(&self) -> Result<Response<tf::apply_resource_change::Response>, Status> {
        let stop = self.lifecycle.stop.clone();
        let begun = || std::env::var_os(MARK).map(std::path::PathBuf::from);
        let task = self.lifecycle.tasks.spawn(async move {
            if let Some(mark) = begun() {
                let _ = std::fs::write(&mark, "begun");
                stop.cancelled().await;
                let _ = std::fs::write(&mark, "stopping");
                tokio::time::sleep(WIND_DOWN).await;
                let _ = std::fs::write(&mark, "stopped");
            }
        });
        task.await
            .map_err(|error| Status::internal(error.to_string()))?;
        Ok(Response::new(tf::apply_resource_change::Response::default()))
    }
}

/// The whole service, with the named calls unimplemented; `async_trait` sees only whole impls.
macro_rules! provider {
    ($($unimplemented:ident)*) => {
        #[tonic::async_trait]
        impl tf::provider_server::Provider for Minimal {
            async fn get_metadata(
                &self,
                _: Request<tf::get_metadata::Request>,
            ) -> Result<Response<tf::get_metadata::Response>, Status> {
                Ok(Response::new(Self::metadata()))
            }

            async fn read_resource(
                &self,
                request: Request<tf::read_resource::Request>,
            ) -> Result<Response<tf::read_resource::Response>, Status> {
                let new_state = request.into_inner().current_state;
                Ok(Response::new(tf::read_resource::Response { new_state, ..Default::default() }))
            }

            async fn apply_resource_change(
                &self,
                _: Request<tf::apply_resource_change::Request>,
            ) -> Result<Response<tf::apply_resource_change::Response>, Status> {
                self.apply().await
            }

            async fn stop_provider(
                &self,
                _: Request<tf::stop_provider::Request>,
            ) -> Result<Response<tf::stop_provider::Response>, Status> {
                self.lifecycle.stop.cancel();
                Ok(Response::new(tf::stop_provider::Response::default()))
            }

            $(async fn $unimplemented(
                &self,
                _: Request<tf::$unimplemented::Request>,
            ) -> Result<Response<tf::$unimplemented::Response>, Status> {
                Err(Status::unimplemented(stringify!($unimplemented)))
            })*
        }
    };
}

provider! {
    get_provider_schema get_resource_identity_schemas get_functions validate_provider_config
    validate_resource_config validate_data_resource_config validate_ephemeral_resource_config
    configure_provider upgrade_resource_state upgrade_resource_identity plan_resource_change
    import_resource_state move_resource_state read_data_source open_ephemeral_resource
    renew_ephemeral_resource close_ephemeral_resource call_function
}
