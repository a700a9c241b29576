//! The command line: from what was typed to what is written, and how it ended.

mod args;
mod baseline;
mod cache;
mod check;
mod classes;
mod clusters;
mod concepts;
mod config;
mod cycles;
mod desk;
mod explain;
mod explore;
mod findings;
mod hotspots;
mod init;
mod overview;
mod rows;
mod scan;
mod schema;
mod show;
mod symbol;
mod target;
mod terminal;
mod tests;
mod tree;
mod unresolved;
mod users;
mod variants;

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use self::args::{Arguments, Command};
use self::desk::Desk;
use self::target::refuse_a_path_before_the_command;
use crate::report::escape::visible;
use crate::report::paint::Paint;

pub use self::terminal::Surroundings;

/// How a run ends when it can do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// Something was found that the caller asked to be told of.
    Found,
    /// Ended by a signal of this number.
    Ended(u8),
}

/// Standard output and error, locked once, and all that is known of them.
pub fn main() -> ExitCode {
    let surroundings = Surroundings::of_this_process();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut err = io::stderr().lock();
    ExitCode::from(run(std::env::args_os(), &surroundings, &mut out, &mut err))
}

/// Runs one command line and gives its exit status.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let verdict = answer(arguments, surroundings, out, err);
    let verdict = verdict.and_then(|verdict| {
        out.flush().context("cannot write the output")?;
        Ok(verdict)
    });
    if let Err(error) = &verdict
        && !is_broken_pipe(error)
    {
        // Nothing can be done about a standard error that cannot be written.
        let _ = write_error(err, error);
    }
    exit_status(&verdict)
}

/// 0 fine, 1 found, 2 no judgement possible. A reader that has seen enough and closed the pipe is no failure.
fn exit_status(verdict: &anyhow::Result<Verdict>) -> u8 {
    match verdict {
        Ok(Verdict::Fine) => 0,
        Ok(Verdict::Found) => 1,
        Ok(Verdict::Ended(signal)) => 128 + signal,
        Err(error) if is_broken_pipe(error) => 0,
        Err(_) => 2,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json =
            cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(io::ErrorKind::BrokenPipe)
    })
}

/// `error: what: where: how`, with every odd character made visible; clap's own errors keep their lines.
fn write_error(err: &mut dyn Write, error: &anyhow::Error) -> io::Result<()> {
    if let Some(usage) = error.downcast_ref::<clap::Error>() {
        for line in usage.render().to_string().lines() {
            writeln!(err, "{}", visible(line))?;
        }
        return Ok(());
    }
    writeln!(err, "error: {}", visible(&format!("{error:#}")))
}

fn answer(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &Surroundings,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<Verdict> {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(answer) if !answer.use_stderr() => {
            let text = answer.render();
            match surroundings.paint(args::Color::Auto) {
                Paint::Plain => write!(out, "{text}")?,
                Paint::Colour => write!(out, "{}", text.ansi())?,
            }
            return Ok(Verdict::Fine);
        }
        Err(error) => return Err(error.into()),
    };
    let mut desk =
        Desk { reading: &arguments.reading, output: &arguments.output, surroundings, out, err };
    let Some(command) = &arguments.command else {
        if explore::is_meant(&arguments, surroundings) {
            return explore::run(&arguments, surroundings);
        }
        if let Some(why) = explore::why_not(&arguments, surroundings) {
            desk.note(why)?;
        }
        return overview::run(&arguments, &mut desk);
    };
    refuse_a_path_before_the_command(&arguments)?;
    match command {
        Command::Scan(args) => scan::run(args, &mut desk),
        Command::Classes(args) => classes::run(args, &mut desk),
        Command::Variants(args) => variants::run(args, &mut desk),
        Command::Clusters(args) => clusters::run(args, &mut desk),
        Command::Hotspots(args) => hotspots::run(args, &mut desk),
        Command::Tests(args) => tests::run(args, &mut desk),
        Command::Check(args) => check::run(args, &mut desk),
        Command::Baseline(args) => baseline::run(args, &mut desk),
        Command::Init(args) => init::run(args, &mut desk),
        Command::Config(args) => config::run(args, &mut desk),
        Command::Findings(args) => findings::run(args, &mut desk),
        Command::Explain(args) => explain::run(args, &mut desk),
        Command::Users(args) => users::run(args, &mut desk),
        Command::Unresolved(args) => unresolved::run(args, &mut desk),
        Command::Cycles(args) => cycles::run(args, &mut desk),
        Command::Show(args) => show::run(args, &mut desk),
        Command::Schema(args) => schema::run(args, desk.out),
        Command::Cache(args) => cache::run(args, &mut desk),
    }
}
