//! Links that the terminal itself opens (OSC 8): the file of a source pane, in its title.

use std::fmt::Write;
use std::num::NonZeroU16;
use std::path::Path;

use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::Rect;

/// Makes the cells of an area a link to a file. Each cell carries the whole link, since the terminal is only sent cells
/// that changed.
pub fn link(buffer: &mut Buffer, area: Rect, file: &Path) {
    let area = area.intersection(buffer.area);
    let address = address(file);
    for x in area.left()..area.right() {
        let cell = &mut buffer[(x, area.y)];
        let symbol = cell.symbol().to_owned();
        // A wide character would need the cell behind it as well.
        if symbol.is_ascii() && symbol != " " {
            cell.set_symbol(&format!("\x1b]8;;{address}\x1b\\{symbol}\x1b]8;;\x1b\\"));
            cell.set_diff_option(CellDiffOption::ForcedWidth(NonZeroU16::MIN));
        }
    }
}

/// `file:///src/a%20b.py`: nothing in it can end the link or steer the terminal.
fn address(file: &Path) -> String {
    let mut address = String::from("file://");
    for byte in file.as_os_str().as_encoded_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => {
                address.push(char::from(*byte));
            }
            other => write!(address, "%{other:02X}").expect("a string grows"),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_nothing_but_its_address() {
        assert_eq!(address(Path::new("/a b/\x1b]\u{202e}.py")), "file:///a%20b/%1B%5D%E2%80%AE.py");
        let mut buffer = Buffer::with_lines(["ab c"]);
        link(&mut buffer, Rect::new(1, 0, 2, 1), Path::new("/x"));
        assert_eq!(buffer[(0, 0)].symbol(), "a");
        assert_eq!(buffer[(1, 0)].symbol(), "\x1b]8;;file:///x\x1b\\b\x1b]8;;\x1b\\");
        assert_eq!(buffer[(2, 0)].symbol(), " ");
    }
}
