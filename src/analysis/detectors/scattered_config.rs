//! `scattered-config`: one setting is read or defined in many places that do not agree.

use std::collections::{BTreeMap, BTreeSet};

use super::record;
use crate::analysis::finding::{Finding, Ground, Severity};
use crate::facts::rows::{BindingKind, EnvRead, NO_ROW, Pos};
use crate::model::FileId;

record!(
    "scattered-config",
    Warning,
    "one setting is read or defined in many modules",
    in_tests: false,
    find
);

/// Read in so many modules a key is scattered even if all agree.
const MANY_READERS: usize = 5;
/// A constant is one setting when so many modules give it the same value.
const MANY_DEFINERS: usize = 3;
/// A constant with more values than these is several settings of one name.
const GENERIC: usize = 3;
/// A finding names no more places than this.
const MOST_RELATED: usize = 12;

fn find(ground: &Ground) -> Vec<Finding> {
    let mut found = environment(ground);
    found.extend(constants(ground));
    found
}

struct Read<'g> {
    file: FileId,
    at: Pos,
    default: &'g str,
}

fn environment(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let mut keys: BTreeMap<&str, Vec<Read>> = BTreeMap::new();
    for file in ground.files() {
        let facts = &project.file(file).facts;
        // What sets or removes a key does not ask for it.
        let asks = |read: &&EnvRead| {
            let how = facts.text(read.how);
            !matches!(how.rsplit('.').next(), Some("pop" | "setdefault"))
        };
        for read in facts.env_reads().iter().filter(asks) {
            let default = facts.text(read.default);
            keys.entry(facts.text(read.key)).or_default().push(Read { file, at: read.at, default });
        }
    }
    keys.retain(|key, _| !is_of_the_system(key));
    keys.into_iter().filter_map(|(key, reads)| scattered_key(key, &reads)).collect()
}

/// Variables that every machine has: nobody's configuration.
fn is_of_the_system(key: &str) -> bool {
    const KEYS: [&str; 20] = [
        "PATH",
        "HOME",
        "USER",
        "USERNAME",
        "LOGNAME",
        "SHELL",
        "TERM",
        "LANG",
        "LC_ALL",
        "PWD",
        "EDITOR",
        "DISPLAY",
        "TMPDIR",
        "TEMP",
        "SYSTEMROOT",
        "WINDIR",
        "APPDATA",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "COLUMNS",
    ];
    KEYS.contains(&key.to_ascii_uppercase().as_str())
}

fn scattered_key(key: &str, reads: &[Read]) -> Option<Finding> {
    let mut defaults: BTreeMap<String, usize> = BTreeMap::new();
    let mut files: BTreeSet<FileId> = BTreeSet::new();
    for read in reads {
        files.insert(read.file);
        if let Some(default) = real_default(read.default) {
            *defaults.entry(default).or_default() += 1;
        }
    }
    let differs = defaults.len() > 1 && files.len() > 1;
    if !differs && files.len() < MANY_READERS {
        return None;
    }
    let first = reads.first()?;
    let (message, severity) = if differs {
        let list: Vec<String> = defaults.keys().map(|default| format!("`{default}`")).collect();
        let message = format!(
            "`{key}` is read in {} modules, with defaults that differ: {}",
            files.len(),
            list.join(", ")
        );
        (message, Severity::Warning)
    } else {
        (format!("`{key}` is read in {} modules", files.len()), Severity::Info)
    };
    let mut finding = Finding::new(&RULE, first.file, first.at, key)
        .severity(severity)
        .message(message)
        .remedy("read it once, in the module for the configuration, and take it from there")
        .key([key.to_owned()]);
    for read in reads.iter().skip(1).take(MOST_RELATED) {
        let what = match real_default(read.default) {
            Some(default) => format!("read with the default `{default}`"),
            None => "read without a default".to_owned(),
        };
        finding = finding.related(read.file, read.at, what);
    }
    Some(finding)
}

/// A default that is a value of its own: not nothing, and not what another name holds. Texts in any quotes are alike, and
/// so are `"30"` and `30`.
fn real_default(default: &str) -> Option<String> {
    let bare = default.trim_start_matches(['r', 'b', 'u']);
    let default = if bare.starts_with(['"', '\'']) { bare } else { default };
    let bare = default.trim_matches(|c| c == '"' || c == '\'');
    let is_text = bare.len() < default.len();
    let is_number = bare.parse::<f64>().is_ok();
    let is_word = matches!(bare, "True" | "False");
    (!bare.is_empty() && bare != "None" && (is_text || is_number || is_word))
        .then(|| bare.to_owned())
}

/// Where a constant has each of its values.
type Values<'g> = BTreeMap<&'g str, Vec<(FileId, Pos)>>;

/// Constants that many modules give one value, and some another.
fn constants(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let mut names: BTreeMap<&str, Values> = BTreeMap::new();
    for file in ground.files() {
        let facts = &project.file(file).facts;
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for binding in facts.module_bindings() {
            let name = facts.text(binding.name);
            let value = facts.text(binding.text);
            if binding.kind() == BindingKind::Value
                && binding.class == NO_ROW
                && is_setting(name)
                && is_telling(value)
                && !is_key(name, value)
                && seen.insert(name)
            {
                names.entry(name).or_default().entry(value).or_default().push((file, binding.at));
            }
        }
    }
    names
        .into_iter()
        .filter_map(|(name, values)| scattered_constant(ground, name, &values))
        .collect()
}

/// `MAX_RETRIES`: an upper-case name of two words or more.
fn is_setting(name: &str) -> bool {
    let name = name.trim_start_matches('_');
    name.contains('_')
        && name
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && !name.ends_with('_')
}

/// `CONF_STATION_ID = "station_id"` is a name for a key, and sets nothing.
fn is_key(name: &str, value: &str) -> bool {
    const KEYS: [&str; 9] =
        ["CONF", "ATTR", "KEY", "FIELD", "EVENT", "SERVICE", "TYPE", "STATE", "SIGNAL"];
    let bare = value.trim_matches(|c| c == '"' || c == '\'');
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let plain = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    bare.len() < value.len()
        && bare.chars().all(is_word)
        && (plain(name).ends_with(&plain(bare))
            || name
                .trim_start_matches('_')
                .split('_')
                .next()
                .is_some_and(|first| KEYS.contains(&first)))
}

/// A constant whose value is no coincidence: a number of two digits or more, a text of some length.
fn is_telling(value: &str) -> bool {
    let bare = value.trim_matches(|c| c == '"' || c == '\'');
    let is_text = bare.len() + 2 == value.len() && value.starts_with(['"', '\'']);
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
        && value.bytes().filter(u8::is_ascii_digit).count() > 1;
    is_number || (is_text && bare.len() > 3)
}

fn scattered_constant(ground: &Ground, name: &str, values: &Values) -> Option<Finding> {
    let (value, sites) = values.iter().max_by_key(|(_, sites)| sites.len())?;
    if sites.len() < MANY_DEFINERS {
        return None;
    }
    // Modules of one name in several packages are built alike on purpose.
    let stems: BTreeSet<&str> = sites
        .iter()
        .map(|(file, _)| {
            let path = &*ground.project.file(*file).path;
            path.rsplit('/').next().unwrap_or(path)
        })
        .collect();
    if stems.len() < MANY_DEFINERS {
        return None;
    }
    // A name with many values is what each module calls its own.
    if values.len() > GENERIC {
        return None;
    }
    let others: Vec<&str> = values.keys().filter(|other| *other != value).copied().collect();
    let (first, at) = *sites.first()?;
    let differ = if others.is_empty() {
        String::new()
    } else {
        format!("; elsewhere it is `{}`", others.join("`, `"))
    };
    let mut finding = Finding::new(&RULE, first, at, name)
        .severity(Severity::Info)
        .message(format!("`{name} = {value}` is defined in {} modules{differ}", sites.len()))
        .remedy("define it once and import it")
        .key([name.to_owned()]);
    for (file, at) in
        values.values().flatten().filter(|(file, _)| *file != first).take(MOST_RELATED)
    {
        finding = finding.related(*file, *at, "defined again");
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    #[test]
    fn defaults_that_differ() {
        check(
            &RULE,
            "# file: a.py\nimport os\nA = os.getenv('PORT', '80')\nB = os.getenv('HOST', 'x')\nC = os.getenv('KEY')\n\
             # file: b.py\nimport os\nA = os.environ.get('PORT', 8080)\nB = os.environ.get('HOST', \"x\")\nC = os.getenv('KEY', '')\n\
             # file: tests/test_a.py\nimport os\nB = os.getenv('HOST', 'y')\n",
            &["a.py:2 PORT"],
        );
    }

    #[test]
    fn a_constant_of_many_modules() {
        check(
            &RULE,
            "# file: a.py\nMAX_SIZE = 4096\nCONF_PORT = 'port'\nTIMEOUT = 30\nMODE = 'w'\n\
             # file: b.py\nMAX_SIZE = 4096\nCONF_PORT = 'port'\nTIMEOUT = 30\nMODE = 'w'\n\
             # file: c.py\nMAX_SIZE = 4096\nCONF_PORT = 'port'\nTIMEOUT = 30\nMODE = 'w'\n",
            &["a.py:1 MAX_SIZE"],
        );
    }
}
