//! Zones, quorum and placement.
