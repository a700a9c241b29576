//! GitHub's `primaryLocationLineHash`: a hash of the hundred characters from a line's start, spaces and tabs apart, and its number
//! among equal ones of the file. Alerts of a file that moves in it are the same as long as these are.

use std::collections::HashMap;

/// How many characters count, and the base of the polynomial.
const WINDOW: usize = 100;
const BASE: u64 = 37;
/// What follows the last character.
const END: u16 = u16::MAX;

/// The hash of each line. A text that ends with a line break has one more line, which is empty.
pub fn line_hashes(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    // The characters that count, in UTF-16, and where in them each line starts.
    let mut units: Vec<u16> = Vec::new();
    let mut starts = vec![0];
    let mut after_return = false;
    for unit in text.encode_utf16() {
        let is = |c: char| u32::from(unit) == u32::from(c);
        let is_rest_of_break = after_return && is('\n');
        after_return = is('\r');
        if is_rest_of_break || is(' ') || is('\t') {
            continue;
        }
        if is('\r') || is('\n') {
            units.push(u16::from(b'\n'));
            starts.push(units.len());
        } else {
            units.push(unit);
        }
    }
    units.push(END);
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let hashes = starts.into_iter().map(|start| {
        let mut hash: u64 = 0;
        for at in start..start + WINDOW {
            let unit = units.get(at).copied().unwrap_or_default();
            hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(unit));
        }
        let ordinal = seen.entry(hash).or_default();
        *ordinal += 1;
        format!("{hash:x}:{ordinal}")
    });
    hashes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What GitHub's own upload makes of these texts.
    #[test]
    fn hashes_are_those_of_github() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(line_hashes(text.as_bytes()), expected, "{text:?}");
        };
        check("", &["c129715d7a2bc9a3:1"]);
        check(
            " a\nb\n  \t\tc\n d",
            &["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        );
        let lines = [
            "e9496ae3ebfced30:1",
            "fb7c023a8b9ccb3f:1",
            "ce8ba1a563dcdaca:1",
            "e20e36e16fcb0cc8:1",
            "b3edc88f2938467e:1",
            "c8e28b0b4002a3a0:1",
            "c129715d7a2bc9a3:1",
        ];
        let text = [" hello; \t", "world!!!", "", "", "  \t\tGreetings", " End", ""];
        for end in ["\n", "\r", "\r\n"] {
            check(&text.join(end), &lines);
        }
        check(" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", &lines);
        check(
            &"Lorem ipsum dolor sit amet.\n".repeat(10),
            &[
                "a7f2ff13bc495cf2:1",
                "a7f2ff13bc495cf2:2",
                "a7f2ff13bc495cf2:3",
                "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5",
                "a7f2ff13bc495cf2:6",
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                "c129715d7a2bc9a3:1",
            ],
        );
    }
}
