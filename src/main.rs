//! The program: everything else is in the library, so that tests can use it.

use std::process::ExitCode;

use fragscope::memory::Allocator;

// Scanning allocates from every thread at once, and the allocator of glibc contends.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: Allocator<tikv_jemallocator::Jemalloc> = Allocator(tikv_jemallocator::Jemalloc);

fn main() -> ExitCode {
    fragscope::cli::main()
}
