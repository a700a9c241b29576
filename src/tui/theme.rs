//! Themes: what each role of text looks like, read from the files under `themes/` or the user's own.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

macro_rules! roles {
    ($($role:ident = $name:literal),+ $(,)?) => {
        /// What a piece of the screen is; the theme says how that looks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Role { $($role),+ }

        impl Role {
            pub const ALL: &[Self] = &[$(Self::$role),+];

            pub fn name(self) -> &'static str {
                match self { $(Self::$role => $name),+ }
            }
        }
    };
}

roles! {
    Text = "text",
    Dim = "dim",
    Heading = "heading",
    Number = "number",
    Accent = "accent",
    Good = "good",
    Warn = "warn",
    Bad = "bad",
    Border = "border",
    Focus = "focus",
    Cursor = "cursor",
    Shade = "shade",
    Tab = "tab",
    Key = "key",
    Match = "match",
    Mark = "mark",
    Keyword = "keyword",
    Literal = "literal",
    Constant = "constant",
    Comment = "comment",
    Name = "name",
    Decorator = "decorator",
    Added = "added",
    Removed = "removed",
    Changed = "changed",
    Caption = "caption",
}

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    None,
    Ansi,
    Indexed,
    True,
}

#[derive(Clone, Debug)]
pub struct Theme {
    pub name: String,
    /// Whether it is for terminals with a light background, which pictures then have, too.
    pub is_light: bool,
    styles: Vec<Style>,
}

/// A theme as its file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Another theme, whose roles hold where this one is silent.
    inherits: Option<String>,
    /// Whether it is for terminals with a light background.
    light: Option<bool>,
    roles: BTreeMap<String, Look>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    with: Vec<String>,
}

const BUILT_IN: [(&str, &str); 7] = [
    ("ansi-dark", include_str!("../../themes/ansi-dark.toml")),
    ("ansi-light", include_str!("../../themes/ansi-light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
    ("dusk", include_str!("../../themes/dusk.toml")),
    ("paper", include_str!("../../themes/paper.toml")),
    ("moss", include_str!("../../themes/moss.toml")),
];

/// Themes may build on each other this often; more is a circle.
const MAX_INHERITS: usize = 4;

/// The themes there are: those of the program and those of the user, whose names go first.
#[derive(Clone, Debug, Default)]
pub struct Themes {
    /// Name and text of the user's files.
    pub own: Vec<(String, String)>,
}

impl Themes {
    pub fn names(&self) -> Vec<String> {
        let built_in = BUILT_IN.iter().map(|(name, _)| (*name).to_owned());
        let mut names: Vec<String> = built_in.collect();
        names.extend(self.own.iter().map(|(name, _)| name.clone()));
        names.dedup();
        names
    }

    fn text(&self, name: &str) -> Option<&str> {
        let own = self.own.iter().find(|(own, _)| own == name).map(|(_, text)| text.as_str());
        own.or_else(|| BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text))
    }

    /// The theme of this name, with no more colours than the terminal has.
    pub fn load(&self, name: &str, depth: Depth) -> anyhow::Result<Theme> {
        let mut looks: BTreeMap<String, Look> = BTreeMap::new();
        let mut is_light = None;
        let mut next = Some(name.to_owned());
        for _ in 0..MAX_INHERITS {
            let Some(current) = next.take() else { break };
            let text = self.text(&current).with_context(|| {
                format!("there is no theme `{current}`; the themes are {}", self.names().join(", "))
            })?;
            let file: File = toml::from_str(text)
                .with_context(|| format!("cannot understand the theme `{current}`"))?;
            for (role, look) in file.roles {
                let known = Role::ALL.iter().any(|known| known.name() == role);
                ensure!(known, "the theme `{current}` names a role `{role}` that does not exist");
                looks.entry(role).or_insert(look);
            }
            is_light = is_light.or(file.light);
            next = file.inherits;
        }
        let styles = Role::ALL.iter().map(|role| {
            let look = looks.get(role.name()).cloned().unwrap_or_default();
            style(&look, depth).with_context(|| format!("the role `{}` of `{name}`", role.name()))
        });
        let styles = styles.collect::<anyhow::Result<_>>()?;
        Ok(Theme { name: name.to_owned(), is_light: is_light.unwrap_or(false), styles })
    }
}

impl Theme {
    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// A theme in which each role has a colour of its own, so that a test can tell roles from a drawn screen.
    pub fn of_roles() -> Self {
        let styles = (0..Role::ALL.len()).map(|at| Style::new().fg(Color::Indexed(at as u8)));
        Self { name: "roles".to_owned(), is_light: false, styles: styles.collect() }
    }
}

fn style(look: &Look, depth: Depth) -> anyhow::Result<Style> {
    let mut style = Style::new();
    if let Some(fg) = colour(look.fg.as_deref(), depth)? {
        style = style.fg(fg);
    }
    if let Some(bg) = colour(look.bg.as_deref(), depth)? {
        style = style.bg(bg);
    }
    for word in &look.with {
        style = style.add_modifier(match word.as_str() {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            other => bail!("`{other}` is none of bold, dim, italic, underline, reverse"),
        });
    }
    Ok(style)
}

fn colour(name: Option<&str>, depth: Depth) -> anyhow::Result<Option<Color>> {
    let Some(name) = name.filter(|name| *name != "default") else { return Ok(None) };
    let colour = Color::from_str(name)
        .ok()
        .with_context(|| format!("`{name}` is no colour; `red`, `#a0b0c0` and `137` are"))?;
    Ok(within(colour, depth))
}

/// The nearest colour that a terminal of this depth has.
fn within(colour: Color, depth: Depth) -> Option<Color> {
    match (colour, depth) {
        (_, Depth::None) => None,
        (Color::Rgb(r, g, b), Depth::Indexed) => Some(Color::Indexed(indexed(r, g, b))),
        (Color::Rgb(r, g, b), Depth::Ansi) => Some(ansi(r, g, b)),
        (other, _) => Some(other),
    }
}

/// Of the palette of 256: a step of the 6x6x6 cube, or a grey.
fn indexed(r: u8, g: u8, b: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |value: u8| {
        (0..6).min_by_key(|step| STEPS[*step].abs_diff(value)).expect("there are steps")
    };
    let cube = [nearest(r), nearest(g), nearest(b)];
    let grey = (u16::from(r) + u16::from(g) + u16::from(b)) / 3;
    let grey_step = (grey.saturating_sub(3) / 10).min(23);
    let distance = |x: u8, y: u8, z: u8| {
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(x, r) + square(y, g) + square(z, b)
    };
    let grey_level = (8 + 10 * grey_step) as u8;
    let of_cube = distance(STEPS[cube[0]], STEPS[cube[1]], STEPS[cube[2]]);
    if distance(grey_level, grey_level, grey_level) < of_cube {
        232 + grey_step as u8
    } else {
        (16 + 36 * cube[0] + 6 * cube[1] + cube[2]) as u8
    }
}

/// Of the sixteen: which primaries stand out, and whether it is bright.
fn ansi(r: u8, g: u8, b: u8) -> Color {
    let most = r.max(g).max(b);
    let stands_out = |value: u8| u8::from(u16::from(value) * 3 > u16::from(most) * 2);
    let bits = stands_out(r) | stands_out(g) << 1 | stands_out(b) << 2;
    match (most, bits) {
        (0..=63, _) => Color::Black,
        (64..=127, 7) => Color::DarkGray,
        (_, bits) => Color::Indexed(bits + if most > 170 { 8 } else { 0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_theme_can_be_read_at_every_depth() {
        let themes = Themes::default();
        for name in themes.names() {
            for depth in [Depth::None, Depth::Ansi, Depth::Indexed, Depth::True] {
                themes.load(&name, depth).unwrap();
            }
        }
    }

    #[test]
    fn the_cursor_can_be_told_without_colour_in_every_theme() {
        let themes = Themes::default();
        for name in themes.names() {
            let theme = themes.load(&name, Depth::None).unwrap();
            let cursor = theme.style(Role::Cursor);
            assert!(cursor.add_modifier.contains(Modifier::REVERSED), "{name}");
            assert_eq!((cursor.fg, cursor.bg), (None, None), "{name}");
        }
    }

    #[test]
    fn a_wrong_theme_says_what_is_wrong() {
        let own = |text: &str| Themes { own: vec![("mine".to_owned(), text.to_owned())] };
        let fails = |text: &str| {
            format!("{:#}", own(text).load("mine", Depth::True).expect_err("it is wrong"))
        };
        assert!(fails("[roles]\ntxt = {}\n").contains("role `txt`"));
        assert!(fails("[roles]\ntext = { fg = \"blurple\" }\n").contains("`blurple` is no colour"));
        assert!(fails("inherits = \"nobody\"\n[roles]\n").contains("no theme `nobody`"));
        // A circle ends.
        assert!(own("inherits = \"mine\"\n[roles]\n").load("mine", Depth::True).is_ok());
    }

    #[test]
    fn colours_come_down_to_what_the_terminal_has() {
        assert_eq!(within(Color::Rgb(255, 0, 0), Depth::Indexed), Some(Color::Indexed(196)));
        assert_eq!(within(Color::Rgb(128, 128, 128), Depth::Indexed), Some(Color::Indexed(244)));
        assert_eq!(within(Color::Rgb(250, 20, 20), Depth::Ansi), Some(Color::Indexed(9)));
        assert_eq!(within(Color::Red, Depth::None), None);
    }
}
