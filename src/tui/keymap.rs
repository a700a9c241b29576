//! Which keys run which command: the defaults of the command table, with the user's own laid over them.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;

use super::command::{self, Command, Scope, TABLE};
use super::keys::Key;
use crate::model::nearest;

/// Stands in a sequence for any character, which the command gets.
const ANY: &str = "any";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(Key),
    AnyCharacter,
}

#[derive(Clone, Debug)]
struct Binding {
    steps: Vec<Step>,
    command: usize,
}

#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    /// What is wrong with the user's keys, each as a sentence.
    pub complaints: Vec<String>,
}

/// What a sequence of keys means so far.
#[derive(Debug)]
pub enum Meaning {
    Nothing,
    /// More keys must follow.
    Begun,
    Run(&'static Command, Option<char>),
}

/// The user's `keys.toml`: a command's id and its keys, instead of the default ones.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keys: BTreeMap<String, Vec<String>>,
}

impl Keymap {
    pub fn new(overlay: Option<&str>) -> Self {
        let mut keys: Vec<Vec<String>> = TABLE
            .iter()
            .map(|command| command.keys.iter().map(|keys| (*keys).to_owned()).collect())
            .collect();
        let mut complaints = Vec::new();
        if let Some(text) = overlay {
            match toml::from_str::<File>(text).context("cannot understand keys.toml") {
                Ok(file) => replace(&mut keys, file, &mut complaints),
                Err(error) => complaints.push(format!("{error:#}")),
            }
        }
        let mut map = Self { bindings: Vec::new(), complaints };
        for (command, sequences) in keys.iter().enumerate() {
            for text in sequences {
                match steps(text) {
                    Some(steps) => map.bind(steps, command),
                    None => map.complaints.push(format!("keys.toml: there is no key `{text}`")),
                }
            }
        }
        map
    }

    fn bind(&mut self, steps: Vec<Step>, command: usize) {
        let clash = self.bindings.iter().find(|other| {
            command::scopes_meet(TABLE[other.command].scope, TABLE[command].scope)
                && other.command != command
                && begins_alike(&other.steps, &steps)
        });
        if let Some(other) = clash {
            self.complaints.push(format!(
                "`{}` is bound to {} and to {}; the first one counts",
                shown(&steps),
                TABLE[other.command].id,
                TABLE[command].id
            ));
        }
        self.bindings.push(Binding { steps, command });
    }

    pub fn meaning(&self, keys: &[Key], in_scope: impl Fn(Scope) -> bool) -> Meaning {
        let mut begun = false;
        for binding in self.bindings.iter().filter(|b| in_scope(TABLE[b.command].scope)) {
            let Some(fit) = fits(&binding.steps, keys) else { continue };
            if binding.steps.len() == keys.len() {
                return Meaning::Run(&TABLE[binding.command], fit.any);
            }
            begun = true;
        }
        if begun { Meaning::Begun } else { Meaning::Nothing }
    }

    /// What may follow the keys pressed so far: the rest of each sequence and its command.
    pub fn continuations(
        &self,
        keys: &[Key],
        in_scope: impl Fn(Scope) -> bool,
    ) -> Vec<(String, &'static Command)> {
        let of_scope = self.bindings.iter().filter(|b| in_scope(TABLE[b.command].scope));
        let begun =
            of_scope.filter(|b| fits(&b.steps, keys).is_some() && b.steps.len() > keys.len());
        begun.map(|b| (shown(&b.steps[keys.len()..]), &TABLE[b.command])).collect()
    }

    /// The sequences of a command, as people write them.
    pub fn keys_of(&self, id: &str) -> Vec<String> {
        let own = self.bindings.iter().filter(|binding| TABLE[binding.command].id == id);
        own.map(|binding| shown(&binding.steps)).collect()
    }
}

fn replace(keys: &mut [Vec<String>], file: File, complaints: &mut Vec<String>) {
    for (id, sequences) in file.keys {
        if let Some(at) = TABLE.iter().position(|command| command.id == id) {
            keys[at] = sequences;
        } else {
            let known = nearest(&id, TABLE.iter().map(|command| command.id));
            let advice = known.map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
            complaints.push(format!("keys.toml: there is no command `{id}`{advice}"));
        }
    }
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let step = |word: &str| {
        if word == ANY { Some(Step::AnyCharacter) } else { Key::parse(word).map(Step::Key) }
    };
    text.split(' ').map(step).collect()
}

fn shown(steps: &[Step]) -> String {
    let words: Vec<String> = steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => key.to_string(),
            Step::AnyCharacter => "a-z".to_owned(),
        })
        .collect();
    words.join(" ")
}

/// Whether one sequence begins the other, so that both cannot be told apart.
fn begins_alike(a: &[Step], b: &[Step]) -> bool {
    a.iter().zip(b).all(|(a, b)| a == b)
}

/// Keys that begin a sequence.
struct Fit {
    /// The character that stands for any.
    any: Option<char>,
}

/// Whether the keys begin the sequence.
fn fits(steps: &[Step], keys: &[Key]) -> Option<Fit> {
    if keys.len() > steps.len() {
        return None;
    }
    let mut any = None;
    for (step, key) in steps.iter().zip(keys) {
        match step {
            Step::Key(wanted) if wanted == key => {}
            Step::Key(_) => return None,
            Step::AnyCharacter => any = Some(key.typed()?),
        }
    }
    Some(Fit { any })
}

/// Whether a text of the table is a sequence of keys, for the table's own test.
#[cfg(test)]
pub fn is_sequence(text: &str) -> bool {
    steps(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_have_no_two_meanings() {
        assert_eq!(Keymap::new(None).complaints, Vec::<String>::new());
    }

    #[test]
    fn own_keys_replace_the_default_ones_and_conflicts_are_told() {
        let map = Keymap::new(Some("[keys]\n\"app.quit\" = [\"X\"]\n"));
        assert_eq!(map.keys_of("app.quit"), ["X"]);
        assert!(map.complaints.is_empty());
        let map = Keymap::new(Some("[keys]\n\"app.quit\" = [\"j\"]\n\"app.quti\" = []\n"));
        assert_eq!(map.complaints.len(), 2, "{:?}", map.complaints);
        assert!(map.complaints[0].contains("did you mean `app.quit`?"));
        assert!(map.complaints[1].contains("`j` is bound to"));
        assert_eq!(Keymap::new(Some("keys = 1")).complaints.len(), 1);
    }

    #[test]
    fn a_sequence_begins_then_runs() {
        let map = Keymap::new(None);
        let g = Key::parse("g").unwrap();
        let all = |_| true;
        assert!(matches!(map.meaning(&[g], all), Meaning::Begun));
        let Meaning::Run(command, None) = map.meaning(&[g, g], all) else { panic!("no command") };
        assert_eq!(command.id, "move.first");
        let m = Key::parse("m").unwrap();
        let a = Key::parse("a").unwrap();
        assert!(matches!(map.meaning(&[m, a], all), Meaning::Run(_, Some('a'))));
    }
}
