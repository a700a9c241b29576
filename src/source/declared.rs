//! What a project says it depends on, as names that can be imported.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{
    read::read_small_text,
    tree::{Tree, TreePath},
};

/// Top-level names, in lower case, of the packages that the project's manifests ask for.
pub fn declared(tree: &Tree) -> BTreeSet<String> {
    let mut distributions = BTreeSet::new();
    let setup_scripts =
        tree.entries.iter().map(|entry| &entry.path).filter(|path| path.file_name() == "setup.py");
    for path in tree.manifests.iter().chain(setup_scripts) {
        let Some(text) = read_small_text(tree, path) else { continue };
        distributions.extend(distributions_of(path, &text));
    }
    distributions.iter().flat_map(|name| modules_of(name)).collect()
}

fn distributions_of(path: &TreePath, text: &str) -> Vec<String> {
    let lines: Vec<String> = match path.file_name() {
        "pyproject.toml" => of_pyproject(text),
        "Pipfile" => of_pipfile(text),
        "setup.cfg" => super::ini::values(text, "options", "install_requires")
            .chain(super::ini::section(text, "options.extras_require").map(|(_, value)| value))
            .flat_map(|value| value.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect(),
        "setup.py" => ["install_requires", "extras_require", "tests_require", "setup_requires"]
            .into_iter()
            .flat_map(|key| super::ini::strings_after(text, key))
            .collect(),
        "environment.yml" | "environment.yaml" => of_environment(text),
        "pytest.ini" | ".pytest.ini" | "tox.ini" => Vec::new(),
        _ => of_requirements(text),
    };
    lines.iter().filter_map(|line| distribution(line)).collect()
}

fn of_pyproject(text: &str) -> Vec<String> {
    let Ok(root) = text.parse::<Table>() else { return Vec::new() };
    let mut requirements = Vec::new();
    if let Some(project) = table(&root, &["project"]) {
        requirements.extend(strings(project.get("dependencies")));
        requirements.extend(lists(project.get("optional-dependencies")));
    }
    requirements.extend(lists(root.get("dependency-groups")));
    if let Some(uv) = table(&root, &["tool", "uv"]) {
        requirements.extend(strings(uv.get("dev-dependencies")));
    }
    if let Some(poetry) = table(&root, &["tool", "poetry"]) {
        requirements.extend(keys(poetry.get("dependencies")));
        requirements.extend(keys(poetry.get("dev-dependencies")));
        let groups = poetry.get("group").and_then(Value::as_table);
        for (_, group) in groups.into_iter().flatten() {
            requirements.extend(keys(group.get("dependencies")));
        }
    }
    requirements
}

fn of_pipfile(text: &str) -> Vec<String> {
    let Ok(root) = text.parse::<Table>() else { return Vec::new() };
    ["packages", "dev-packages"].into_iter().flat_map(|section| keys(root.get(section))).collect()
}

/// The lines of a requirements file; none if it is mostly something else, for people name their prose so too.
fn of_requirements(text: &str) -> Vec<String> {
    let is_requirement = |line: &&str| {
        !line.is_empty() && !line.starts_with(['#', '-', '.', '/']) && !line.contains("://")
    };
    let lines: Vec<&str> = text.lines().map(str::trim).filter(is_requirement).collect();
    let n_understood = lines.iter().filter(|line| distribution(line).is_some()).count();
    if n_understood * 4 < lines.len() * 3 {
        return Vec::new();
    }
    text.lines().map(str::to_owned).collect()
}

/// The `- name=1.0` items of a conda environment, and those of its `pip:` list.
fn of_environment(text: &str) -> Vec<String> {
    let mut in_dependencies = false;
    let mut names = Vec::new();
    for line in text.lines() {
        let is_key = line.starts_with(|first: char| first.is_alphabetic());
        if is_key {
            in_dependencies = line.starts_with("dependencies:");
        } else if let Some(item) = line.trim().strip_prefix("- ")
            && in_dependencies
        {
            // `channel::name=version=build`
            let item = item.rsplit("::").next().unwrap_or(item).trim_matches(['"', '\'']);
            names.push(item.split('=').next().unwrap_or(item).to_owned());
        }
    }
    names
}

/// `requests` in `requests[socks] >= 2.0 ; python_version < "3.9"  # why`; none for `-r other.txt` or a path.
fn distribution(requirement: &str) -> Option<String> {
    let requirement = requirement.trim();
    // `-e git+https://…#egg=name` and `https://…#egg=name`
    if let Some((_, egg)) = requirement.split_once("#egg=") {
        return distribution(egg);
    }
    let is_of_name =
        |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    let end = requirement.find(|character| !is_of_name(character)).unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    let begins_well = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    let rest = rest.trim_start();
    let is_requirement = rest.is_empty()
        || rest.starts_with("==")
        || rest.starts_with(['<', '>', '!', '~', '[', ';', '#', '@', '(', '\\']);
    let has_letter = name.contains(|character: char| character.is_ascii_alphabetic());
    let name = name.trim_end_matches(['.', '-', '_']).to_ascii_lowercase().replace(['_', '.'], "-");
    (begins_well && has_letter && is_requirement && name != "python").then_some(name)
}

/// What is imported from a distribution: its own name, and the names that are known to differ.
fn modules_of(distribution: &str) -> Vec<String> {
    let mut modules = vec![distribution.replace('-', "_")];
    if let Ok(at) = DIFFERING.binary_search_by_key(&distribution, |(name, _)| name) {
        modules.extend(DIFFERING[at].1.iter().map(|name| (*name).to_owned()));
    }
    for (prefix, module) in FAMILIES {
        if distribution.starts_with(prefix) {
            modules.push((*module).to_owned());
        }
    }
    // `python-slugify` → `slugify`, `ldap3-python` → `ldap3`
    let bare =
        distribution.strip_prefix("python-").or_else(|| distribution.strip_suffix("-python"));
    modules.extend(bare.map(|bare| bare.replace('-', "_")));
    modules
}

/// Distributions of one family live in one namespace.
const FAMILIES: &[(&str, &str)] = &[
    ("apache-airflow-providers-", "airflow"),
    ("azure-", "azure"),
    ("google-", "google"),
    ("llama-index-", "llama_index"),
    ("opentelemetry-", "opentelemetry"),
    ("sphinxcontrib-", "sphinxcontrib"),
    ("zope-", "zope"),
];

/// Distributions whose modules have another name, sorted.
const DIFFERING: &[(&str, &[&str])] = &[
    ("apache-airflow", &["airflow"]),
    ("apache-airflow-core", &["airflow"]),
    ("argon2-cffi", &["argon2"]),
    ("attrs", &["attr"]),
    ("beautifulsoup4", &["bs4"]),
    ("biopython", &["bio"]),
    ("discord-py", &["discord"]),
    ("django-cors-headers", &["corsheaders"]),
    ("django-debug-toolbar", &["debug_toolbar"]),
    ("django-environ", &["environ"]),
    ("django-filter", &["django_filters"]),
    ("djangorestframework", &["rest_framework"]),
    ("dnspython", &["dns"]),
    ("docker-py", &["docker"]),
    ("faiss-cpu", &["faiss"]),
    ("gitpython", &["git"]),
    ("google-api-python-client", &["apiclient", "googleapiclient"]),
    ("grpcio", &["grpc"]),
    ("grpcio-health-checking", &["grpc_health"]),
    ("grpcio-status", &["grpc_status"]),
    ("grpcio-tools", &["grpc_tools"]),
    ("kafka-python", &["kafka"]),
    ("markdown-it-py", &["markdown_it"]),
    ("msgpack-python", &["msgpack"]),
    ("mysql-connector-python", &["mysql"]),
    ("mysqlclient", &["mysqldb"]),
    ("opencv-contrib-python", &["cv2"]),
    ("opencv-python", &["cv2"]),
    ("opencv-python-headless", &["cv2"]),
    ("paho-mqtt", &["paho"]),
    ("pillow", &["pil"]),
    ("protobuf", &["google"]),
    ("psycopg-binary", &["psycopg"]),
    ("psycopg2-binary", &["psycopg2"]),
    ("py-cpuinfo", &["cpuinfo"]),
    ("pycryptodome", &["crypto"]),
    ("pycryptodomex", &["cryptodome"]),
    ("pygithub", &["github"]),
    ("pyjwt", &["jwt"]),
    ("pymupdf", &["fitz"]),
    ("pynacl", &["nacl"]),
    ("pyopenssl", &["openssl"]),
    ("pyserial", &["serial"]),
    ("pytest", &["_pytest"]),
    ("python-dateutil", &["dateutil"]),
    ("python-docx", &["docx"]),
    ("python-dotenv", &["dotenv"]),
    ("python-jose", &["jose"]),
    ("python-json-logger", &["pythonjsonlogger"]),
    ("python-ldap", &["ldap"]),
    ("python-magic", &["magic"]),
    ("python-memcached", &["memcache"]),
    ("python-multipart", &["multipart"]),
    ("python-pptx", &["pptx"]),
    ("python-socketio", &["socketio"]),
    ("python-telegram-bot", &["telegram"]),
    ("pywin32", &["pythoncom", "pywintypes", "win32api", "win32con"]),
    ("pyyaml", &["yaml"]),
    ("pyzmq", &["zmq"]),
    ("ruamel-yaml", &["ruamel"]),
    ("scikit-image", &["skimage"]),
    ("scikit-learn", &["sklearn"]),
    ("setuptools", &["_distutils_hack", "pkg_resources"]),
    ("speechrecognition", &["speech_recognition"]),
    ("tensorflow-cpu", &["tensorflow"]),
    ("tensorflow-gpu", &["tensorflow"]),
    ("torch", &["functorch", "torchgen"]),
    ("umap-learn", &["umap"]),
    ("websocket-client", &["websocket"]),
];

pub(super) fn table<'a>(root: &'a Table, path: &[&str]) -> Option<&'a Table> {
    path.iter().try_fold(root, |table, key| table.get(*key)?.as_table())
}

/// A string, or the strings of a list.
pub(super) fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => {
            several.iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

fn lists(value: Option<&Value>) -> Vec<String> {
    let groups = value.and_then(Value::as_table);
    groups.into_iter().flatten().flat_map(|(_, list)| strings(Some(list))).collect()
}

fn keys(value: Option<&Value>) -> Vec<String> {
    let table = value.and_then(Value::as_table);
    table.into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tree: &str, expected: &[&str]) {
        let found: Vec<String> = declared(&Tree::from_text(tree)).into_iter().collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn pyproject() {
        check(
            "# file: pyproject.toml\n[project]\ndependencies = ['PyYAML>=6', 'requests[socks] ; python_version>\"3\"']\n\
             [project.optional-dependencies]\nx = ['Pillow']\n[dependency-groups]\ndev = ['ruff', {include-group = 'x'}]\n",
            &["pil", "pillow", "pyyaml", "requests", "ruff", "yaml"],
        );
        check(
            "# file: pyproject.toml\n[tool.poetry.dependencies]\npython = '^3.9'\nscikit-learn = '*'\n\
             [tool.poetry.group.dev.dependencies]\nblack = {version = '1'}\n",
            &["black", "scikit_learn", "sklearn"],
        );
        check("# file: pyproject.toml\nthis is no toml\n", &[]);
    }

    #[test]
    fn requirement_files() {
        check(
            "# file: requirements-dev.txt\n# why\n-r base.txt\n--index-url https://x\nDjango==4.2 # yes\n\
             -e git+https://x/y#egg=my-thing\nhttps://x/z.whl\n./local\nfoo @ https://x\n\
             # file: requirements/base.txt\nattrs\n# file: docs/notes.txt\nno\n",
            &["attr", "attrs", "django", "foo", "my_thing"],
        );
    }

    #[test]
    fn prose_is_no_list_of_requirements() {
        check(
            "# file: requirements-update.txt\nThe update\nWe looked at these.\npayload = jwt.decode(x)\npass\n2.10.1\n",
            &[],
        );
    }

    #[test]
    fn setup_files() {
        check(
            "# file: setup.cfg\n[options]\ninstall_requires =\n    six>=1\n    google-cloud-storage\n\
             [options.extras_require]\ntest = mock; nose\n# file: setup.py\nsetup(install_requires=['lxml', \"jinja2\"])\n",
            &["google", "google_cloud_storage", "jinja2", "lxml", "mock", "six"],
        );
    }

    #[test]
    fn pipfile_and_conda() {
        check(
            "# file: Pipfile\n[packages]\nflask = '*'\n[dev-packages]\npython-dotenv = '*'\n\
             # file: environment.yml\nname: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.9\n  - numpy=1.2\n  - pip:\n    - opencv-python\n",
            &["cv2", "dotenv", "flask", "numpy", "opencv", "opencv_python", "python_dotenv"],
        );
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(DIFFERING.is_sorted_by_key(|(name, _)| name));
    }
}
