//! `fragscope init`: a configuration to start from, with what is found as proposals.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};

use anyhow::{Context, ensure};

use super::Verdict;
use super::args::InitArgs;
use super::desk::{Desk, Scanned};
use super::tree::tree;
use crate::analysis::Scope;
use crate::analysis::concepts::Concept;
use crate::config::OWN_FILE;
use crate::report::escape::visible;
use crate::report::paint::{counted, plain};

/// Proposals: more would be a list to scroll and not to decide.
const PROPOSED: usize = 5;

pub fn run(args: &InitArgs, desk: &mut Desk) -> anyhow::Result<Verdict> {
    let scanned = desk.scan(args.path.as_deref())?;
    let text = proposal(&scanned)?;
    let folder = if args.print { None } else { scanned.folder.as_deref() };
    let Some(folder) = folder else {
        write!(desk.out, "{text}").context("cannot write the output")?;
        return Ok(Verdict::Fine);
    };
    let path = folder.join(OWN_FILE);
    let mut options = OpenOptions::new();
    options.write(true);
    // A file that came meanwhile is not overwritten either.
    if args.force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let file = options.open(&path);
    ensure!(
        file.as_ref().err().is_none_or(|error| error.kind() != ErrorKind::AlreadyExists),
        "there is a configuration {} already; `--print` shows the proposal, `--force` writes it anew",
        path.display()
    );
    let named = || format!("cannot write {}", path.display());
    file.with_context(named)?.write_all(text.as_bytes()).with_context(named)?;
    let said = format!("{} written; read it and keep what is true", path.display());
    desk.page(|sheet| sheet.line([plain(said)]))?;
    Ok(Verdict::Fine)
}

fn proposal(scanned: &Scanned) -> anyhow::Result<String> {
    let tree = tree(&scanned.snapshot);
    let lenses = scanned.lenses(Scope::Production)?;
    let roots: Vec<String> = tree.roots.iter().map(|root| quoted(root)).collect();
    let mut text = String::new();
    let worst: Vec<&Concept> =
        lenses.concepts.all.iter().filter(|concept| concept.score() > 0.0).take(PROPOSED).collect();
    let found = lenses.concepts.all.iter().filter(|concept| concept.score() > 0.0).count();
    write!(
        text,
        "# What fragscope should know of this tree. `fragscope config` shows what is in force.\n\
         # For completion in editors: `fragscope schema configuration > fragscope.schema.json`, and as this file's first line\n\
         # #:schema ./fragscope.schema.json\n\n\
         # Folders from which dotted names are counted. These were found; uncomment to fix them.\n# roots = [{}]\n\n\
         # Files to leave out, and files that are tests, as in a .gitignore.\n# exclude = [\"generated/**\"]\n\
         # tests   = [\"tests/**\", \"**/test_*.py\"]\n",
        roots.join(", ")
    )?;
    // A contract file that cannot be understood is told of when it is asked for.
    let contracts = scanned.config.contracts(&scanned.snapshot.tree).unwrap_or_default();
    if !contracts.files.is_empty() {
        let files: Vec<String> = contracts.files.iter().map(|file| quoted(file)).collect();
        write!(
            text,
            "\n# Contracts of import-linter and Tach that are read and checked; false leaves them unread.\n# contracts = [{}]\n",
            files.join(", ")
        )?;
    }
    if !worst.is_empty() {
        write!(
            text,
            "\n# The worst of {}. Uncomment those whose home is right: a declared one wins against\n# every proposal, and rules \
             hold others to it.\n",
            counted(found, "fragmented concept")
        )?;
    }
    for concept in worst {
        write!(
            text,
            "\n# {}\n# [[concept]]\n# name      = {}\n# canonical = {}   # {} confidence\n",
            visible(&concept.why()),
            quoted(&concept.id),
            quoted(&concept.canonical.path),
            concept.canonical.confidence.word()
        )?;
    }
    text += "\n# Severity of rules: off, info, warning or error; `fragscope explain` lists them.\n# [rules]\n\
             # shim-module = \"off\"\n# duplicate-class = { severity = \"error\", allow = [\"examples/**\"] }\n";
    Ok(text)
}

/// A TOML string that holds the text whatever is in it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(text).replace('\\', "\\\\").replace('"', "\\\""))
}
