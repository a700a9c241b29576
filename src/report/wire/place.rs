//! Places: files, sites and the hops between them.

use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

/// A file, relative to the scanned folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileRef {
    /// With `/`; bytes that are no UTF-8 are replaced.
    pub path: String,
    /// The exact bytes in hexadecimal, only when they are no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_hex: Option<String>,
}

impl FileRef {
    pub fn new(path: &Path) -> Self {
        let lossy = path.to_string_lossy();
        let path_hex = path.to_str().is_none().then(|| hex(path.as_os_str().as_encoded_bytes()));
        let path = if cfg!(windows) { lossy.replace('\\', "/") } else { lossy.into_owned() };
        Self { path, path_hex }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).expect("four bits are a digit");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

/// One place in code.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Site {
    #[serde(flatten)]
    pub file: FileRef,
    pub line: u32,
    pub column: u32,
    /// The block it stands in, the innermost that matters: `module`, `function`, `try`, `type-checking`, …
    pub scope: String,
    /// How it names the thing: `import`, `from`, `star`, `call`, `base`, `patch`, …
    pub form: String,
}

/// One step on the way from a name to its definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hop {
    pub module: String,
    pub line: u32,
    /// What binds the name there: `from`, `star`, `alias`, `lazy`, `definition`, …
    pub how: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_needs_no_hex() {
        let file = FileRef::new(Path::new("pkg/größe.py"));
        assert_eq!(serde_json::to_string(&file).unwrap(), r#"{"path":"pkg/größe.py"}"#);
    }

    #[cfg(unix)]
    #[test]
    fn other_bytes_are_kept_in_hex() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let file = FileRef::new(Path::new(OsStr::from_bytes(b"a\xff.py")));
        assert_eq!(file.path, "a\u{fffd}.py");
        assert_eq!(file.path_hex.as_deref(), Some("61ff2e7079"));
    }
}
