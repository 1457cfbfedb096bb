//! [`casetrail_fuzz::targets::index_file`].
#![no_main]
// The library panics at some inputs, which is caught; libFuzzer would end at its hook.
libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| {})),
    |data: &[u8]| casetrail_fuzz::targets::index_file(data)
);
