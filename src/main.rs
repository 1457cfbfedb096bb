//! The program: hands its arguments to [`casetrail::cli`] and ends with the code it gives.

fn main() -> std::process::ExitCode {
    casetrail::cli::run(std::env::args_os()).into()
}
