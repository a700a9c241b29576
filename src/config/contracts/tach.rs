//! A `tach.toml`, or `[tool.tach]` of a pyproject, with the `tach.domain.toml` files below its source roots.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use regex_automata::meta::{Config as Limits, Regex};

use super::page::{Item, Page, Table};
use crate::analysis::contracts::{
    Dependency, Interface, Layer, LocalImports, Module, RootPolicy, SourceRoot, Tach, Unknown,
};
use crate::source::ignored::globs;
use crate::source::read::{SMALL, read_path};
use crate::source::{Tree, TreePath};

const DOMAIN: &str = "tach.domain.toml";
const DOMAIN_ROOT: &str = "<domain_root>";

/// Keys whose values have no bearing on what `tach check` finds.
const IDLE: [&str; 5] = ["cache", "external", "map", "disable_logging", "respect_gitignore"];

/// What a file says, and the domain files that belong to it; nothing if it does not speak of Tach.
pub fn read(page: &Page, tree: &Tree) -> anyhow::Result<Option<(Tach, Vec<String>)>> {
    let is_pyproject = page.file.ends_with(super::PYPROJECT);
    if !page.is_toml() || (is_pyproject && !page.text.contains("tach")) {
        return Ok(None);
    }
    let table = match page.toml() {
        Ok(table) => table,
        Err(_) if is_pyproject => return Ok(None),
        Err(error) => return Err(error),
    };
    let top = Table::top(page, &table);
    let table = match top.table("tool")? {
        Some(tool) => tool.table("tach")?,
        None => (!is_pyproject).then_some(top),
    };
    let Some(table) = table else { return Ok(None) };
    let project = page.file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut tach = project_of(page, &table, tree, project)?;
    let mut domains = Vec::new();
    for (file, module) in domain_files(tree, &tach.roots) {
        let Ok(bytes) = read_path(tree, &TreePath::new(&file), SMALL) else { continue };
        let text = String::from_utf8(bytes);
        let text = text.map_err(|_| anyhow::anyhow!("the contract file {file} is no UTF-8"))?;
        domain(&Page::new(&file, &text), &module, &mut tach)?;
        domains.push(file);
    }
    Ok(Some((tach, domains)))
}

fn project_of(page: &Page, table: &Table, tree: &Tree, project: &str) -> anyhow::Result<Tach> {
    let flag = |key: &str, otherwise| table.flag(key).map(|flag| flag.unwrap_or(otherwise));
    let mut unknown = table.unknown(
        &[
            &IDLE[..],
            &[
                "modules",
                "interfaces",
                "layers",
                "exclude",
                "source_roots",
                "exact",
                "ignore_type_checking_imports",
                "include_string_imports",
                "forbid_circular_dependencies",
                "layers_explicit_depends_on",
                "root_module",
                "rules",
            ],
        ]
        .concat(),
        "",
    );
    for key in ["exact", "include_string_imports"] {
        if flag(key, false)? {
            unknown.extend(
                table
                    .keys()
                    .filter(|(name, ..)| *name == key)
                    .map(|(_, _, line)| Unknown { key: format!("{key} = true"), line }),
            );
        }
    }
    let mut local_imports = LocalImports::Error;
    if let Some(rules) = table.table("rules")? {
        local_imports = match rules.text("local_imports")? {
            None | Some("error") => LocalImports::Error,
            Some("warn") => LocalImports::Warn,
            Some("off") => LocalImports::Off,
            Some(_) => return Err(rules.error("local_imports", "should be error, warn or off")),
        };
        let known = ["local_imports", "unused_external_dependencies"];
        unknown.extend(rules.unknown(&known, "rules."));
    }
    let layers = table.items("layers")?.unwrap_or_default().into_iter().map(|item| match item {
        Item::Text(name) => Ok(Layer { name: name.to_owned(), closed: false }),
        Item::Table(layer) => Ok(Layer {
            name: layer.text("name")?.ok_or_else(|| layer.error("name", "is missing"))?.to_owned(),
            closed: layer.flag("closed")?.unwrap_or(false),
        }),
    });
    let mut tach = Tach {
        file: page.file.to_owned(),
        roots: roots(table, tree, project)?,
        excluded: excluded(table, tree, project)?,
        layers: layers.collect::<anyhow::Result<_>>()?,
        explicit_layers: flag("layers_explicit_depends_on", false)?,
        modules: Vec::new(),
        interfaces: Vec::new(),
        without_typing: flag("ignore_type_checking_imports", true)?,
        no_rings: flag("forbid_circular_dependencies", false)?,
        root_policy: match table.text("root_module")? {
            None | Some("ignore") => RootPolicy::Ignore,
            Some("allow") => RootPolicy::Allow,
            Some("dependenciesonly") => RootPolicy::DependenciesOnly,
            Some("forbid") => RootPolicy::Forbid,
            Some(_) => {
                return Err(table
                    .error("root_module", "should be ignore, allow, dependenciesonly or forbid"));
            }
        },
        local_imports,
        unknown,
    };
    modules(page, table, None, &mut tach)?;
    interfaces(table, None, &mut tach)?;
    Ok(tach)
}

/// The folders from which names are counted, in the order of the file.
fn roots(table: &Table, tree: &Tree, project: &str) -> anyhow::Result<Vec<SourceRoot>> {
    let written = table.texts("source_roots")?.unwrap_or_else(|| vec![".".to_owned()]);
    let mut folders: Vec<String> = Vec::new();
    for root in &written {
        let root = root.trim_start_matches("./").trim_end_matches('/');
        let path = if root == "." { String::new() } else { root.to_owned() };
        let path = joined(project, &path);
        if has_wildcard(root) {
            let glob = glob(&path).map_err(|said| table.error("source_roots", &said))?;
            let all = tree.folders.iter().map(TreePath::as_str);
            folders.extend(all.filter(|folder| glob.is_match(folder)).map(str::to_owned));
        } else {
            folders.push(path);
        }
    }
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(folder.clone()));
    let root = |folder: String| SourceRoot { package: package(tree, &folder, project), folder };
    Ok(folders.into_iter().map(root).collect())
}

/// The nearest folder up to the project's that holds what makes a package.
fn package(tree: &Tree, folder: &str, project: &str) -> String {
    let holds = |folder: &str| {
        ["pyproject.toml", "setup.py", "requirements.txt"].iter().any(|name| {
            let path = joined(folder, name);
            tree.entry(&path).is_some() || tree.manifests.iter().any(|other| other.as_str() == path)
        })
    };
    let mut folder = folder;
    while folder != project && !holds(folder) {
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        if folder.len() < project.len() {
            return project.to_owned();
        }
    }
    folder.to_owned()
}

fn excluded(table: &Table, tree: &Tree, project: &str) -> anyhow::Result<BTreeSet<String>> {
    let patterns = table.texts("exclude")?.unwrap_or_default();
    let patterns =
        globs(&patterns).map_err(|error| table.error("exclude", &format!("{error:#}")))?;
    let inside = tree.below(project).iter().filter(|entry| {
        let path = entry.path.as_str();
        let path = path.strip_prefix(project).unwrap_or(path).trim_start_matches('/');
        patterns.matched_path_or_any_parents(path, false).is_ignore()
    });
    Ok(inside.map(|entry| entry.path.as_str().to_owned()).collect())
}

/// Domain files below the source roots, each with the dotted name of its folder.
fn domain_files(tree: &Tree, roots: &[SourceRoot]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in tree.folders.iter().map(TreePath::as_str).filter(|folder| !folder.is_empty()) {
        let below = |root: &&SourceRoot| {
            root.folder.is_empty()
                || folder
                    .strip_prefix(root.folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let Some(root) = roots.iter().filter(below).max_by_key(|root| root.folder.len()) else {
            continue;
        };
        let module = folder[root.folder.len()..].trim_start_matches('/').replace('/', ".");
        found.push((joined(folder, DOMAIN), module));
    }
    found
}

fn domain(page: &Page, module: &str, tach: &mut Tach) -> anyhow::Result<()> {
    let table = page.toml()?;
    let table = Table::top(page, &table);
    if let Some(root) = table.table("root")? {
        one_module(page, &root, DOMAIN_ROOT, Some(module), tach)?;
    }
    modules(page, &table, Some(module), tach)?;
    interfaces(&table, Some(module), tach)?;
    tach.unknown
        .extend(table.unknown(&["root", "modules", "interfaces"], &format!("{}: ", page.file)));
    Ok(())
}

/// A dotted name of a domain file: relative to its folder, unless it begins with `//`.
fn resolved(name: &str, domain: Option<&str>) -> String {
    match domain {
        None => name.to_owned(),
        Some(domain) if name == DOMAIN_ROOT => domain.to_owned(),
        Some(domain) => match name.strip_prefix("//") {
            Some(absolute) => absolute.to_owned(),
            None => format!("{domain}.{name}"),
        },
    }
}

fn modules(
    page: &Page,
    table: &Table,
    domain: Option<&str>,
    tach: &mut Tach,
) -> anyhow::Result<()> {
    for module in table.tables("modules")? {
        match (module.text("path")?, module.texts("paths")?) {
            (Some(path), None) => one_module(page, &module, path, domain, tach)?,
            (None, Some(paths)) => {
                for path in &paths {
                    one_module(page, &module, path, domain, tach)?;
                }
            }
            (Some(_), Some(_)) => {
                return Err(module.error("paths", "stands beside `path`: only one of them can"));
            }
            (None, None) => return Err(module.error("path", "is missing")),
        }
    }
    Ok(())
}

fn one_module(
    page: &Page,
    module: &Table,
    path: &str,
    domain: Option<&str>,
    tach: &mut Tach,
) -> anyhow::Result<()> {
    let path = resolved(path, domain);
    let path = if path == "." { "<root>".to_owned() } else { path };
    let visibility = module.texts("visibility")?.map(|list| {
        let globs = list.iter().map(|name| {
            glob(&resolved(name, domain)).map_err(|said| module.error("visibility", &said))
        });
        globs.collect::<anyhow::Result<Vec<GlobMatcher>>>()
    });
    let known = [
        "path",
        "paths",
        "depends_on",
        "cannot_depend_on",
        "layer",
        "visibility",
        "utility",
        "unchecked",
        // For `tach check-external`, which asks about packages outside.
        "depends_on_external",
        "cannot_depend_on_external",
    ];
    tach.unknown.extend(module.unknown(&known, &format!("{path}: ")));
    tach.modules.push(Module {
        glob: module_glob(&path).map_err(|said| module.error("path", &said))?,
        depends_on: dependencies(module, "depends_on", domain)?,
        barred: dependencies(module, "cannot_depend_on", domain)?.unwrap_or_default(),
        layer: module.text("layer")?.map(str::to_owned),
        visibility: visibility.transpose()?,
        utility: module.flag("utility")?.unwrap_or(false),
        unchecked: module.flag("unchecked")?.unwrap_or(false),
        file: page.file.to_owned(),
        line: module.line,
        path,
    });
    Ok(())
}

fn dependencies(
    module: &Table,
    key: &str,
    domain: Option<&str>,
) -> anyhow::Result<Option<Vec<Dependency>>> {
    let Some(items) = module.items(key)? else { return Ok(None) };
    let dependencies = items.into_iter().map(|item| {
        let (path, deprecated) = match item {
            Item::Text(path) => (path, false),
            Item::Table(table) => (
                table.text("path")?.ok_or_else(|| table.error("path", "is missing"))?,
                table.flag("deprecated")?.unwrap_or(false),
            ),
        };
        let path = resolved(path, domain);
        let glob = module_glob(&path).map_err(|said| module.error(key, &said))?;
        Ok(Dependency { path, glob, deprecated })
    });
    dependencies.collect::<anyhow::Result<_>>().map(Some)
}

fn interfaces(table: &Table, domain: Option<&str>, tach: &mut Tach) -> anyhow::Result<()> {
    for interface in table.tables("interfaces")? {
        let regexes = |key: &str, list: Vec<String>| {
            let all = list
                .iter()
                .map(|pattern| regex(pattern).map_err(|said| interface.error(key, &said)));
            all.collect::<anyhow::Result<Vec<Regex>>>()
        };
        let expose =
            interface.texts("expose")?.ok_or_else(|| interface.error("expose", "is missing"))?;
        let from = match interface.texts("from")? {
            Some(list) => list.iter().map(|name| resolved(name, domain)).collect(),
            None => vec![resolved(".*", domain)],
        };
        let visibility = interface.texts("visibility")?;
        let visibility =
            visibility.map(|list| list.iter().map(|name| resolved(name, domain)).collect());
        if interface.text("data_types")?.is_some_and(|types| types != "all") {
            tach.unknown
                .push(Unknown { key: "interfaces.data_types".to_owned(), line: interface.line });
        }
        let known = ["expose", "from", "visibility", "data_types", "exclusive"];
        tach.unknown.extend(interface.unknown(&known, "interfaces."));
        tach.interfaces.push(Interface {
            expose: regexes("expose", expose)?,
            from: regexes("from", from)?,
            visibility,
            exclusive: interface.flag("exclusive")?.unwrap_or(false),
        });
    }
    Ok(())
}

fn has_wildcard(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', ']', '{', '}'])
}

/// What a dotted pattern means, over paths without their source root; nothing for a plain name.
fn module_glob(path: &str) -> Result<Option<GlobMatcher>, String> {
    if !has_wildcard(path) {
        return Ok(None);
    }
    let mut pattern = path.replace('.', "/");
    // The folder itself is meant, too.
    if let Some(folder) = pattern.strip_suffix("/**") {
        pattern = format!("{folder}{{,/**}}");
    }
    glob(&format!("{pattern}{{,.py,.pyi}}")).map(Some)
}

fn glob(pattern: &str) -> Result<GlobMatcher, String> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).empty_alternates(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| format!("`{pattern}`: {}", error.kind()))
}

/// A pattern that has to match a whole name.
fn regex(pattern: &str) -> Result<Regex, String> {
    // A pattern made to fill the memory is an error like any other.
    let limits = Limits::new().nfa_size_limit(Some(1 << 20));
    let built = Regex::builder().configure(limits).build(&format!("^{pattern}$"));
    built.map_err(|error| match error.syntax_error() {
        Some(syntax) => {
            format!("`{pattern}` is no regular expression: {}", syntax_words(&syntax.to_string()))
        }
        None => format!("`{pattern}` is no regular expression that can be used: {error}"),
    })
}

/// The last line of what the parser draws.
fn syntax_words(drawn: &str) -> String {
    let last = drawn.lines().last().unwrap_or_default();
    last.trim_start_matches("error: ").to_owned()
}

fn joined(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> anyhow::Result<Option<(Tach, Vec<String>)>> {
        let tree = Tree::from_text(text);
        let bytes = read_path(&tree, &TreePath::new("tach.toml"), SMALL).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        read(&Page::new("tach.toml", &text), &tree)
    }

    const TREE: &str = "# file: src/a/__init__.py\n# file: src/b/x.py\n# file: src/b/tests/t.py\n# file: src/pyproject.toml\n";

    #[test]
    fn modules_layers_and_interfaces_are_read() {
        let text = format!(
            "{TREE}# file: tach.toml\nsource_roots = [\"src\"]\nexclude = [\"**/tests\"]\nexact = true\n\
             layers = [\"ui\", {{ name = \"core\", closed = true }}]\nroot_module = \"forbid\"\n\
             [[modules]]\npaths = [\"a\", \"b.**\"]\ndepends_on = [\"c\", {{ path = \"d\", deprecated = true }}]\nlayer = \"ui\"\n\
             [[modules]]\npath = \"c\"\nutility = true\nowner = \"x\"\ndepends_on_external = []\n\
             [[interfaces]]\nexpose = [\"api.*\"]\nfrom = [\"c\"]\nvisibility = [\"a\"]\n[rules]\nlocal_imports = \"warn\"\n"
        );
        let (tach, domains) = of(&text).unwrap().unwrap();
        assert!(domains.is_empty());
        assert_eq!(tach.roots, [SourceRoot { folder: "src".into(), package: "src".into() }]);
        assert_eq!(tach.excluded.iter().collect::<Vec<_>>(), ["src/b/tests/t.py"]);
        assert!(tach.layers[1].closed && !tach.layers[0].closed);
        assert_eq!(
            (tach.root_policy, tach.local_imports),
            (RootPolicy::Forbid, LocalImports::Warn)
        );
        let [first, second, third] = tach.modules.as_slice() else { panic!("three modules") };
        assert_eq!((first.path.as_str(), second.path.as_str(), first.line), ("a", "b.**", 6));
        assert!(
            second.glob.as_ref().is_some_and(|glob| glob.is_match("b/x.py") && glob.is_match("b"))
        );
        assert!(first.depends_on.as_ref().is_some_and(|list| list[1].deprecated));
        assert!(third.utility && third.depends_on.is_none());
        let unknown: Vec<&str> = tach.unknown.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(unknown, ["exact = true", "c: owner"]);
        assert!(
            tach.interfaces[0].expose[0].is_match("api.x")
                && !tach.interfaces[0].expose[0].is_match("x.api")
        );
    }

    #[test]
    fn domain_files_count_from_their_folder() {
        let text = format!(
            "{TREE}# file: tach.toml\nsource_roots = [\"src\"]\n# file: src/b/tach.domain.toml\n[root]\ndepends_on = [\"//a\"]\n\
             [[modules]]\npath = \"x\"\ndepends_on = [\"<domain_root>\"]\n[[interfaces]]\nexpose = [\"f\"]\nfrom = [\"x\"]\n"
        );
        let (tach, domains) = of(&text).unwrap().unwrap();
        assert_eq!(domains, ["src/b/tach.domain.toml"]);
        let told: Vec<(&str, &str)> = tach
            .modules
            .iter()
            .map(|module| {
                (module.path.as_str(), module.depends_on.as_ref().unwrap()[0].path.as_str())
            })
            .collect();
        assert_eq!(told, [("b", "a"), ("b.x", "b")]);
        assert!(tach.interfaces[0].from[0].is_match("b.x"));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, expected) in [
            ("modules = 3\n", "line 1: `modules` should be a list of tables"),
            ("[[modules]]\nutility = true\n", "line 1: `path` is missing"),
            (
                "[[modules]]\npath = \"a\"\nutility = \"no\"\n",
                "line 3: `utility` should be true or false",
            ),
            (
                "[[modules]]\npath = \"a\"\ndepends_on = [3]\n",
                "line 3: `depends_on` holds something",
            ),
            ("x = 1\nroot_module = \"maybe\"\n", "line 2: `root_module` should be ignore"),
            (
                "[[interfaces]]\nexpose = [\"(a\"]\n",
                "line 2: `expose` `(a` is no regular expression: unclosed group",
            ),
            ("[[interfaces]]\nfrom = [\"a\"]\n", "line 1: `expose` is missing"),
            (
                "[rules]\nlocal_imports = \"loud\"\n",
                "line 2: `local_imports` should be error, warn or off",
            ),
            ("layers = [\n", "line 1: "),
        ] {
            let said = of(&format!("# file: tach.toml\n{text}")).unwrap_err().to_string();
            assert!(said.contains(expected) && said.contains("tach.toml"), "{said}");
        }
    }
}
