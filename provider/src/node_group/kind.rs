//! What tells one kind of node group from another.

/// A kind of node group. The texts stand in tags and messages.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The resource type, such as `kubeha_control_plane_group`.
    pub(crate) resource: &'static str,
    /// What users call it, such as `control plane group`.
    pub(crate) noun: &'static str,
    /// The attribute that is the name of group and launch template.
    pub(crate) name_attribute: &'static str,
    /// The value of the tag `kubeha.io/role` of its nodes.
    pub(crate) role: &'static str,
    /// Kinds of its objects in their ownership tags.
    pub(crate) group: &'static str,
    pub(crate) template: &'static str,
    pub(crate) node: &'static str,
    pub(crate) volume: &'static str,
    /// Which tags of a group are this kind's memory of what AWS has no setting for.
    pub(crate) is_memory: fn(&str) -> bool,
}

impl Kind {
    /// What an import makes of an id is headed by this.
    pub(crate) fn importing(&self) -> String {
        format!("Importing {}", self.noun)
    }
}
