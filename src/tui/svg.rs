//! A drawn screen as an SVG picture.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

const CELL_WIDTH: f32 = 8.4;
const CELL_HEIGHT: f32 = 17.0;

/// A terminal's own colours, as the picture has them.
#[derive(Debug)]
pub struct Ground {
    background: &'static str,
    foreground: &'static str,
    ansi: [&'static str; 16],
}

static DARK: Ground = Ground {
    background: "#16181d",
    foreground: "#d5d8df",
    ansi: [
        "#22252b", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#abb2bf",
        "#6b7280", "#ff7b86", "#b5e890", "#ffd68a", "#7cc4ff", "#dd92f5", "#6fd3df", "#ffffff",
    ],
};

static LIGHT: Ground = Ground {
    background: "#fbfbf8",
    foreground: "#24292f",
    ansi: [
        "#24292f", "#b3202c", "#2f6f1e", "#805500", "#0b5cad", "#7a2fa0", "#0f6b73", "#6e7781",
        "#57606a", "#cf222e", "#3c8527", "#9a6700", "#0969da", "#8f3fbf", "#157f88", "#ffffff",
    ],
};

/// What a theme for light terminals, or for dark ones, stands on.
pub fn ground(is_light: bool) -> &'static Ground {
    if is_light { &LIGHT } else { &DARK }
}

/// One picture of the screen.
pub fn svg(buffer: &Buffer, ground: &Ground, title: &str) -> String {
    let (width, height) = size(buffer);
    let mut text = head(width, height, ground, title);
    text += &frame(buffer, ground);
    text + "</svg>\n"
}

/// Several screens one after the other, each with a caption below and so many seconds on view.
pub fn animation(
    frames: &[(Buffer, String)],
    ground: &Ground,
    seconds: f32,
    title: &str,
) -> String {
    let Some((first, _)) = frames.first() else { return String::new() };
    let (width, height) = size(first);
    let whole = height + 2.0 * CELL_HEIGHT;
    let total = seconds * frames.len() as f32;
    let share = 100.0 / frames.len() as f32;
    let mut text = head(width, whole, ground, title);
    let _ = write!(
        text,
        "<style>.f{{opacity:0;animation:show {total}s step-end infinite}}\
         @keyframes show{{0%{{opacity:1}}{share:.4}%{{opacity:0}}}}</style>"
    );
    for (at, (buffer, caption)) in frames.iter().enumerate() {
        let begins = seconds * at as f32 - total;
        let _ = write!(text, "<g class=\"f\" style=\"animation-delay:{begins}s\">");
        text += &frame(buffer, ground);
        let _ = write!(
            text,
            "<text x=\"{CELL_WIDTH}\" y=\"{:.1}\" fill=\"{}\" font-weight=\"bold\">{}</text></g>",
            height + 1.3 * CELL_HEIGHT,
            ground.foreground,
            escaped(caption)
        );
    }
    text + "</svg>\n"
}

fn size(buffer: &Buffer) -> (f32, f32) {
    let area = buffer.area;
    (f32::from(area.width) * CELL_WIDTH, f32::from(area.height) * CELL_HEIGHT)
}

fn head(width: f32, height: f32, ground: &Ground, title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\" font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace\" \
         font-size=\"14\"><title>{}</title><rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{}\"/>",
        escaped(title),
        ground.background
    )
}

fn frame(buffer: &Buffer, ground: &Ground) -> String {
    let area = buffer.area;
    let mut text = String::new();
    for y in area.top()..area.bottom() {
        let mut x = area.left();
        while x < area.right() {
            let start = x;
            let look = look(&buffer[(x, y)], ground);
            let mut run = String::new();
            while x < area.right() && self::look(&buffer[(x, y)], ground) == look {
                run.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            look.draw(&mut text, &run, (start, y, x - start));
        }
    }
    text
}

#[derive(PartialEq)]
struct Look {
    fg: String,
    bg: Option<String>,
    bold: bool,
    italic: bool,
    underline: bool,
    dim: bool,
}

fn look(cell: &Cell, ground: &Ground) -> Look {
    let modifier = cell.modifier;
    let (mut fg, mut bg) = (colour(cell.fg, ground), colour(cell.bg, ground));
    if modifier.contains(Modifier::REVERSED) {
        (fg, bg) = (
            Some(bg.unwrap_or_else(|| ground.background.to_owned())),
            Some(fg.unwrap_or_else(|| ground.foreground.to_owned())),
        );
    }
    Look {
        fg: fg.unwrap_or_else(|| ground.foreground.to_owned()),
        bg,
        bold: modifier.contains(Modifier::BOLD),
        italic: modifier.contains(Modifier::ITALIC),
        underline: modifier.contains(Modifier::UNDERLINED),
        dim: modifier.contains(Modifier::DIM),
    }
}

impl Look {
    fn draw(&self, text: &mut String, run: &str, (x, y, columns): (u16, u16, u16)) {
        let left = f32::from(x) * CELL_WIDTH;
        let top = f32::from(y) * CELL_HEIGHT;
        let width = f32::from(columns) * CELL_WIDTH;
        if let Some(bg) = &self.bg {
            let _ = write!(
                text,
                "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{CELL_HEIGHT}\" fill=\"{bg}\"/>"
            );
        }
        if run.trim().is_empty() {
            return;
        }
        let mut style = String::new();
        for (is, attribute) in [
            (self.bold, " font-weight=\"bold\""),
            (self.italic, " font-style=\"italic\""),
            (self.underline, " text-decoration=\"underline\""),
            (self.dim, " opacity=\"0.6\""),
        ] {
            if is {
                style.push_str(attribute);
            }
        }
        let _ = write!(
            text,
            "<text x=\"{left:.1}\" y=\"{:.1}\" fill=\"{}\" textLength=\"{width:.1}\" xml:space=\"preserve\"{style}>{}</text>",
            top + CELL_HEIGHT - 4.5,
            self.fg,
            escaped(run)
        );
    }
}

fn colour(colour: Color, ground: &Ground) -> Option<String> {
    let of_palette = |at: usize| Some(ground.ansi[at].to_owned());
    match colour {
        Color::Reset => None,
        Color::Rgb(r, g, b) => Some(format!("#{r:02x}{g:02x}{b:02x}")),
        Color::Indexed(at @ 0..=15) => of_palette(usize::from(at)),
        Color::Indexed(at @ 16..=231) => {
            let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
            let n = at - 16;
            Some(format!("#{:02x}{:02x}{:02x}", step(n / 36), step(n / 6 % 6), step(n % 6)))
        }
        Color::Indexed(at) => {
            let level = 8 + 10 * (at - 232);
            Some(format!("#{level:02x}{level:02x}{level:02x}"))
        }
        Color::Black => of_palette(0),
        Color::Red => of_palette(1),
        Color::Green => of_palette(2),
        Color::Yellow => of_palette(3),
        Color::Blue => of_palette(4),
        Color::Magenta => of_palette(5),
        Color::Cyan => of_palette(6),
        Color::Gray => of_palette(7),
        Color::DarkGray => of_palette(8),
        Color::LightRed => of_palette(9),
        Color::LightGreen => of_palette(10),
        Color::LightYellow => of_palette(11),
        Color::LightBlue => of_palette(12),
        Color::LightMagenta => of_palette(13),
        Color::LightCyan => of_palette(14),
        Color::White => of_palette(15),
    }
}

fn escaped(text: &str) -> String {
    crate::report::escape::visible(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn a_picture_has_text_and_colours_and_no_markup_of_the_tree() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, "a<b>&", Style::new().fg(Color::Rgb(1, 2, 3)));
        let picture = svg(&buffer, ground(false), "t<");
        assert!(picture.contains("fill=\"#010203\""), "{picture}");
        assert!(picture.contains(">a&lt;b&gt;&amp;</text>"));
        assert!(picture.contains("<title>t&lt;</title>"));
        assert!(svg(&buffer, ground(true), "t").contains(LIGHT.background));
    }
}
