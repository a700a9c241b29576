//! Families of names: what is left of a class name without the words that tell versions and roles of one thing apart.

/// Words that name a version or a role of a thing, not the thing. `V#` stands for V and a number, `#` for a number.
pub const DEFAULT: [&str; 26] = [
    "Unified",
    "Base",
    "Abstract",
    "Mock",
    "Fake",
    "Dummy",
    "Test",
    "Legacy",
    "Old",
    "New",
    "V#",
    "#",
    "Enhanced",
    "Improved",
    "Extended",
    "Advanced",
    "Optimized",
    "Refactored",
    "Modern",
    "Consolidated",
    "Canonical",
    "Simple",
    "Default",
    "Impl",
    "Implementation",
    "Interface",
];

/// The affixes in use, without case.
#[derive(Clone, Debug)]
pub struct Affixes(Vec<String>);

impl Default for Affixes {
    fn default() -> Self {
        Self::new(&DEFAULT.map(str::to_owned))
    }
}

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stem<'n> {
    /// The words that are left, joined.
    pub stem: String,
    /// The words that were dropped, as written.
    pub dropped: Vec<&'n str>,
}

impl Affixes {
    pub fn new(words: &[String]) -> Self {
        Self(words.iter().map(|word| word.to_ascii_lowercase()).collect())
    }

    /// A name without its affixes in front and behind; a name that is nothing but affixes is its own stem.
    pub fn stem<'n>(&self, name: &'n str) -> Stem<'n> {
        let words = words(name);
        let is_affix = |word: &&str| self.has(word);
        let front = words.iter().take_while(|word| is_affix(word)).count();
        let behind = words[front..].iter().rev().take_while(|word| is_affix(word)).count();
        let kept = &words[front..words.len() - behind];
        if kept.is_empty() {
            return Stem { stem: name.to_owned(), dropped: Vec::new() };
        }
        let dropped = words[..front].iter().chain(&words[words.len() - behind..]);
        Stem { stem: kept.concat(), dropped: dropped.copied().collect() }
    }

    fn has(&self, word: &str) -> bool {
        let word = word.to_ascii_lowercase();
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        self.0.iter().any(|affix| match affix.strip_suffix('#') {
            Some(before) => word.strip_prefix(before).is_some_and(is_number),
            None => word == *affix,
        })
    }
}

/// `HTTPServerV2` is `HTTP`, `Server`, `V2`; underscores only separate.
fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let chars: Vec<(usize, char)> = part.char_indices().collect();
        let mut start = 0;
        for at in 1..chars.len() {
            let (before, (offset, here)) = (chars[at - 1].1, chars[at]);
            let after_is_lower = chars.get(at + 1).is_some_and(|(_, next)| next.is_lowercase());
            let is_version = here.is_ascii_digit() && before == 'V' && start + 1 == offset;
            let begins = (here.is_uppercase() && !before.is_uppercase())
                || (here.is_uppercase() && after_is_lower)
                || (here.is_ascii_digit() && !before.is_ascii_digit() && !is_version);
            if begins {
                words.push(&part[start..offset]);
                start = offset;
            }
        }
        words.push(&part[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("WebSocketManager"), ["Web", "Socket", "Manager"]);
        assert_eq!(words("HTTPServerV2"), ["HTTP", "Server", "V2"]);
        assert_eq!(words("_Base_Client2"), ["Base", "Client", "2"]);
        assert_eq!(words("IOError"), ["IO", "Error"]);
        assert_eq!(words("x"), ["x"]);
    }

    #[test]
    fn affixes_go_from_both_ends() {
        let affixes = Affixes::default();
        let cases = [
            ("UnifiedManager", "Manager", vec!["Unified"]),
            ("BaseEnhancedManagerV2", "Manager", vec!["Base", "Enhanced", "V2"]),
            ("ManagerImpl", "Manager", vec!["Impl"]),
            ("Manager2", "Manager", vec!["2"]),
            ("NewsManager", "NewsManager", vec![]),
            ("ManagerBaseFactory", "ManagerBaseFactory", vec![]),
            ("TestBase", "TestBase", vec![]),
        ];
        for (name, stem, dropped) in cases {
            assert_eq!(affixes.stem(name), Stem { stem: stem.to_owned(), dropped }, "{name}");
        }
    }

    #[test]
    fn the_list_can_be_another() {
        let affixes = Affixes::new(&["Shiny".to_owned()]);
        assert_eq!(affixes.stem("shinyManager").stem, "Manager");
        assert_eq!(affixes.stem("BaseManager").stem, "BaseManager");
    }
}
