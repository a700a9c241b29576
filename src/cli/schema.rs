//! `fragscope schema COMMAND`, and `fragscope schema configuration`.

use std::io::Write;

use super::Verdict;
use super::args::{SchemaArgs, SchemaOf};
use crate::config;

pub fn run(args: &SchemaArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let schema = match args.of {
        SchemaOf::Document(kind) => kind.schema(),
        SchemaOf::Configuration => config::schema(),
    };
    serde_json::to_writer_pretty(&mut *out, &schema)?;
    writeln!(out)?;
    Ok(Verdict::Fine)
}
