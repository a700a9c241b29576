//! A contract file with its lines, and TOML tables that know where they stand.

use std::ops::Range;

use anyhow::anyhow;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::analysis::contracts::Unknown;

pub struct Page<'p> {
    /// Relative to the tree.
    pub file: &'p str,
    pub text: &'p str,
}

impl<'p> Page<'p> {
    pub fn new(file: &'p str, text: &'p str) -> Self {
        Self { file, text: text.strip_prefix('\u{feff}').unwrap_or(text) }
    }

    pub fn is_toml(&self) -> bool {
        self.file.to_ascii_lowercase().ends_with(".toml")
    }

    pub fn line(&self, span: &Range<usize>) -> u32 {
        let before = self.text.get(..span.start).unwrap_or_default();
        u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
    }

    pub fn error(&self, line: u32, what: impl std::fmt::Display) -> anyhow::Error {
        anyhow!(
            "cannot understand the contracts in {}: line {line}: {what}; mend it, or leave contracts unread with \
             `contracts = false` in the configuration",
            self.file
        )
    }

    /// The whole file as a table.
    pub fn toml(&self) -> anyhow::Result<Spanned<DeTable<'p>>> {
        DeTable::parse(self.text).map_err(|error| {
            let line = error.span().map_or(1, |span| self.line(&span));
            self.error(line, error.message())
        })
    }
}

/// A table of a TOML file.
#[derive(Clone, Copy)]
pub struct Table<'t> {
    page: &'t Page<'t>,
    entries: &'t DeTable<'t>,
    pub line: u32,
}

impl<'t> Table<'t> {
    pub fn top(page: &'t Page<'t>, table: &'t Spanned<DeTable<'t>>) -> Self {
        Self { page, entries: table.get_ref(), line: 1 }
    }

    pub fn error(&self, key: &str, what: &str) -> anyhow::Error {
        let line = self.get(key).map_or(self.line, |(_, line)| line);
        self.page.error(line, format_args!("`{key}` {what}"))
    }

    /// The value of a key, and the line that it stands on.
    fn get(&self, key: &str) -> Option<(&'t DeValue<'t>, u32)> {
        let (name, value) = self.entries.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((value.get_ref(), self.page.line(&name.span())))
    }

    pub fn table(&self, key: &str) -> anyhow::Result<Option<Self>> {
        match self.get(key) {
            None => Ok(None),
            Some((DeValue::Table(entries), line)) => {
                Ok(Some(Self { page: self.page, entries, line }))
            }
            Some(_) => Err(self.error(key, "should be a table")),
        }
    }

    pub fn tables(&self, key: &str) -> anyhow::Result<Vec<Self>> {
        let Some((value, _)) = self.get(key) else { return Ok(Vec::new()) };
        let wrong = || self.error(key, "should be a list of tables");
        let items = value.as_array().ok_or_else(wrong)?;
        items
            .iter()
            .map(|item| {
                let line = self.page.line(&item.span());
                let entries = item.get_ref().as_table().ok_or_else(wrong)?;
                Ok(Self { page: self.page, entries, line })
            })
            .collect()
    }

    pub fn text(&self, key: &str) -> anyhow::Result<Option<&'t str>> {
        let Some((value, _)) = self.get(key) else { return Ok(None) };
        value.as_str().map(Some).ok_or_else(|| self.error(key, "should be a text"))
    }

    pub fn flag(&self, key: &str) -> anyhow::Result<Option<bool>> {
        let Some((value, _)) = self.get(key) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.error(key, "should be true or false"))
    }

    pub fn texts(&self, key: &str) -> anyhow::Result<Option<Vec<String>>> {
        let Some(items) = self.items(key)? else { return Ok(None) };
        let texts = items.into_iter().map(|item| match item {
            Item::Text(text) => Ok(text.to_owned()),
            Item::Table(_) => Err(self.error(key, "should be a list of texts")),
        });
        texts.collect::<anyhow::Result<_>>().map(Some)
    }

    /// A list of which each item is a text or a table.
    pub fn items(&self, key: &str) -> anyhow::Result<Option<Vec<Item<'t>>>> {
        let Some((value, _)) = self.get(key) else { return Ok(None) };
        let wrong = || self.error(key, "should be a list");
        let items = value.as_array().ok_or_else(wrong)?.iter();
        let items = items.map(|item| match item.get_ref() {
            DeValue::String(text) => Ok(Item::Text(text)),
            DeValue::Table(entries) => {
                let line = self.page.line(&item.span());
                Ok(Item::Table(Self { page: self.page, entries, line }))
            }
            _ => Err(self.error(key, "holds something that is neither text nor table")),
        });
        items.collect::<anyhow::Result<_>>().map(Some)
    }

    pub fn keys(&self) -> impl Iterator<Item = (&'t str, &'t DeValue<'t>, u32)> {
        self.entries
            .iter()
            .map(|(name, value)| (&**name.get_ref(), value.get_ref(), self.page.line(&name.span())))
    }

    /// Keys that are none of these.
    pub fn unknown(&self, known: &[&str], prefix: &str) -> Vec<Unknown> {
        let others = self.keys().filter(|(key, ..)| !known.contains(key));
        others.map(|(key, _, line)| Unknown { key: format!("{prefix}{key}"), line }).collect()
    }
}

pub enum Item<'t> {
    Text(&'t str),
    Table(Table<'t>),
}
