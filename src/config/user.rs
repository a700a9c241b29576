//! The user's own keys and themes, for every tree: `$XDG_CONFIG_HOME/fragscope`, else `~/.config/fragscope`.

use std::path::PathBuf;

use super::read;

/// A file of the user's own configuration folder, such as `keys.toml`; nothing if there is none.
pub fn file(name: &str) -> anyhow::Result<Option<String>> {
    let Some(folder) = folder() else { return Ok(None) };
    read(&folder.join(name))
}

/// The user's themes, by name, in order; what cannot be read is passed over.
pub fn themes() -> Vec<(String, String)> {
    let folder = folder().map(|folder| folder.join("themes"));
    let files = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten();
    let mut themes: Vec<(String, String)> = files
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_stem()?.to_str()?.to_owned();
            let is_toml = path.extension().is_some_and(|end| end == "toml");
            Some((name, is_toml.then(|| read(&path).ok().flatten())??))
        })
        .collect();
    themes.sort();
    themes
}

fn folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let configs = set("XDG_CONFIG_HOME").or_else(|| {
        if cfg!(windows) { set("APPDATA") } else { Some(set("HOME")?.join(".config")) }
    })?;
    Some(configs.join("fragscope"))
}
