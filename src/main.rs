//! The program: everything else is in the library, so that tests can use it.

use std::process::ExitCode;

// Scanning allocates from every thread at once, and the allocator of glibc contends.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    fragscope::cli::main()
}
