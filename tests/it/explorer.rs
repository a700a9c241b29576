//! The explorer without a terminal: what its screens show, what its keys do, and that nothing makes it stumble.

use std::fs;

use fragscope::tui::Tree;
use fragscope::tui::headless::{Headless, plain_start};
use fragscope::tui::script;
use ratatui::layout::Rect;

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 16), (20, 5)];

fn demo(width: u16, height: u16) -> Headless {
    Headless::demo(Rect::new(0, 0, width, height))
}

fn shown(explorer: &Headless) -> String {
    script::text_of(&explorer.frame())
}

fn after(keys: &str) -> Headless {
    let mut explorer = demo(120, 40);
    explorer.keys(keys).unwrap();
    explorer
}

/// The screen that keys lead to, at every size; the time of the scan is not the same twice.
fn at_every_size(keys: &str, ascii: bool) -> String {
    let mut pages = Vec::new();
    for (width, height) in SIZES {
        let explorer = demo(width, height);
        let mut explorer = if ascii { explorer.in_ascii() } else { explorer };
        explorer.keys(keys).unwrap();
        pages.push(format!("{width}x{height}\n{}\n", without_time(&shown(&explorer))));
    }
    pages.concat()
}

fn without_time(page: &str) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    if let Some(first) = lines.first_mut()
        && let Some(at) = first.find(" files")
    {
        first.truncate(at + " files".len());
    }
    lines.join("\n")
}

const SCREENS: [(&str, &str); 9] = [
    ("hotspots", ""),
    ("concepts", "<enter>"),
    ("compared", "<enter>jj<tab>"),
    ("imports", "3<enter><enter>"),
    ("graph", "4"),
    ("rules", "5"),
    ("finding", "5|n"),
    ("help", "?"),
    ("filter", "/order paths:>2"),
];

#[test]
fn screens_at_every_size() {
    for (name, keys) in SCREENS {
        insta::assert_snapshot!(format!("{name}-unicode"), at_every_size(keys, false));
        let ascii = at_every_size(keys, true);
        let odd: String = ascii.chars().filter(|c| !c.is_ascii()).collect();
        assert!(odd.is_empty(), "{name} in ASCII has `{odd}`:\n{ascii}");
        insta::assert_snapshot!(format!("{name}-ascii"), ascii);
    }
}

#[test]
fn roles_of_the_screens() {
    for (name, keys) in SCREENS {
        let mut explorer = demo(80, 24);
        explorer.keys(keys).unwrap();
        let mut roles = explorer.roles();
        // The first line ends with the time.
        roles.remove(0);
        insta::assert_snapshot!(format!("{name}-roles"), roles.join("\n"));
    }
}

#[test]
fn the_journey_of_the_readme() {
    let text =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/explorer/journey.txt"));
    let stills = script::play(&mut demo(120, 40), &text.unwrap()).unwrap();
    assert_eq!(stills.len(), 7);
    let pictures = script::pictures(&stills, "demo");
    assert!(pictures.iter().all(|(_, picture)| picture.ends_with("</svg>\n")));
}

#[test]
fn a_script_without_a_terminal_only_takes_pictures() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/explorer/journey.txt");
    let run = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fragscope"));
        command.args(["--demo", "--script", script]).args(more).output().unwrap()
    };
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("`--stills FOLDER`"));
    let folder = tempfile::tempdir().unwrap();
    let taken = run(&["--stills", folder.path().to_str().unwrap()]);
    assert_eq!(taken.status.code(), Some(0));
    for name in ["hotspots.svg", "journey.svg"] {
        assert!(fs::metadata(folder.path().join(name)).unwrap().len() > 10_000, "{name}");
    }
}

#[test]
fn enter_and_back_lead_to_the_same_row() {
    let mut explorer = after("jj");
    let before = shown(&explorer);
    explorer.keys("<enter>").unwrap();
    assert!(shown(&explorer).contains("Definitions"));
    explorer.keys("[").unwrap();
    assert_eq!(shown(&explorer), before);
}

#[test]
fn a_filter_narrows_and_esc_brings_all_back() {
    let explorer = after("/order");
    assert!(shown(&explorer).contains("/order"));
    assert!(!shown(&explorer).contains("RetryPolicy"));
    let explorer = after("/order<esc>");
    assert!(shown(&explorer).contains("RetryPolicy"));
    let explorer = after("/nosuchname<enter>");
    assert!(shown(&explorer).contains("no row fits the filter"));
}

#[test]
fn picks_are_compared_in_one_column_or_two() {
    let split = shown(&after("<enter>j<space>j<space>"));
    assert!(split.contains("2 picked"), "{split}");
    assert!(split.contains("methods:"));
    let unified = shown(&after("<enter>j<space>j<space>|"));
    assert!(unified.contains("def ") && unified != split);
}

#[test]
fn what_is_picked_is_seen_and_what_is_let_go_is_told() {
    let one = shown(&after("<enter>j<space>"));
    assert!(one.contains("●L") && one.contains("1 picked"), "{one}");
    assert!(one.contains("emergency.PaymentProcessor is the left side"), "{one}");
    let two = shown(&after("<enter>j<space>j<space>gg"));
    assert!(two.contains("●L") && two.contains("●R") && two.contains("2 picked"), "{two}");
    let three = shown(&after("<enter>j<space>j<space>j<space>"));
    assert!(three.contains("right side now,") && three.contains("is let go"), "{three}");
    assert!(!shown(&after("<enter>j<space>j<space><esc>")).contains('●'));
}

#[test]
fn two_shows_the_concept_at_the_cursor_of_hotspots() {
    assert!(shown(&after("j2")).contains("EventPublisher  #2"));
    assert!(shown(&after("j2[j2")).contains("OrderStatus  #3"));
    // From elsewhere the screen is as it was left.
    assert!(shown(&after("j242")).contains("EventPublisher  #2"));
    // The first time it is the one that Hotspots stands on, too.
    assert!(shown(&after("jj32")).contains("OrderStatus  #3"));
}

#[test]
fn definitions_are_asked_for_and_not_what_was_left() {
    let page = shown(&after("<enter><tab>z3d"));
    assert!(page.contains("┏ Definitions"), "{page}");
}

#[test]
fn the_module_stands_beside_its_own_cycle() {
    let page = shown(&after("r"));
    assert!(page.contains("▸   2 ↻"), "{page}");
    // Looked at another one, left, and asked for anew.
    let page = shown(&after("rN1r"));
    assert!(page.contains("▸   2 ↻"), "{page}");
    let page = shown(&after("fshared.money<enter>"));
    assert!(page.contains("none with this module"), "{page}");
}

#[test]
fn a_small_graph_begins_at_the_module() {
    let mut explorer = demo(60, 16);
    explorer.keys("4").unwrap();
    let page = shown(&explorer);
    assert!(page.contains("4 importers, 8 imports"), "{page}");
}

#[test]
fn neighbours_are_modules_or_packages() {
    let modules = shown(&after("r"));
    assert!(modules.contains("app.payments.factory"), "{modules}");
    let packages = shown(&after("r|"));
    assert!(packages.contains("Importers  by package"), "{packages}");
    assert!(packages.contains("backend.app.payments  "), "{packages}");
}

#[test]
fn the_sorted_column_is_seen_and_has_a_sign() {
    let page = shown(&after(""));
    assert!(page.contains("score▼") && page.contains("as if"), "{page}");
    let page = shown(&after("o"));
    assert!(page.contains("concept▲") && page.contains("ordered by concept ▲"), "{page}");
    let page = shown(&after("O"));
    assert!(page.contains("score▲"), "{page}");
    // Of the columns that there is no room for the sorted one comes.
    for (width, height) in [(120, 40), (80, 24), (60, 16), (100, 30)] {
        for n in 1..9 {
            let mut explorer = demo(width, height);
            explorer.keys(&format!("3{}", "o".repeat(n))).unwrap();
            let page = shown(&explorer);
            assert!(page.contains('▼') || page.contains('▲'), "{n} at {width}: {page}");
        }
    }
    let cycles = shown(&after("4"));
    assert!(cycles.contains("when") && cycles.contains("cut"), "{cycles}");
}

#[test]
fn the_score_is_explained_where_it_stands() {
    let page = shown(&after(""));
    assert!(page.contains("Score 26.7, the sum of"), "{page}");
    assert!(page.contains(" 10.5 import spread     15 paths, 6 definitions"), "{page}");
    assert!(page.contains("13 to this name, 2 to the rest of its family"), "{page}");
    assert!(shown(&after("i")).contains("with its family 15"));
    let page = shown(&after("E"));
    assert!(page.contains("bits of choice between the paths"), "{page}");
    assert!(shown(&after("E<esc>")).contains("Why PaymentProcessor"));
    let page = shown(&after("<enter>"));
    assert!(page.contains("score 26.7, 6 defs"), "{page}");
}

#[test]
fn what_fits_nothing_says_why() {
    assert!(shown(&after(":zzzqqq")).contains("nothing fits"));
    assert!(shown(&after("?diff")).contains("definitions of this concept, compared"));
    let page = shown(&after("/kind:shim<enter>"));
    assert!(page.contains("no row fits; kind here: "), "{page}");
    let page = shown(&after("4/kind:shim<enter>"));
    assert!(page.contains("there is no column `kind` here"), "{page}");
    let page = shown(&after("fshim"));
    assert!(page.contains("backend.app.payments.compat"), "{page}");
}

#[test]
fn the_theme_in_use_is_marked() {
    assert!(shown(&after("T")).contains("in use"));
}

#[test]
fn long_lines_of_a_text_are_broken_or_run_on() {
    let broken = shown(&after("<tab>"));
    let running = shown(&after("<tab>W"));
    assert!(running.contains("long lines run on") && broken != running);
}

#[test]
fn every_screen_is_reached_from_every_other_by_its_verb() {
    assert!(shown(&after("i")).contains("Paths of PaymentProcessor"));
    assert!(shown(&after("d")).contains("PaymentProcessor  #1"));
    assert!(shown(&after("r")).contains("payments/core/processor.py"));
    assert!(shown(&after("<enter>i")).contains("Paths of PaymentProcessor"));
    assert!(shown(&after("3<enter>d")).contains("PaymentProcessor  #1"));
}

#[test]
fn the_way_between_two_modules() {
    let explorer = after("r<ctrl-p>payments.core.processor<enter>pshared.money<enter>");
    let page = shown(&explorer);
    assert!(page.contains("The way to shared.money"), "{page}");
    assert!(page.contains("→ shared.money"), "{page}");
}

#[test]
fn a_class_that_is_no_concept_is_shown_with_its_source() {
    let page = shown(&after("fbackend.app.payments.checkout.Checkout<enter>"));
    assert!(page.contains("one definition, and not more than one path"), "{page}");
    assert!(page.contains("class "), "{page}");
}

#[test]
fn commands_run_from_help_and_palette() {
    assert!(shown(&after("?import paths<enter>")).contains("Paths of PaymentProcessor"));
    assert!(shown(&after(":Graph<enter>")).contains("Importers"));
    assert!(shown(&after("?<esc>")).contains("Hotspots"));
}

#[test]
fn notes_and_marks_hold_on_to_things() {
    let mut explorer = after("jaask infra<enter>");
    assert!(shown(&explorer).contains("✎"));
    explorer.keys("A").unwrap();
    assert!(shown(&explorer).contains("EventPublisher: ask infra"));
    explorer.keys("<esc>maGgg'a").unwrap();
    assert!(shown(&explorer).contains("EventPublisher  #2"), "{}", shown(&explorer));
}

#[test]
fn the_scope_changes_what_counts_and_a_rescan_keeps_the_cursor() {
    let production = shown(&after(""));
    let tests = shown(&after("t"));
    assert_ne!(production.lines().nth(1), tests.lines().nth(1));
    let mut explorer = after("jjj");
    let before = without_time(&shown(&explorer));
    explorer.keys("<f5>").unwrap();
    assert_eq!(without_time(&shown(&explorer)), before);
}

#[test]
fn the_screens_numbers_are_the_commands_numbers() {
    let page = shown(&after("3"));
    let first = page.lines().find(|line| line.contains("▸ PaymentProcessor")).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_fragscope"))
        .args(["variants", "PaymentProcessor", "--demo", "--scope", "production"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let paths = text.split(' ').nth(1).unwrap();
    assert!(first.contains(&format!(" {paths} ")), "{first}\n{text}");
}

/// The first finding of a rule, and what stands beside it.
#[test]
fn findings_are_grouped_in_three_ways_and_the_cursor_stays_on_its_finding() {
    let by_rule = after("5jn");
    let page = shown(&by_rule);
    assert!(page.contains("Findings  by rule"), "{page}");
    assert!(page.contains("scripts/settle_day.py:40"), "{page}");
    assert!(page.contains("The rule  ghost-import"), "{page}");
    assert!(page.contains("a ghost: there is no module"), "{page}");
    let by_module = shown(&after("5jn|"));
    assert!(by_module.contains("Findings  by module"), "{by_module}");
    assert!(by_module.contains("▸   40 ghost-import"), "{by_module}");
    let by_concept = shown(&after("5jn||"));
    let line = by_concept.lines().find(|line| line.contains("┃▸")).unwrap();
    assert!(line.contains("settle_day.py:40") && line.contains("ghost-import"), "{by_concept}");
}

#[test]
fn groups_unfold_and_fold() {
    let page = shown(&after("5<enter>"));
    assert!(page.contains("- unresolved-import"), "{page}");
    assert!(!shown(&after("5<enter><enter>")).contains("- unresolved-import"));
    // Into the group, to its finding, back to its head, and it folds.
    assert!(shown(&after("5lllh")).contains("▸ - unresolved-import"));
    assert!(!shown(&after("5lllhh")).contains("- unresolved-import"));
    assert!(shown(&after("5+G")).contains("▸"));
    assert_eq!(without_time(&shown(&after("5+-"))), without_time(&shown(&after("5"))));
}

#[test]
fn enter_leads_from_a_finding_to_its_line_and_e_edits_it() {
    let page = shown(&after("5jn<enter>"));
    assert!(page.contains("┏ Source  scripts/settle_day.py:40"), "{page}");
    let mut explorer = after("5jn");
    explorer.keys("yy").unwrap();
    explorer.keys("ya").unwrap();
    explorer.keys("yf").unwrap();
    explorer.keys("yn").unwrap();
    let copied: Vec<&str> = explorer.copied().collect();
    assert_eq!(copied[0], "scripts/settle_day.py:40");
    assert_eq!(copied[1], "# fragscope: allow[ghost-import] ");
    assert!(copied[2].starts_with("- **error** ghost-import, scripts/settle\\_day.py:40: "));
    assert_eq!(copied[3], "backend.app.payments.processor.PaymentProcessor");
}

#[test]
fn findings_are_filtered_by_word_rule_path_severity_and_state() {
    let all = json_of(&["findings", "--demo", "--format", "json"]);
    let rows = all["rows"].as_array().unwrap();
    let of_all = format!(" of {}", rows.len());
    let left = |filter: &str| {
        let page = shown(&after(&format!("5/{filter}<enter>")));
        let before = page.split(&of_all).next().unwrap_or_default();
        before.rsplit(' ').next().unwrap_or_default().parse().unwrap_or(usize::MAX)
    };
    let count = |key: &str, value: &str| {
        rows.iter().filter(|row| row[key].as_str().unwrap().contains(value)).count()
    };
    assert_eq!(left("rule:singleton"), count("rule", "singleton"));
    assert_eq!(left("severity:error"), count("severity", "error"));
    assert_eq!(left("path:payments"), count("path", "payments"));
    assert_eq!(left("state:new"), rows.len());
    assert_eq!(left("!severity:info"), rows.len() - count("severity", "info"));
    assert!(left("redis") > 0);
    assert!(shown(&after("5/state:known<enter>")).contains("no row fits; state here: new"));
}

#[test]
fn the_findings_of_the_screen_are_those_of_the_command() {
    let all = json_of(&["findings", "--demo", "--format", "json"]);
    let rows = all["rows"].as_array().unwrap();
    let page = shown(&after("5"));
    assert!(page.contains(&format!("{} findings: ", rows.len())), "{page}");
    let given = after("5xJSON<down><enter>");
    let given: serde_json::Value = serde_json::from_str(given.copied().last().unwrap()).unwrap();
    let given = given["panes"][0]["rows"].as_array().unwrap();
    let key = |row: &serde_json::Value| {
        (row["fingerprint"].to_string(), row["line"].as_f64(), row["message"].to_string())
    };
    let mut of_screen: Vec<_> = given.iter().map(key).collect();
    let mut of_command: Vec<_> = rows.iter().map(key).collect();
    of_screen.sort_by(|a, b| a.partial_cmp(b).unwrap());
    of_command.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(of_screen, of_command);
}

fn json_of(arguments: &[&str]) -> serde_json::Value {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fragscope"));
    serde_json::from_slice(&command.args(arguments).output().unwrap().stdout).unwrap()
}

#[test]
fn findings_stand_against_the_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let endpoint = |port: u16| format!("import os\nURL = 'http://localhost:{port}/orders'\n");
    write("old.py", &endpoint(8001));
    write("gone.py", &endpoint(8002));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fragscope"));
    let init = command.args(["baseline", "init"]).arg("--root").arg(folder.path());
    assert_eq!(init.output().unwrap().status.code(), Some(0));
    write("gone.py", "import os\n\n\ndef name():\n    return os.name\n");
    write("fresh.py", &endpoint(8003));
    let allowed = "# fragscope: allow-file[hardcoded-endpoint] it is for the desk\n";
    write("allowed.py", &format!("{allowed}{}", endpoint(8004)));
    let tree = Tree {
        folder: Some(folder.path().to_owned()),
        options: fragscope::engine::Options::default(),
    };
    let mut explorer = Headless::new(tree, plain_start("tree"), Rect::new(0, 0, 120, 40));
    explorer.keys("5+").unwrap();
    let page = shown(&explorer);
    let head = "2 findings: 0 errors, 2 warnings, 0 info; 1 new, 1 known, 1 stale; 1 suppressed";
    assert!(page.contains(head), "{page}");
    let state = |name: &str| {
        let line = page.lines().find(|line| line.contains(name)).unwrap();
        let line = line.split('┃').nth(1).unwrap();
        ["new", "known", "suppressed"].into_iter().find(|word| line.contains(word))
    };
    assert_eq!(state("fresh.py:2"), Some("new"));
    assert_eq!(state("old.py:2"), Some("known"));
    assert_eq!(state("allowed.py:3"), Some("suppressed"));
    explorer.keys("/state:suppressed<enter>n").unwrap();
    assert!(shown(&explorer).contains("suppressed: it is for the desk"), "{}", shown(&explorer));
}

#[test]
fn notes_hang_on_a_finding_and_a_mark_leads_back_to_it() {
    let mut explorer = after("5jna");
    explorer.keys("who calls this?<enter>").unwrap();
    assert!(shown(&explorer).contains("who calls this?"));
    explorer.keys("A").unwrap();
    let page = shown(&explorer);
    assert!(page.contains("ghost-import scripts/settle_day.py:40: who calls this?"), "{page}");
    explorer.keys("<esc>mb--1'b").unwrap();
    let page = shown(&explorer);
    assert!(page.contains("scripts/settle_day.py:40") && page.contains("The rule"), "{page}");
}

#[test]
fn the_gutter_tells_what_the_rules_found() {
    let mut explorer = after("5jn<enter>");
    let page = shown(&explorer);
    assert!(page.contains(" 40E"), "{page}");
    let last = page.lines().last().unwrap();
    assert!(last.contains("error ghost-import: `backend.app.payments.processor"), "{last}");
    explorer.keys("j").unwrap();
    assert!(!shown(&explorer).lines().last().unwrap().contains("ghost-import"));
    // What is told below goes with the line; `n` and `N` go from finding to finding, and behind the last to the first.
    let here = |explorer: &Headless| shown(explorer).lines().last().unwrap().to_owned();
    explorer.keys("n").unwrap();
    assert!(here(&explorer).contains("error ghost-import"), "{}", here(&explorer));
    explorer.keys("GNN").unwrap();
    assert!(here(&explorer).contains("error ghost-import"), "{}", here(&explorer));
    explorer.keys("gg1<tab><tab>n").unwrap();
    assert!(here(&explorer).contains("no rule found anything in this file"), "{}", here(&explorer));
    let small = {
        let mut small = demo(60, 16);
        small.keys("5jn<enter>").unwrap();
        small
    };
    assert!(here(&small).contains("error ghost-import"), "{}", here(&small));
}

/// Numbers without a generator of the system, so that a failure comes back.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

const KEYS: &[&str] = &[
    "j",
    "k",
    "gg",
    "G",
    "<ctrl-d>",
    "<ctrl-u>",
    "<pgdn>",
    "h",
    "l",
    "<tab>",
    "<backtab>",
    "<enter>",
    "[",
    "]",
    "1",
    "2",
    "3",
    "4",
    "5",
    "d",
    "i",
    "r",
    "s",
    "w",
    "<space>",
    "|",
    "n",
    "N",
    "/",
    "<esc>",
    "o",
    "O",
    "z",
    "<lt>",
    ">",
    "?",
    ":",
    "f",
    "T",
    "M",
    "A",
    "J",
    "a",
    "m",
    "'",
    "x",
    "yy",
    "yn",
    "yi",
    "ym",
    "ya",
    "yf",
    "+",
    "-",
    "P",
    "%",
    "p",
    "e",
    "<backspace>",
    "<up>",
    "<down>",
    "t",
    "<f5>",
    "q",
    "<ctrl-c>",
    "ö",
    "漢",
];

#[test]
fn ten_thousand_random_steps_do_not_make_it_stumble() {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let mut explorer = demo(120, 40);
    let mut last: Vec<&str> = Vec::new();
    for step in 0..10_000 {
        if dice.roll(12) == 0 {
            let (width, height) = (dice.roll(250) as u16 + 1, dice.roll(80) as u16 + 1);
            explorer.resize(width, height);
        }
        // Scanning anew takes its time and is seldom.
        let key = KEYS[dice.roll(KEYS.len())];
        if matches!(key, "t" | "<f5>") && dice.roll(20) > 0 {
            continue;
        }
        last.push(key);
        if last.len() > 20 {
            last.remove(0);
        }
        explorer.keys(key).unwrap();
        explorer.asked.clear();
        assert!(explorer.cursors_are_in_sight(), "step {step}: {last:?}");
        if step % 3 == 0 {
            explorer.frame();
        }
    }
}

#[test]
fn every_size_can_be_drawn() {
    let mut explorer = demo(80, 24);
    for (width, height) in
        (0..64).map(|n| (n, 64 - n)).chain([(0, 0), (1, 1), (500, 200), (30, 8), (29, 8)])
    {
        explorer.resize(width, height);
        explorer.frame();
        explorer.keys("j3<enter>1?<esc>").unwrap();
    }
}

/// Names and code that want to steer the terminal, in a tree on the disk.
#[cfg(unix)]
#[test]
fn nothing_of_a_hostile_tree_reaches_the_screen_raw() {
    let folder = tempfile::tempdir().unwrap();
    let evil = "a\x1b]0;owned\x07\u{202e}b\u{200b}";
    fs::create_dir(folder.path().join("pkg")).unwrap();
    fs::write(folder.path().join("pkg/__init__.py"), "").unwrap();
    for name in [format!("pkg/{evil}.py"), "pkg/two.py".to_owned()] {
        let code =
            "class Twin:\n    def go(self):\n        return '\x1b[31m\u{202e}\x07'  # \u{9b}2J\n";
        fs::write(folder.path().join(name), code).unwrap();
    }
    fs::write(folder.path().join("use.py"), "from pkg.two import Twin\nfrom pkg.gone import X\n")
        .unwrap();
    let tree = Tree {
        folder: Some(folder.path().to_owned()),
        options: fragscope::engine::Options::default(),
    };
    let area = Rect::new(0, 0, 120, 40);
    let mut explorer = Headless::new(tree, plain_start(evil), area);
    for keys in [
        "",
        "<enter>j",
        "<tab>",
        "3<enter><enter><enter>",
        "4",
        "f",
        "two<enter>",
        "J",
        "<esc>M",
        "<esc>x",
    ] {
        explorer.keys(keys).unwrap();
        for cell in &explorer.frame().content {
            let odd = cell
                .symbol()
                .chars()
                .find(|c| c.is_control() || matches!(c, '\u{202e}' | '\u{200b}'));
            assert_eq!(odd, None, "after {keys}");
        }
    }
    explorer.keys("<esc>1<enter>").unwrap();
    let page = shown(&explorer);
    assert!(page.contains("\\x1b]0;owned"), "{page}");
}
