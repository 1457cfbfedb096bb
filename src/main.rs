//! The program: hands its arguments to [`casetrail::cli`] and ends with the code it gives.

fn main() -> std::process::ExitCode {
    casetrail::cli::run_with_stack(std::env::args_os().collect::<Vec<_>>()).into()
}
