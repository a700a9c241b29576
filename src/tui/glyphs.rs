//! The signs the screen is drawn with: Unicode where the locale has it, else ASCII. No font needs to be patched.

#[derive(Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub horizontal: &'static str,
    pub vertical: &'static str,
    /// Top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    pub heavy_horizontal: &'static str,
    pub heavy_vertical: &'static str,
    pub heavy_corners: [&'static str; 4],
    pub cursor: &'static str,
    pub picked: &'static str,
    pub ellipsis: &'static str,
    pub arrow: &'static str,
    pub back: &'static str,
    pub dot: &'static str,
    pub ring: &'static str,
    pub good: &'static str,
    pub on: &'static str,
    pub off: &'static str,
    pub note: &'static str,
    /// Stand behind the title of the column that a list is ordered by.
    pub down: &'static str,
    pub up: &'static str,
    /// An eighth of a block to a whole one; in ASCII only the whole one differs from nothing.
    pub bars: [&'static str; 8],
}

pub static UNICODE: Glyphs = Glyphs {
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
    heavy_horizontal: "━",
    heavy_vertical: "┃",
    heavy_corners: ["┏", "┓", "┗", "┛"],
    cursor: "▸",
    picked: "●",
    ellipsis: "…",
    arrow: "→",
    back: "‹",
    dot: "·",
    ring: "↻",
    good: "✓",
    on: "▣",
    off: "▢",
    note: "✎",
    down: "▼",
    up: "▲",
    bars: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
};

pub static ASCII: Glyphs = Glyphs {
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    heavy_horizontal: "=",
    heavy_vertical: "#",
    heavy_corners: ["#", "#", "#", "#"],
    cursor: ">",
    picked: "*",
    ellipsis: "~",
    arrow: "->",
    back: "<",
    dot: "-",
    ring: "@",
    good: "ok",
    on: "[x]",
    off: "[ ]",
    note: "n",
    down: "v",
    up: "^",
    bars: [" ", " ", " ", " ", "#", "#", "#", "#"],
};

impl Glyphs {
    /// A bar of so many columns for a share of the whole.
    pub fn bar(&self, share: f64, columns: usize) -> String {
        let eighths = (share.clamp(0.0, 1.0) * columns as f64 * 8.0).round() as usize;
        let mut bar = self.bars[7].repeat(eighths / 8);
        if !eighths.is_multiple_of(8) {
            bar.push_str(self.bars[eighths % 8 - 1]);
        }
        // What is there must be seen.
        if bar.trim().is_empty() && share > 0.0 {
            bar.clear();
            bar.push_str(self.bars[0].trim());
        }
        bar
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_its_share() {
        assert_eq!(UNICODE.bar(1.0, 4), "████");
        assert_eq!(UNICODE.bar(0.5, 4), "██");
        assert_eq!(UNICODE.bar(0.001, 4), "▏");
        assert_eq!(ASCII.bar(0.6, 5), "###");
        assert_eq!(UNICODE.bar(0.0, 4), "");
    }
}
