//! `fragscope schema COMMAND`

use std::io::Write;

use super::Verdict;
use super::args::SchemaArgs;

pub fn run(args: &SchemaArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    serde_json::to_writer_pretty(&mut *out, &args.command.schema())?;
    writeln!(out)?;
    Ok(Verdict::Fine)
}
