//! What is known of the terminal: whether there is one, how wide it is, and whether it wants colour.

use std::io::{self, IsTerminal};

use super::args::Color;
use crate::report::paint::Paint;

/// What a run knows about where its output goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings {
    pub in_is_terminal: bool,
    pub out_is_terminal: bool,
    pub err_is_terminal: bool,
    /// Columns of the terminal on standard output.
    pub width: Option<usize>,
    /// `NO_COLOR` is set, or `TERM` is `dumb`.
    pub no_color: bool,
    /// `TERM` says that the cursor cannot be placed, so that only lines can be printed.
    pub is_dumb: bool,
    /// `CLICOLOR_FORCE` is set and not `0`.
    pub force_color: bool,
}

impl Surroundings {
    pub fn of_this_process() -> Self {
        let out = io::stdout();
        let out_is_terminal = out.is_terminal();
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            in_is_terminal: io::stdin().is_terminal(),
            out_is_terminal,
            err_is_terminal: io::stderr().is_terminal(),
            width: if out_is_terminal {
                terminal_size::terminal_size_of(&out).map(|(width, _)| usize::from(width.0))
            } else {
                None
            },
            no_color: set("NO_COLOR").is_some() || set("TERM").is_some_and(|term| term == "dumb"),
            is_dumb: set("TERM").is_some_and(|term| term == "dumb"),
            force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        }
    }

    /// What was asked for on the command line goes before the environment, and `NO_COLOR` before `CLICOLOR_FORCE`.
    pub fn paint(&self, asked: Color) -> Paint {
        let colour = match asked {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => !self.no_color && (self.out_is_terminal || self.force_color),
        };
        if colour { Paint::Colour } else { Paint::Plain }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_goes_to_terminals_unless_told_otherwise() {
        let pipe = Surroundings::default();
        let terminal = Surroundings { out_is_terminal: true, ..pipe };
        assert_eq!(pipe.paint(Color::Auto), Paint::Plain);
        assert_eq!(terminal.paint(Color::Auto), Paint::Colour);
        assert_eq!(terminal.paint(Color::Never), Paint::Plain);
        assert_eq!(pipe.paint(Color::Always), Paint::Colour);
        assert_eq!(Surroundings { no_color: true, ..terminal }.paint(Color::Auto), Paint::Plain);
        assert_eq!(Surroundings { no_color: true, ..terminal }.paint(Color::Always), Paint::Colour);
        assert_eq!(Surroundings { force_color: true, ..pipe }.paint(Color::Auto), Paint::Colour);
    }
}
