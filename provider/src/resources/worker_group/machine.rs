//! A worker group's nodes, as all node groups have them. What is special: the type may be one of
//! several, and then the launch template names none.

use tfplug::Attr;

use super::desired::purchase;
use super::model::WorkerGroup;
use crate::node_group::{HasMachine, Machine};

impl HasMachine for WorkerGroup {
    fn machine(&self) -> Machine {
        Machine {
            image_id: self.image_id.clone(),
            instance_type: match purchase(self) {
                Ok(purchase) => purchase.template_type().cloned().into(),
                Err(_) => Attr::Unknown,
            },
            iam_instance_profile: self.iam_instance_profile.clone(),
            security_group_ids: self.security_group_ids.clone(),
            key_name: self.key_name.clone(),
            enable_monitoring: self.enable_monitoring,
            user_data_sha256: self.user_data_sha256.clone(),
            metadata_options: self.metadata_options.clone(),
            root_block_device: self.root_block_device.clone(),
            ebs_block_devices: self.ebs_block_devices.clone(),
        }
    }

    /// The type is left as it is: the group's launch tells it.
    fn set_machine(&mut self, machine: Machine) {
        self.image_id = machine.image_id;
        self.iam_instance_profile = machine.iam_instance_profile;
        self.security_group_ids = machine.security_group_ids;
        self.key_name = machine.key_name;
        self.enable_monitoring = machine.enable_monitoring;
        self.user_data_sha256 = machine.user_data_sha256;
        self.metadata_options = machine.metadata_options;
        self.root_block_device = machine.root_block_device;
        self.ebs_block_devices = machine.ebs_block_devices;
    }

    fn user_data(&self) -> (&Attr<String>, &Attr<String>) {
        (&self.user_data, &self.user_data_base64)
    }
}
