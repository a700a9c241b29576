//! Formats for other programs, held to what those programs ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use roxmltree::{Document, Node};
use serde_json::Value;
use tempfile::TempDir;

use crate::program::Call;

/// Trees whose findings have many related places, odd names, and no name at all that is harmless.
fn trees() -> Vec<(&'static str, TempDir)> {
    let odd = TempDir::new().unwrap();
    for (path, text) in [
        (
            "app/x\n::error::owned ]]><b>\u{1b}[2J,\"q\" %0A &amp;'.py",
            "from app.gone import Missing\n",
        ),
        ("app/größe/模块.py", "class Twin:\n    def a(self): return '\u{ffff}\u{1}'\n"),
        ("app/b.py", "class Twin:\n    def a(self): return 2\n"),
        (
            "app/c.py",
            "from app.b import Twin\nfrom app.größe.模块 import Twin as Other\nimport os\n",
        ),
    ] {
        write(odd.path(), path, text);
    }
    let many = TempDir::new().unwrap();
    for number in 0..130 {
        let text = format!("class Same:\n    def run(self): return {number}\n");
        write(many.path(), &format!("app/m{number}.py"), &text);
        write(
            many.path(),
            &format!("use/u{number}.py"),
            &format!("from app.m{number} import Same\n"),
        );
    }
    vec![("odd", odd), ("many", many)]
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What a check of the tree writes, and of the built-in sample with every severity.
fn outputs(format: &str) -> Vec<(String, String)> {
    let run = |call: Call, name: &str| {
        let outcome = call.args(["check", "--format", format, "--no-cache"]).run();
        assert_eq!(outcome.code, Some(1), "{name}: {}", String::from_utf8_lossy(&outcome.stderr));
        (name.to_owned(), String::from_utf8(outcome.stdout).unwrap())
    };
    let trees = trees();
    let own = trees.iter().map(|(name, tree)| run(Call::new().in_folder(tree.path()), name));
    own.chain([run(Call::new().args(["--demo"]), "demo")]).collect()
}

#[test]
fn sarif_is_what_its_readers_ask_for() {
    let logs = sarif_that_fits(include_str!("schemas/sarif.json"));
    for (name, log) in logs {
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let rule = &rules[result["ruleIndex"].as_u64().unwrap() as usize];
            assert_eq!(rule["id"], result["ruleId"], "{name}");
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert!(region["endColumn"].as_u64() > region["startColumn"].as_u64(), "{name}");
        }
    }
}

/// The schema of OASIS is theirs to give out: whoever has it can hold the output to all of it.
#[test]
#[ignore = "needs sarif-schema-2.1.0.json, named in FRAGSCOPE_SARIF_SCHEMA"]
fn sarif_fits_the_official_schema() {
    let path = std::env::var_os("FRAGSCOPE_SARIF_SCHEMA").expect("FRAGSCOPE_SARIF_SCHEMA");
    assert_eq!(sarif_that_fits(&fs::read_to_string(path).unwrap()).len(), 3);
}

fn sarif_that_fits(schema: &str) -> Vec<(String, Value)> {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).expect("a usable schema");
    let fits = |(name, text): (String, String)| {
        let log: Value = serde_json::from_str(&text).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
        (name, log)
    };
    outputs("sarif").into_iter().map(fits).collect()
}

/// JUnit has no schema of its own: its form as Jenkins, GitLab and pytest's readers share it.
#[test]
fn junit_is_what_its_readers_ask_for() {
    for (name, text) in outputs("junit") {
        assert!(
            text.chars().all(|c| matches!(c, '\n' | '\t' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)),
            "{name}: what XML 1.0 does not have"
        );
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let root = document.root_element();
        hold(root, "testsuites", &["name", "tests", "failures", "errors"], &[]);
        let suites: Vec<Node> = elements(root).collect();
        let mut names = BTreeSet::new();
        for suite in &suites {
            hold(*suite, "testsuite", &["name", "tests", "failures", "errors", "skipped"], &[]);
            assert!(names.insert(suite.attribute("name")), "{name}: a suite twice");
            let cases: Vec<Node> = elements(*suite).collect();
            let with = |tag: &str| cases.iter().filter(|case| has(**case, tag)).count();
            assert_eq!(number(*suite, "tests"), cases.len(), "{name}");
            assert_eq!(number(*suite, "failures"), with("failure"), "{name}");
            assert_eq!(number(*suite, "skipped"), with("skipped"), "{name}");
            let mut known = BTreeSet::new();
            for case in cases {
                hold(case, "testcase", &["classname", "name"], &["file"]);
                assert_eq!(case.attribute("classname"), suite.attribute("name"));
                assert!(known.insert(case.attribute("name")), "{name}: a case twice");
                assert!(elements(case).count() <= 1);
                for result in elements(case) {
                    match result.tag_name().name() {
                        "failure" => {
                            hold(result, "failure", &["message", "type"], &[]);
                            assert!(!result.text().unwrap_or_default().is_empty());
                        }
                        _ => hold(result, "skipped", &["message"], &[]),
                    }
                }
            }
        }
        let sum = |what| suites.iter().map(|suite| number(*suite, what)).sum::<usize>();
        assert_eq!(
            (number(root, "tests"), number(root, "failures")),
            (sum("tests"), sum("failures"))
        );
        assert!(sum("failures") > 0);
    }
}

fn elements<'a>(node: Node<'a, 'a>) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children().filter(Node::is_element)
}

fn has(node: Node, tag: &str) -> bool {
    node.children().any(|child| child.has_tag_name(tag))
}

fn number(node: Node, attribute: &str) -> usize {
    node.attribute(attribute).unwrap().parse().unwrap()
}

fn hold(node: Node, tag: &str, required: &[&str], optional: &[&str]) {
    assert_eq!(node.tag_name().name(), tag);
    let own: BTreeSet<&str> = node.attributes().map(|attribute| attribute.name()).collect();
    for attribute in required {
        assert!(own.contains(attribute), "{tag} without {attribute}");
    }
    let may = |name: &&str| required.contains(name) || optional.contains(name);
    assert!(own.iter().all(may), "{tag} with {own:?}");
}

#[test]
fn gitlab_is_what_its_reader_asks_for() {
    for (name, text) in outputs("gitlab") {
        let report: Value = serde_json::from_str(&text).unwrap();
        let mut fingerprints = BTreeSet::new();
        for issue in report.as_array().unwrap() {
            let text =
                |value: &Value| value.as_str().filter(|text| !text.is_empty()).unwrap().to_owned();
            text(&issue["description"]);
            text(&issue["check_name"]);
            let severity = text(&issue["severity"]);
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&&*severity));
            let path = text(&issue["location"]["path"]);
            assert!(!path.starts_with("./") && !path.starts_with('/'), "{name}: {path}");
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
            assert!(
                fingerprints.insert(text(&issue["fingerprint"])),
                "{name}: only the first is shown"
            );
        }
        assert!(!fingerprints.is_empty());
    }
}

#[test]
fn github_annotations_are_few_and_cannot_be_left() {
    for (name, text) in outputs("github") {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for line in text.lines() {
            let rest = line.strip_prefix("::").unwrap_or_else(|| panic!("{name}: {line}"));
            let (head, message) = rest.split_once("::").unwrap();
            let (command, properties) = head.split_once(' ').unwrap();
            assert!(["error", "warning", "notice"].contains(&command), "{name}: {line}");
            let keys: Vec<&str> =
                properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
            assert_eq!(keys, ["file", "line", "col", "title"], "{name}: {line}");
            assert!(!properties.contains(':') && !message.is_empty(), "{name}: {line}");
            // A percent sign begins an escape and nothing else.
            for (at, _) in line.match_indices('%') {
                assert!(
                    ["%25", "%0D", "%0A", "%3A", "%2C"].contains(&&line[at..at + 3]),
                    "{name}: {line}"
                );
            }
            *kinds.entry(command).or_default() += 1;
        }
        assert!(kinds.values().all(|count| *count <= 10), "{name}: {kinds:?}");
        if name == "many" {
            assert!(text.contains(" more of this kind"), "{text}");
        }
    }
}

#[test]
fn a_summary_fits_a_comment() {
    for (name, text) in outputs("markdown") {
        assert!(text.len() <= 65_536, "{name}");
        assert!(text.starts_with("### fragscope: "), "{name}");
    }
}

#[test]
fn the_schema_of_the_configuration_is_published_and_holds() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let outcome = Call::new().args(["schema", "configuration"]).run();
    let printed = String::from_utf8(outcome.stdout).unwrap();
    let published = here.join("assets/schemas/fragscope.schema.json");
    if std::env::var_os("FRAGSCOPE_BLESS").is_some_and(|value| value == "1") {
        fs::create_dir_all(published.parent().unwrap()).unwrap();
        fs::write(&published, &printed).unwrap();
    }
    let committed = fs::read_to_string(&published).unwrap_or_default();
    assert_eq!(printed, committed, "FRAGSCOPE_BLESS=1 writes it anew; read what changed");

    let schema: Value = serde_json::from_str(&printed).unwrap();
    jsonschema::meta::validate(&schema).expect("a valid schema");
    let validator = jsonschema::validator_for(&schema).expect("a usable schema");
    let is_valid = |text: &str| {
        let table: toml::Table = text.parse().unwrap();
        validator.is_valid(&serde_json::to_value(table).unwrap())
    };
    // What the README shows.
    let readme = fs::read_to_string(here.join("README.md")).unwrap();
    let section = readme.split("## Configuration").nth(1).unwrap().split("\n## ").next().unwrap();
    let shown: Vec<&str> = section
        .split("```toml\n")
        .skip(1)
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert!(!shown.is_empty());
    let all = shown.concat();
    assert!(is_valid(&all), "{all}");
    for key in schema["properties"].as_object().unwrap().keys() {
        assert!(all.contains(key), "the README's configuration does not tell of `{key}`");
    }

    // The program and the schema agree on what is wrong.
    let tree = TempDir::new().unwrap();
    write(tree.path(), "a.py", "import os\nclass A: pass\n");
    let read = |text: &str| {
        write(tree.path(), "fragscope.toml", text);
        Call::new().args(["config", "--no-cache"]).in_folder(tree.path()).run().code
    };
    let concept = "[[concept]]\nname = \"x\"\ncanonical = \"a.A\"\n";
    let shape = "[[shape]]\nname = \"x\"\nwhen = { a = [\"b\"] }\n";
    for text in [
        "",
        "roots = [\".\"]\nexclude = [\"x/**\"]\ntests = []\naffixes = [\"V#\"]\n",
        &format!(
            "{concept}members = [\"A*\"]\ndeprecated = []\nfactory = []\ninterface = [\"a\"]\ninstead-of = []\ndefinitions = 1\n"
        ),
        &format!("{shape}required = [\"a\"]\nlegacy = {{ b = \"a\" }}\n"),
        "[rules]\nshim-module = \"off\"\nsingleton = { allow = [\"x/**\"] }\nghost-import = { severity = \"info\" }\n",
    ] {
        assert!(is_valid(text), "{text}");
        assert_eq!(read(text), Some(0), "{text}");
    }
    for text in [
        "colour = 1\n",
        "roots = \".\"\n",
        &format!("{concept}canonicl = \"y\"\n"),
        "[[concept]]\nname = \"x\"\n",
        &format!("{concept}definitions = -1\n"),
        &format!("{shape}requird = []\n"),
        "[rules]\nshim-modul = \"off\"\n",
        "[rules]\nshim-module = \"loud\"\n",
        "[rules]\nshim-module = { severty = \"off\" }\n",
    ] {
        assert!(!is_valid(text), "{text}");
        assert_eq!(read(text), Some(2), "{text}");
    }
}
