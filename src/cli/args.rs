//! The command line as it is typed. The doc comments are the manual: `--help` prints them.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::LazyLock;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::analysis::{NamePattern, PathPattern, Scope};
use crate::report::formats::FindingFormat;
use crate::report::wire::Kind;

/// Explore architecture fragmentation in Python codebases: which ideas exist more than once, by how many import paths
/// code reaches them, and where.
///
/// Without a command it opens the explorer on PATH, or, where the output is no terminal, prints an overview. Every view is
/// also a command, with text for people and JSON for programs.
#[derive(Debug, Parser)]
#[command(
    name = "fragscope",
    version,
    override_usage = "fragscope [OPTIONS] [PATH]\n       fragscope COMMAND [OPTIONS] [SYMBOL] [PATH]",
    after_help = "Examples:\n  fragscope --demo\n  fragscope scan src\n  fragscope users app.core.Manager --format json\n\n\
                  Exit status: 0 fine; 1 something was found that you asked to be told of; 2 no judgement is possible.",
    disable_help_subcommand = true
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    #[command(flatten)]
    pub explorer: Explorer,

    #[command(flatten)]
    pub reading: Reading,

    #[command(flatten)]
    pub output: Output,
}

/// How the explorer looks and what it does by itself.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Explorer")]
pub struct Explorer {
    /// Scan again whenever files of the tree change
    #[arg(long)]
    pub watch: bool,

    /// Theme: ansi-dark, ansi-light, high-contrast, mono, dusk, paper, moss or one of your own
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,

    /// Draw with ASCII signs only
    #[arg(long)]
    pub ascii: bool,

    /// Print the overview instead of opening the explorer
    #[arg(long)]
    pub overview: bool,

    /// Replay a script of keys and captions
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,

    /// Play the script without a terminal and write the pictures it takes into this folder
    #[arg(long, value_name = "FOLDER", requires = "script")]
    pub stills: Option<PathBuf>,
}

/// How the tree is read.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Reading")]
pub struct Reading {
    /// Read the built-in sample tree instead of a folder
    #[arg(long, global = true)]
    pub demo: bool,

    /// Configuration to use instead of the tree's own
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Read files that .gitignore and its like exclude, too
    #[arg(long, global = true)]
    pub no_ignore: bool,

    /// Read hidden files and folders, too
    #[arg(long, global = true)]
    pub hidden: bool,

    /// Leave out files that git does not track
    #[arg(long, global = true)]
    pub tracked_only: bool,

    /// Neither use nor write the cache
    #[arg(long, global = true)]
    pub no_cache: bool,

    /// Threads to scan with [default: two per core, from 4 to 16]
    #[arg(long, global = true, value_name = "N", hide_default_value = true, default_value_t = 0)]
    pub jobs: usize,
}

/// How the answer is given.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct Output {
    /// Text for people or one JSON document; findings also have concise, json-lines, sarif, junit, github, gitlab, markdown
    /// and csv
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Text, hide_possible_values = true)]
    pub format: Format,

    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are honoured
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,

    /// No progress and no notes on standard error
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
    /// What only findings have.
    OfFindings(FindingFormat),
}

impl Format {
    pub fn of_findings(self) -> Option<FindingFormat> {
        match self {
            Self::Text | Self::Json => None,
            Self::OfFindings(format) => Some(format),
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::OfFindings(format) => format.word(),
        }
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Format>> = LazyLock::new(|| {
            let of_findings = FindingFormat::ALL.iter().copied().map(Format::OfFindings);
            [Format::Text, Format::Json].into_iter().chain(of_findings).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(self.word().into())
    }
}

/// `--output FORMAT=FILE`
#[derive(Clone, Debug)]
pub struct OutputFile {
    pub format: Format,
    pub path: PathBuf,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) =
            text.split_once('=').ok_or("write FORMAT=FILE, such as sarif=out.sarif")?;
        let format =
            Format::from_str(format, true).map_err(|_| format!("there is no format `{format}`"))?;
        if path.is_empty() {
            return Err("the file has no name".to_owned());
        }
        Ok(Self { format, path: PathBuf::from(path) })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

impl ValueEnum for Scope {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::All, Self::Production, Self::Tests]
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let word = match self {
            Self::All => "all",
            Self::Production => "production",
            Self::Tests => "tests",
        };
        Some(word.into())
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what was read: coverage, roots, outcomes of imports, stage times
    #[command(after_help = "Example:\n  fragscope scan src --format json")]
    Scan(ScanArgs),

    /// List class definitions
    #[command(after_help = "Example:\n  fragscope classes --match '*Manager' --scope production")]
    Classes(ClassesArgs),

    /// List the dotted paths by which definitions are reached
    ///
    /// SYMBOL is a class, function or module-level name: `Manager`, `core.Manager` or `app.core.Manager`; ghosts, names
    /// that are imported and defined nowhere, count too. A single argument that is a folder is PATH.
    #[command(after_help = "Example:\n  fragscope variants Manager src")]
    Variants(VariantsArgs),

    /// List classes that claim to be the same thing: by name, by a family of names, or by bodies alike
    ///
    /// Each with the definition to come back to. `fragscope explain clusters` tells the counting rules, and what is no
    /// duplicate.
    #[command(after_help = "Example:\n  fragscope clusters --kind same-name --sort definitions")]
    Clusters(ClustersArgs),

    /// Rank concepts, modules and packages by how fragmented they are and how much code that touches
    ///
    /// A score is the sum of its parts, which stand beside it; `fragscope explain hotspots` tells what each means.
    #[command(after_help = "Example:\n  fragscope hotspots --kind concept --limit 10")]
    Hotspots(HotspotsArgs),

    /// List the tests that reach a symbol, over how many imports and on which way
    ///
    /// Without SYMBOL: the definitions of clusters that no test reaches. A single argument that is a folder is PATH.
    #[command(after_help = "Example:\n  fragscope tests Manager --junit report.xml")]
    Tests(TestsArgs),

    /// List every site that reaches a symbol or module, in any form
    ///
    /// Imports, dotted uses, stars, relative imports, strings such as mock targets, `exec` and notebooks, each with the
    /// trail of re-exports it takes.
    #[command(after_help = "Example:\n  fragscope users app.core.manager --not-in 'tests/**'")]
    Users(UsersArgs),

    /// List imported names that lead nowhere, why, and what may have been meant
    #[command(after_help = "Example:\n  fragscope unresolved --in 'src/**'")]
    Unresolved(UnresolvedArgs),

    /// List modules that import each other in a ring, with the shortest ring and the cheapest cut
    #[command(after_help = "Example:\n  fragscope cycles --limit 3")]
    Cycles(CyclesArgs),

    /// Show all about one symbol on one page
    #[command(after_help = "Example:\n  fragscope show app.core.Manager")]
    Show(ShowArgs),

    /// List what the rules found, each at its place with what to do
    ///
    /// A comment `# fragscope: allow[RULE] reason` allows a finding on its line or the line below; the configuration sets
    /// severities and where rules are not asked.
    #[command(after_help = "Example:\n  fragscope findings --rule duplicate-class --in 'src/**'")]
    Findings(FindingsArgs),

    /// Judge the tree: findings against the baseline. New ones end with exit status 1
    ///
    /// It never writes but to standard output and what `--output` names. Exit status 2: no judgement is possible, for nothing
    /// was read, too little of it was understood, or the baseline cannot be read.
    #[command(
        after_help = "Example:\n  fragscope check --format github --output sarif=fragscope.sarif"
    )]
    Check(CheckArgs),

    /// Write, bring up to date or merge the list of known findings
    #[command(after_help = "Example:\n  fragscope baseline init")]
    Baseline(BaselineArgs),

    /// Write a configuration to start from, with what is found as proposals
    #[command(after_help = "Example:\n  fragscope init --print")]
    Init(InitArgs),

    /// Show the configuration in force and where each value came from
    #[command(after_help = "Example:\n  fragscope config")]
    Config(ConfigArgs),

    /// Explain a rule or a measure: what it finds, why it hurts, what to do, what it does not see
    #[command(after_help = "Example:\n  fragscope explain duplicate-class")]
    Explain(ExplainArgs),

    /// Print the JSON Schema of a command's document, or of the configuration
    #[command(after_help = "Example:\n  fragscope schema classes > classes.schema.json")]
    Schema(SchemaArgs),

    /// Show or clear what is kept between runs
    #[command(after_help = "Example:\n  fragscope cache clear")]
    Cache(CacheArgs),
}

/// Which rows are wanted.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Rows")]
pub struct Rows {
    /// Only names that match, whatever their case; a pattern with a dot is matched against the whole dotted name
    #[arg(long = "match", value_name = "PATTERN")]
    pub name: Option<NamePattern>,

    /// Only files that match, from the top of the tree; may be repeated
    #[arg(long = "in", value_name = "GLOB")]
    pub within: Vec<PathPattern>,

    /// Only files that do not match; may be repeated
    #[arg(long = "not-in", value_name = "GLOB")]
    pub not_within: Vec<PathPattern>,

    /// Which code counts [default: all; where fragmentation is judged, production]
    #[arg(long, value_enum, value_name = "SCOPE")]
    pub scope: Option<Scope>,

    /// The most rows to show, 0 for all [default: 50 as text, all as JSON]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
}

#[derive(Debug, Args)]
pub struct ScanArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Add stage times and cache use to the JSON document, which then differs from run to run
    #[arg(long)]
    pub timing: bool,

    /// The most files to list that were not read whole, 0 for all [default: 50 as text, all as JSON]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,

    /// Order of the files that were not read whole
    #[arg(long, value_enum, value_name = "KEY", default_value_t = ScanSort::Path)]
    pub sort: ScanSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanSort {
    Path,
    Status,
}

#[derive(Debug, Args)]
pub struct ClassesArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = ClassSort::Path, help = "Order of the rows; counts go from most to least")]
    pub sort: ClassSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClassSort {
    Path,
    Name,
    Lines,
    Methods,
}

#[derive(Debug, Args)]
pub struct VariantsArgs {
    /// Only paths to this symbol
    pub symbol: Option<String>,

    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    #[command(flatten)]
    pub rows: Rows,

    /// Order of the rows; counts go from most to least [default: paths as text, name as JSON]
    #[arg(long, value_enum, value_name = "KEY")]
    pub sort: Option<VariantSort>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum VariantSort {
    Name,
    Path,
    Paths,
    Files,
    Statements,
    Uses,
}

#[derive(Debug, Args)]
pub struct ClustersArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Clusters of one name, of a family of names, of bodies alike, or all
    #[arg(long, value_enum, value_name = "KIND", default_value_t = ClusterChoice::All)]
    pub kind: ClusterChoice,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = ClusterSort::Score, help = "Order of the rows; counts go from most to least")]
    pub sort: ClusterSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClusterChoice {
    Declared,
    SameName,
    Family,
    NearCopy,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClusterSort {
    Score,
    Name,
    Definitions,
    Effective,
}

#[derive(Debug, Args)]
pub struct HotspotsArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Concepts, modules, packages, or all
    #[arg(long, value_enum, value_name = "KIND", default_value_t = HotspotChoice::All)]
    pub kind: HotspotChoice,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = HotspotSort::Score, help = "Order of the rows of each kind; parts go from most to least")]
    pub sort: HotspotSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HotspotChoice {
    Concept,
    Module,
    Package,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HotspotSort {
    Score,
    Name,
    ImportSpread,
    DefinitionSpread,
    Divergence,
    DualUse,
    Cycles,
    Findings,
    Reach,
}

#[derive(Debug, Args)]
pub struct TestsArgs {
    /// A class or function: `Manager`, `core.Manager`, `app.core.Manager`
    pub symbol: Option<String>,

    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Results that pytest wrote with `--junit-xml`, to stand beside the tests
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = TestSort::Name, help = "Order of the definitions; their tests come nearest first")]
    pub sort: TestSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TestSort {
    Name,
    Tests,
}

#[derive(Debug, Args)]
pub struct FindingsArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Only findings of this rule; may be repeated
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = FindingSort::Path, help = "Order of the findings")]
    pub sort: FindingSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingSort {
    Path,
    Severity,
    Rule,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Only findings of this rule; may be repeated
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,

    /// The known findings [default: fragscope-baseline.jsonl at the top of the tree, if it is there]
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,

    /// Judge without a baseline: every finding is new
    #[arg(long, conflicts_with = "baseline")]
    pub no_baseline: bool,

    /// Compare with this revision instead of a baseline: what was found there is known
    ///
    /// Its files are read from git's objects, and nothing is checked out; all of them count, since git tracks them. The
    /// configuration and installed packages are those of today; roots are found in the revision's own files.
    #[arg(long, value_name = "REV", conflicts_with_all = ["baseline", "no_baseline", "baseline_ref", "strict"])]
    pub against: Option<String>,

    /// List what the baseline knows more than at this revision; what was added without a reason counts
    #[arg(long, value_name = "REV", conflicts_with = "no_baseline")]
    pub baseline_ref: Option<String>,

    /// Stale entries of the baseline count, too
    #[arg(long)]
    pub strict: bool,

    /// The lowest severity that counts
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = SeverityChoice::Info)]
    pub fail_on: SeverityChoice,

    /// Percent of the Python files that must have been read whole
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    pub min_coverage: f64,

    /// End with exit status 0 instead of 1
    #[arg(long)]
    pub exit_zero: bool,

    /// Write the findings also to a file; may be repeated
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<OutputFile>,

    /// Show known findings, too
    #[arg(long)]
    pub known: bool,

    #[command(flatten)]
    pub rows: Rows,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SeverityChoice {
    Info,
    Warning,
    Error,
}

#[derive(Debug, Args)]
pub struct BaselineArgs {
    #[command(subcommand)]
    pub action: BaselineAction,

    /// The folder to scan [default: the current folder]
    #[arg(long, global = true, value_name = "PATH")]
    pub root: Option<PathBuf>,

    /// The file [default: fragscope-baseline.jsonl at the top of the tree]
    #[arg(long, global = true, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

#[derive(Clone, Debug, Subcommand)]
pub enum BaselineAction {
    /// Write all findings there are as known ones
    Init {
        /// Replace a baseline that is there
        #[arg(long)]
        force: bool,
    },
    /// Take out what is no longer found, and follow files that have moved; nothing is added
    Update,
    /// Add single findings, with a reason
    Accept {
        /// Fingerprints, as `check --format json` has them
        #[arg(required = true)]
        fingerprints: Vec<String>,

        /// Why they are accepted
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Merge the baselines of two branches into OURS; for git: `fragscope baseline merge %O %A %B`
    Merge { base: PathBuf, ours: PathBuf, theirs: PathBuf },
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Print it and write nothing
    #[arg(long)]
    pub print: bool,

    /// Replace a configuration that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The rule or measure; without it, all are listed
    pub topic: Option<String>,
}

#[derive(Debug, Args)]
pub struct UsersArgs {
    /// A symbol or module: `Manager`, `core.Manager`, `app.core`
    pub symbol: String,

    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = UserSort::Path, help = "Order of the rows; counts go from most to least")]
    pub sort: UserSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UserSort {
    Path,
    Form,
    Target,
}

#[derive(Debug, Args)]
pub struct UnresolvedArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = UnresolvedSort::Path, help = "Order of the rows; counts go from most to least")]
    pub sort: UnresolvedSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum UnresolvedSort {
    Path,
    Target,
    Outcome,
}

#[derive(Debug, Args)]
pub struct CyclesArgs {
    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    /// Rings that close while modules are imported, those that close only when functions run, only for type checkers, or all
    #[arg(long, value_enum, value_name = "KIND", default_value_t = CycleKind::RunTime)]
    pub kind: CycleKind,

    #[command(flatten)]
    pub rows: Rows,

    #[arg(long, value_enum, value_name = "KEY", default_value_t = CycleSort::Kind, help = "Order of the rows; counts go from most to least")]
    pub sort: CycleSort,
}

/// When a ring closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CycleKind {
    RunTime,
    Deferred,
    Typing,
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CycleSort {
    Kind,
    Size,
    Name,
    Cut,
}

#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A symbol or module: `Manager`, `core.Manager`, `app.core`
    pub symbol: String,

    /// The folder to scan [default: the current folder]
    pub path: Option<PathBuf>,

    #[command(flatten)]
    pub rows: Rows,
}

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The command whose document is meant; `configuration` for the file `fragscope.toml`
    #[arg(value_enum, value_name = "COMMAND")]
    pub of: SchemaOf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaOf {
    Document(Kind),
    Configuration,
}

impl ValueEnum for SchemaOf {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<SchemaOf>> = LazyLock::new(|| {
            let documents = Kind::ALL.iter().copied().map(SchemaOf::Document);
            documents.chain([SchemaOf::Configuration]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let word = match self {
            Self::Document(kind) => kind.word(),
            Self::Configuration => "configuration",
        };
        Some(word.into())
    }
}

#[derive(Debug, Args)]
pub struct CacheArgs {
    #[command(subcommand)]
    pub action: Option<CacheAction>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum CacheAction {
    /// Show where the cache is and how large
    Show,
    /// Remove what is cached; the next scan reads every file anew
    Clear,
}
