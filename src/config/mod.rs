//! Settings: flags above environment above file above defaults.
