//! Scripts: keys with captions, to show the explorer, to test it, and to take its pictures.
//!
//! ```text
//! size 120x40
//! caption The worst concept stands first
//! expect PaymentProcessor
//! keys <enter>jj
//! still concept
//! ```

use anyhow::{Context, bail, ensure};
use ratatui::buffer::Buffer;

use super::headless::Headless;
use super::keys::{Key, macro_keys};
use super::svg;

/// How long each picture of the animation stands.
const SECONDS: f32 = 3.0;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Size(u16, u16),
    Caption(String),
    Keys(Vec<Key>),
    /// This text must be on the screen.
    Expect(String),
    /// A picture under this name.
    Still(String),
}

/// Steps, each with its line.
pub fn parse(text: &str) -> anyhow::Result<Vec<(usize, Step)>> {
    let lines = text.lines().map(str::trim).enumerate();
    let steps = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    steps
        .map(|(at, line)| Ok((at + 1, step(line).with_context(|| format!("line {}", at + 1))?)))
        .collect()
}

fn step(line: &str) -> anyhow::Result<Step> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    Ok(match word {
        "size" => {
            let size =
                rest.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
            let (width, height) =
                size.with_context(|| format!("`{rest}` is no size; 120x40 is"))?;
            Step::Size(width, height)
        }
        "caption" => Step::Caption(rest.to_owned()),
        "keys" => Step::Keys(macro_keys(rest).map_err(anyhow::Error::msg)?),
        "expect" => Step::Expect(rest.to_owned()),
        "still" => {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
            ensure!(
                !rest.is_empty() && rest.chars().all(is_plain),
                "`{rest}` is no name for a picture"
            );
            Step::Still(rest.to_owned())
        }
        other => {
            bail!("there is no step `{other}`; the steps are size, caption, keys, expect, still")
        }
    })
}

/// A picture that a script took.
pub struct Still {
    pub name: String,
    pub caption: String,
    pub buffer: Buffer,
    /// Whether its theme is for light terminals.
    pub is_light: bool,
}

/// Plays a script from start to end.
pub fn play(explorer: &mut Headless, text: &str) -> anyhow::Result<Vec<Still>> {
    let mut stills = Vec::new();
    for (line, step) in parse(text)? {
        match step {
            Step::Size(width, height) => explorer.resize(width, height),
            Step::Caption(caption) => explorer.app.caption = Some(caption),
            Step::Keys(keys) => keys.into_iter().for_each(|key| explorer.key(key)),
            Step::Expect(wanted) => {
                let screen = text_of(&explorer.frame());
                ensure!(
                    screen.contains(&wanted),
                    "line {line}: no `{wanted}` on the screen:\n{screen}"
                );
            }
            Step::Still(name) => {
                let caption = explorer.app.caption.clone().unwrap_or_default();
                let is_light = explorer.app.theme.is_light;
                stills.push(Still { name, caption, buffer: explorer.frame(), is_light });
            }
        }
    }
    Ok(stills)
}

/// The pictures as files: one for each still, and all of them as one that moves.
pub fn pictures(stills: &[Still], title: &str) -> Vec<(String, String)> {
    let ground = |still: &Still| svg::ground(still.is_light);
    let single = |still: &Still| {
        (format!("{}.svg", still.name), svg::svg(&still.buffer, ground(still), title))
    };
    let mut files: Vec<(String, String)> = stills.iter().map(single).collect();
    let frames: Vec<(Buffer, String)> =
        stills.iter().map(|still| (still.buffer.clone(), still.caption.clone())).collect();
    let ground = stills.first().map_or(svg::ground(false), ground);
    files.push(("journey.svg".to_owned(), svg::animation(&frames, ground, SECONDS, title)));
    files
}

/// A drawn screen as lines of text.
pub fn text_of(buffer: &Buffer) -> String {
    let mut text = String::new();
    let area = buffer.area;
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut skip = 0;
        for x in area.left()..area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer[(x, y)].symbol();
            // A wide character takes the cells behind it.
            skip = usize::from(super::canvas::width(symbol)).saturating_sub(1);
            line.push_str(symbol);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_words_with_an_argument() {
        let steps = parse("# why\nsize 80x24\n\ncaption a b\nkeys j<enter>\nstill one\n").unwrap();
        assert_eq!(steps[0], (2, Step::Size(80, 24)));
        assert_eq!(steps[1], (4, Step::Caption("a b".to_owned())));
        assert_eq!(steps.len(), 4);
        let fails = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert!(fails("jump").starts_with("line 1: there is no step `jump`"));
        assert!(fails("still ../x").contains("no name for a picture"));
        assert!(fails("size big").contains("`big` is no size"));
    }
}
