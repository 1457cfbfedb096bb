//! Settings: flags above environment above file above defaults.

pub mod mapping_file;
pub mod values;
