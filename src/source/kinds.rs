//! What kind of code a file holds, judged by its path alone.

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    Production,
    Test,
    Vendored,
    Generated,
    /// A copy that somebody put aside.
    Backup,
    Migration,
    /// Run by hand or by a tool, not imported.
    Script,
}

impl FileKind {
    pub const ALL: &[Self] = &[
        Self::Production,
        Self::Test,
        Self::Vendored,
        Self::Generated,
        Self::Backup,
        Self::Migration,
        Self::Script,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
            Self::Vendored => "vendored",
            Self::Generated => "generated",
            Self::Backup => "backup",
            Self::Migration => "migration",
            Self::Script => "script",
        }
    }
}

/// Words that mark a copy: as the end of `x.py.WORD`, and as a folder's name.
const COPY_WORDS: &[&str] =
    &["backup", "backups", "bak", "old", "orig", "save", "saved", "copy", "rej"];
/// Words that mark a copy only behind `.py.`: as a folder's name they can mean anything.
const ASIDE_WORDS: &[&str] = &[
    "bk",
    "back",
    "before",
    "prev",
    "previous",
    "disabled",
    "skip",
    "skipped",
    "broken",
    "corrupted",
    "recovered",
    "fixing",
    "fixed",
    "tmp",
    "temp",
    "deleted",
    "removed",
    "deprecated",
    "mine",
    "theirs",
    "base",
    "local",
    "remote",
    "consolidated",
];

pub fn of(path: &str) -> FileKind {
    with_tests_given(path, is_test(path))
}

/// The kind, when whether it is a test was decided elsewhere.
pub(super) fn with_tests_given(path: &str, is_test: bool) -> FileKind {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if is_backup(folders, name) {
        FileKind::Backup
    } else if folders.split('/').any(is_vendor_folder) {
        FileKind::Vendored
    } else if is_generated(name) {
        FileKind::Generated
    } else if is_test {
        FileKind::Test
    } else if is_migration(folders, name) {
        FileKind::Migration
    } else if is_script(folders, name) {
        FileKind::Script
    } else {
        FileKind::Production
    }
}

fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = stem(name);
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem.ends_with("_tests")
        || matches!(stem, "conftest" | "test" | "tests")
        || folders.split('/').any(is_test_folder)
}

fn is_test_folder(folder: &str) -> bool {
    const NAMES: &[&str] = &[
        "test",
        "tests",
        "__tests__",
        "testsuite",
        "testcases",
        "test_framework",
        "test_helpers",
        "test_support",
        "test_utils",
        "testutils",
    ];
    NAMES.contains(&folder) || folder.ends_with("_tests") || folder.ends_with("-tests")
}

fn is_vendor_folder(folder: &str) -> bool {
    const NAMES: &[&str] = &[
        "vendor",
        "vendors",
        "vendored",
        "_vendor",
        "_vendored",
        "third_party",
        "third-party",
        "thirdparty",
        "3rdparty",
        "extern",
        "_extern",
        "externals",
        "site-packages",
        "node_modules",
    ];
    NAMES.contains(&folder)
}

fn is_generated(name: &str) -> bool {
    let stem = stem(name);
    ["_pb2", "_pb2_grpc", "_grpc_pb2", "_generated", "_gen", "_thrift", "_rc"]
        .iter()
        .any(|end| stem.ends_with(end))
        || matches!(stem, "_version" | "_version_info")
        || stem.starts_with("ui_") && stem.ends_with("_ui")
}

fn is_backup(folders: &str, name: &str) -> bool {
    folders.split('/').any(is_backup_folder)
        || folders.split('/').next() == Some("backup")
        || is_backup_name(name.as_bytes())
        || is_copy_stem(stem(name))
}

/// `backups`, `backup_20250910`, `migration_backup_20250915_231720`, `repair_backups`; not `backup_service`.
fn is_backup_folder(folder: &str) -> bool {
    let lower = folder.trim_start_matches('.').to_ascii_lowercase();
    let undated =
        lower.trim_end_matches(|end: char| end.is_ascii_digit() || matches!(end, '_' | '-' | '.'));
    let is_dated = lower.len() - undated.len() > 4;
    let last = undated.rsplit(['_', '-', '.']).next().unwrap_or(undated);
    match last {
        "backups" | "bak" => true,
        // `app/backup/` is code that makes backups.
        "backup" => is_dated || undated != "backup",
        _ => is_dated && undated.starts_with("backup_"),
    }
}

/// `x copy`, `x - Copy`, `x (1)`, `x copy 2`: names that file managers give, and no module can have.
fn is_copy_stem(stem: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    let unnumbered =
        lower.trim_end_matches(|end: char| end.is_ascii_digit() || matches!(end, '(' | ')' | ' '));
    let has_number_in_brackets = lower.ends_with(')') && unnumbered.len() < lower.len();
    has_number_in_brackets || unnumbered.ends_with(" copy") || lower.starts_with("copy of ")
}

/// `x.py.bak`, `x.py.backup_20250917`, `x.py.pre_fix_backup`, `x.py~`, `x.py.1`: not `x.py.j2` or `x.py.template`.
pub(super) fn is_backup_name(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let Some((stem, end)) = name.split_once(".py") else { return false };
    if stem.is_empty() || end.is_empty() {
        return false;
    }
    if end.starts_with('~')
        || end.chars().all(|character| character.is_ascii_digit() || ".-_".contains(character))
    {
        return true;
    }
    if !end.starts_with(['.', '_', '-']) {
        return false;
    }
    let lower = end.to_ascii_lowercase();
    lower.split(['.', '_', '-']).any(|word| {
        let word = word.trim_end_matches(|end: char| end.is_ascii_digit() || end == '~');
        COPY_WORDS.contains(&word) || ASIDE_WORDS.contains(&word)
    })
}

/// Django's `migrations/0001_initial.py` and Alembic's `versions/`.
fn is_migration(folders: &str, name: &str) -> bool {
    let (around, folder) = folders.rsplit_once('/').unwrap_or(("", folders));
    let is_numbered = name.starts_with(|first: char| first.is_ascii_digit());
    let is_alembic = folder == "versions"
        && around.split('/').any(|folder| matches!(folder, "alembic" | "migrations" | "migration"));
    is_alembic
        || matches!(folder, "migrations" | "south_migrations")
            && (is_numbered || name == "__init__.py")
}

fn is_script(folders: &str, name: &str) -> bool {
    let is_named = matches!(
        name,
        "setup.py"
            | "manage.py"
            | "noxfile.py"
            | "fabfile.py"
            | "dodo.py"
            | "tasks.py"
            | "wscript.py"
    );
    let at_top_or_setup = folders.is_empty() || name == "setup.py" || name == "manage.py";
    let is_documentation =
        name == "conf.py" && matches!(folders.rsplit('/').next(), Some("docs" | "doc" | "source"));
    is_documentation
        || is_named && at_top_or_setup
        || folders.split('/').any(|folder| matches!(folder, "scripts" | "script" | "bin"))
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: FileKind, paths: &[&str]) {
        for path in paths {
            assert_eq!(of(path), kind, "{path}");
        }
    }

    #[test]
    fn production() {
        check(
            FileKind::Production,
            &[
                "app/core.py",
                "app/backup/service.py",
                "app/backup_service.py",
                "app/testing/client.py",
                "app/latest.py",
                "app/contest.py",
                "app/versions/v1.py",
                "app/migrations/helper.py",
                "app/tasks.py",
                "backup_service/api.py",
                "gold_standard/a.py",
                "external/a.py",
            ],
        );
    }

    #[test]
    fn tests() {
        check(
            FileKind::Test,
            &[
                "tests/a.py",
                "app/tests/b.py",
                "test_a.py",
                "app/a_test.py",
                "conftest.py",
                "e2e_tests/flow.py",
                "test_framework/mocks.py",
                "shop/tests.py",
            ],
        );
    }

    #[test]
    fn vendored_and_generated() {
        check(
            FileKind::Vendored,
            &["app/_vendor/six.py", "third_party/x/tests/test_a.py", "extern/a.py"],
        );
        check(
            FileKind::Generated,
            &["api/user_pb2.py", "api/user_pb2_grpc.py", "api/user_pb2.pyi"],
        );
    }

    #[test]
    fn backups() {
        check(
            FileKind::Backup,
            &[
                "backups/a.py",
                "migration_backup_20250915_231720/a.py",
                "backup_untracked_20250910/tests/test_a.py",
                "repair_backups/a.py",
                "app/core copy.py",
                "app/core (1).py",
                "app/core - Copy.py",
            ],
        );
        for name in [
            "x.py.bak",
            "x.py.bak2",
            "x.py.orig",
            "x.py~",
            "x.py.backup_20250917",
            "x.py.backup.20250917_2",
            "x.py.backup-1-2",
            "x.py.redis_migration_backup",
            "x.py.issue12_backup",
            "x.py.backup_pre_fix",
            "x.py.1",
            "x.py.20250917",
            "x.py.skip",
            "x.py_old",
        ] {
            assert!(is_backup_name(name.as_bytes()), "{name}");
        }
        for name in [
            "x.py",
            "x.pyc",
            "x.pyi",
            "x.py.j2",
            "x.py.template",
            "x.py.mako",
            "x.pyx",
            "x.py.json",
            ".py.bak",
            "x.bak",
        ] {
            assert!(!is_backup_name(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn migrations_and_scripts() {
        check(
            FileKind::Migration,
            &[
                "shop/migrations/0001_initial.py",
                "alembic/versions/3fa_add.py",
                "app/migrations/versions/x.py",
            ],
        );
        check(
            FileKind::Script,
            &["scripts/run.py", "setup.py", "lib/setup.py", "docs/conf.py", "tasks.py"],
        );
    }
}
