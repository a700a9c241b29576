//! Every rule by its fixtures: what hits can be allowed and known, and what does not change that.
//!
//! A case of `kind = "hit"` stands for three: as it is, with its findings allowed by comments, and with its findings in a
//! baseline. All three must show the rows of its expected.txt.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fragscope::analysis::detectors::RULES;
use fragscope::gate::Baseline;
use fragscope::gate::baseline::Entry;
use serde_json::Value;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::fixtures::{Case, CaseKind, case_folders, listed, read_case};
use crate::program::Call;

/// It tells of comments, which no comment can allow: the configuration does.
const OF_COMMENTS: &str = "unused-suppression";

/// Whoever renames what a contract names writes another contract.
const BOUND_TO_NAMES: &str = "broken-contract";

struct Hit {
    rule: String,
    name: String,
    folder: PathBuf,
    case: Case,
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Cases of rules, by rule.
fn cases() -> BTreeMap<String, Vec<(PathBuf, Case)>> {
    let top = here("tests/fixtures/findings");
    let mut cases: BTreeMap<String, Vec<(PathBuf, Case)>> = BTreeMap::new();
    for folder in case_folders(&top) {
        let case =
            read_case(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let rule = folder.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(case.run[..3], ["findings", "--rule", &rule], "{}", folder.display());
        cases.entry(rule).or_default().push((folder, case));
    }
    cases
}

fn hits() -> Vec<Hit> {
    let mut hits = Vec::new();
    for (rule, cases) in cases() {
        for (folder, case) in cases.into_iter().filter(|(_, case)| case.kind == Some(CaseKind::Hit))
        {
            let name = folder.file_name().unwrap().to_str().unwrap();
            hits.push(Hit { name: format!("{rule}/{name}"), rule: rule.clone(), folder, case });
        }
    }
    hits
}

impl Hit {
    /// A copy of the tree that can be changed, under the same name.
    fn copy(&self) -> TempDir {
        let copy = TempDir::new().unwrap();
        for entry in WalkDir::new(self.folder.join("tree")) {
            let entry = entry.unwrap();
            let to = copy.path().join(entry.path().strip_prefix(&self.folder).unwrap());
            if entry.file_type().is_dir() {
                fs::create_dir(to).unwrap();
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
        copy
    }

    fn expected(&self) -> String {
        fs::read_to_string(self.folder.join("expected.txt")).unwrap()
    }
}

fn document(tree: &Path, arguments: &[&str], code: i32, about: &str) -> Value {
    let call = Call::new().args(arguments).args(["--format", "json", "--no-cache"]).in_folder(tree);
    let outcome = call.run();
    let text = String::from_utf8_lossy(&outcome.stdout).into_owned();
    let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
    assert_eq!(outcome.code, Some(code), "{about}: {arguments:?}\n{said}{text}");
    serde_json::from_str(&text).unwrap()
}

fn rows(document: &Value) -> &[Value] {
    document["rows"].as_array().unwrap()
}

fn init(tree: &Path, about: &str) {
    let outcome = Call::new().args(["baseline", "init", "--no-cache"]).in_folder(tree).run();
    assert_eq!(outcome.code, Some(0), "{about}: {}", String::from_utf8_lossy(&outcome.stderr));
}

/// Findings by state, those that are known left out.
fn unknown(document: &Value) -> Vec<String> {
    let not_known = rows(document).iter().filter(|row| row["state"] != "known");
    not_known
        .map(|row| {
            format!(
                "{} {} {}:{} {}",
                row["state"], row["rule"], row["path"], row["line"], row["message"]
            )
        })
        .collect()
}

#[test]
fn every_rule_has_its_fixtures_its_explanation_and_its_row() {
    let cases = cases();
    let readme = fs::read_to_string(here("README.md")).unwrap();
    let mut lacking = Vec::new();
    for rule in RULES {
        let kinds: Vec<CaseKind> =
            cases.get(rule.id).into_iter().flatten().filter_map(|(_, case)| case.kind).collect();
        for kind in [CaseKind::Hit, CaseKind::NearMiss] {
            if !kinds.contains(&kind) {
                lacking.push(format!("{}: no fixture of kind {kind:?}", rule.id));
            }
        }
        let explanation =
            fs::read_to_string(here("assets/explain").join(format!("{}.md", rule.id)));
        if explanation.unwrap_or_default().lines().count() < 10 {
            lacking.push(format!("{}: no explanation", rule.id));
        }
        let row = format!("| `{}` | {} | {} |", rule.id, rule.severity.word(), rule.summary);
        if !readme.contains(&row) {
            lacking.push(format!("{}: the README lacks the row {row}", rule.id));
        }
    }
    let known: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    lacking.extend(
        cases
            .keys()
            .filter(|rule| !known.contains(&***rule))
            .map(|rule| format!("{rule}: fixtures of no rule")),
    );
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn every_hit_can_be_allowed_with_a_reason() {
    for hit in hits() {
        let copy = hit.copy();
        let tree = copy.path().join("tree");
        let find: Vec<&str> = hit.case.run.iter().map(String::as_str).collect();
        let found = document(&tree, &find, 0, &hit.name);
        if hit.rule == OF_COMMENTS {
            let allow = format!("[rules]\n{OF_COMMENTS} = {{ allow = [\"**\"] }}\n");
            fs::write(tree.join("fragscope.toml"), allow).unwrap();
            assert_eq!(rows(&document(&tree, &find, 0, &hit.name)).len(), 0, "{}", hit.name);
            continue;
        }
        let places: BTreeSet<(&str, usize)> = rows(&found)
            .iter()
            .map(|row| (row["path"].as_str().unwrap(), row["line"].as_u64().unwrap() as usize))
            .collect();
        for (path, line) in places {
            let text = fs::read_to_string(tree.join(path)).unwrap();
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            write!(lines[line - 1], "  # fragscope: allow[{}] it is known", hit.rule).unwrap();
            fs::write(tree.join(path), lines.join("\n") + "\n").unwrap();
        }
        let with = document(&tree, &find, 0, &hit.name);
        assert_eq!(rows(&with).len(), 0, "{}: {:#}", hit.name, with["rows"]);
        // A tree may hold comments of its own.
        let allowed = with["allowed"].as_array().unwrap().iter();
        let allowed: Vec<Value> =
            allowed.filter(|row| row["reason"] == "it is known").cloned().collect();
        assert_eq!(listed(&hit.case, &allowed).unwrap(), hit.expected(), "{}", hit.name);
        let unused = document(&tree, &["findings", "--rule", OF_COMMENTS], 0, &hit.name);
        assert_eq!(rows(&unused).len(), 0, "{}: {:#}", hit.name, unused["rows"]);
    }
}

#[test]
fn every_hit_can_be_known_and_stays_so() {
    for hit in hits() {
        let copy = hit.copy();
        let tree = copy.path().join("tree");
        // Nothing imports anything in some trees, and then nothing can be judged.
        fs::write(tree.join("an_import.py"), "import os\n\ndef here():\n    return os.getcwd()\n")
            .unwrap();
        init(&tree, &hit.name);
        let baseline = fs::read(tree.join("fragscope-baseline.jsonl")).unwrap();
        let check = ["check", "--known"].into_iter();
        let check: Vec<&str> = check.chain(hit.case.run[1..].iter().map(String::as_str)).collect();
        let known = document(&tree, &check, 0, &hit.name);
        assert_eq!(listed(&hit.case, rows(&known)).unwrap(), hit.expected(), "{}", hit.name);
        assert!(rows(&known).iter().all(|row| row["state"] == "known"), "{}", hit.name);
        document(&tree, &["check", "--strict"], 0, &hit.name);
        let update = Call::new().args(["baseline", "update", "--no-cache"]).in_folder(&tree).run();
        assert_eq!(update.code, Some(0), "{}", hit.name);
        assert_eq!(
            fs::read(tree.join("fragscope-baseline.jsonl")).unwrap(),
            baseline,
            "{}",
            hit.name
        );

        // Ten lines further down.
        for path in python(&tree) {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, "# moved\n".repeat(10) + &text).unwrap();
        }
        let moved = document(&tree, &["check", "--known", "--strict"], 0, &hit.name);
        assert_eq!(unknown(&moved), [""; 0], "{}", hit.name);
    }
}

fn python(tree: &Path) -> Vec<PathBuf> {
    let files = WalkDir::new(tree).into_iter().map(|entry| entry.unwrap().into_path());
    files
        .filter(|path| {
            path.extension().is_some_and(|extension| extension == "py" || extension == "pyi")
        })
        .collect()
}

/// Folders at the top get other names, and whoever names them follows.
#[test]
fn a_folder_with_another_name_makes_nothing_new() {
    let mut lost = Vec::new();
    for hit in hits().into_iter().filter(|hit| hit.rule != BOUND_TO_NAMES) {
        let copy = hit.copy();
        let tree = copy.path().join("tree");
        fs::write(tree.join("an_import.py"), "import os\n\ndef here():\n    return os.getcwd()\n")
            .unwrap();
        let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase());
        let folders: Vec<String> = fs::read_dir(&tree)
            .unwrap()
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.file_type().unwrap().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| {
                is_plain(name) && !["src", "tests", "backups", "tools"].contains(&&**name)
            })
            .collect();
        if folders.is_empty() {
            continue;
        }
        init(&tree, &hit.name);
        for name in &folders {
            let renamed = format!("{name}ward");
            fs::rename(tree.join(name), tree.join(&renamed)).unwrap();
            let all = WalkDir::new(&tree).into_iter().map(|entry| entry.unwrap().into_path());
            for path in
                all.filter(|path| path.is_file() && !path.ends_with("fragscope-baseline.jsonl"))
            {
                let text = fs::read_to_string(&path).unwrap();
                fs::write(&path, replaced(&text, name, &renamed)).unwrap();
            }
        }
        let call =
            Call::new().args(["check", "--known", "--strict", "--format", "json", "--no-cache"]);
        let outcome = call.in_folder(&tree).run();
        let document: Value = serde_json::from_slice(&outcome.stdout).unwrap();
        let unknown = unknown(&document);
        let new = unknown.iter().filter(|row| row.starts_with("\"new\""));
        lost.extend(new.map(|row| format!("{}: {row}", hit.name)));
        let stale = document["stale"].as_array().unwrap().iter();
        lost.extend(
            stale.map(|row| format!("{}: stale {} {}", hit.name, row["rule"], row["symbol"])),
        );
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// Whole words only.
fn replaced(text: &str, from: &str, to: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let end = at + from.len();
        let starts = !rest[..at].chars().next_back().is_some_and(is_word);
        let ends = !rest[end..].chars().next().is_some_and(is_word);
        out += &rest[..at];
        out += if starts && ends { to } else { from };
        rest = &rest[end..];
    }
    out + rest
}

/// Two branches, each with a few findings mended and a few accepted, in the same file of the tree: git merges their baselines line
/// by line, and `baseline merge` what git cannot.
#[test]
fn branches_merge_their_baselines() {
    const TRIALS: u64 = 60;
    let folder = TempDir::new().unwrap();
    let (mut by_fingerprint, mut by_path) = (0, 0);
    for trial in 0..TRIALS {
        let mut random = Random(trial + 1);
        let base: Vec<Entry> = (0..3000).map(|_| entry(&mut random)).collect();
        let path = base[0].path.clone();
        let mut branch = || {
            let mut own = base.clone();
            for _ in 0..3 {
                let of_path: Vec<usize> =
                    (0..own.len()).filter(|at| own[*at].path == path).collect();
                own.remove(of_path[random.below(of_path.len() as u64) as usize]);
                own.push(Entry { path: path.clone(), ..entry(&mut random) });
            }
            own
        };
        let (ours, theirs) = (branch(), branch());
        let sides = [&base, &ours, &theirs].map(|side| baseline(side));
        let merged = Baseline::merge(&sides[0], &sides[1], &sides[2]);
        let (conflicts, text) =
            merge_of_lines(folder.path(), &sides.each_ref().map(Baseline::write));
        by_fingerprint += usize::from(conflicts);
        if !conflicts {
            assert_eq!(Baseline::parse(&text).unwrap(), merged, "trial {trial}");
        }
        let sorted = |side: &Vec<Entry>| {
            let mut lines: Vec<String> =
                side.iter().map(|entry| format!("{} {}\n", entry.path, entry.fp)).collect();
            lines.sort();
            lines.concat()
        };
        by_path +=
            usize::from(merge_of_lines(folder.path(), &[&base, &ours, &theirs].map(sorted)).0);
    }
    // The baseline sorted by path is there to show that the trial is hard enough to tell.
    assert!(by_fingerprint <= 6, "{by_fingerprint} of {TRIALS} conflict");
    assert!(
        by_path > 3 * by_fingerprint.max(1),
        "by path {by_path}, by fingerprint {by_fingerprint}"
    );
}

fn baseline(entries: &[Entry]) -> Baseline {
    Baseline { entries: entries.iter().map(|entry| (entry.fp.clone(), entry.clone())).collect() }
}

fn entry(random: &mut Random) -> Entry {
    let text = |text: &str| text.to_owned();
    Entry {
        fp: format!("{:016x}", random.next()),
        rule: text("shim-module"),
        module: text("app.a"),
        symbol: text("app.a"),
        path: format!("app/m{}.py", random.below(40)),
        n: 1,
        content: format!("{:016x}", random.next()),
        reason: None,
    }
}

/// Whether git's merge of three texts conflicts, and what it gives.
fn merge_of_lines(folder: &Path, texts: &[String; 3]) -> (bool, String) {
    let [base, ours, theirs] = ["base", "ours", "theirs"].map(|name| folder.join(name));
    for (path, text) in [&base, &ours, &theirs].into_iter().zip(texts) {
        fs::write(path, text).unwrap();
    }
    let output = Command::new("git")
        .args(["merge-file", "--stdout"])
        .args([&ours, &base, &theirs])
        .output()
        .unwrap();
    (!output.status.success(), String::from_utf8(output.stdout).unwrap())
}

/// SplitMix64: the same numbers on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}
