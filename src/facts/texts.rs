//! Texts by number: each text once, numbered in the order in which they come.

use std::ops::Range;

const EMPTY: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Slot {
    hash: u32,
    number: u32,
}

/// A hash table over one long text; a map of boxed texts spends more on allocating than on anything else.
pub struct Texts {
    pub text: String,
    /// Where each text ends, and the next begins.
    pub ends: Vec<u32>,
    /// A power of two of them, at most half in use.
    slots: Vec<Slot>,
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Self { text: String::new(), ends: Vec::new(), slots: Vec::new() };
        texts.renew(0);
        texts
    }
}

impl Texts {
    /// Forgets all texts, and makes room for about so many.
    pub fn renew(&mut self, n_texts: usize) {
        let n_slots = (n_texts * 2).next_power_of_two().max(64);
        self.text.clear();
        self.text.reserve(n_texts * 16);
        self.ends.clear();
        self.ends.reserve(n_texts);
        self.slots.clear();
        self.slots.resize(n_slots, Slot { hash: 0, number: EMPTY });
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn get(&self, number: u32) -> Option<&str> {
        let at = range(&self.ends, number)?;
        Some(&self.text[at])
    }

    pub fn find(&self, text: &str) -> Option<u32> {
        let slot = self.slots[self.slot_of(text, hash(text))];
        (slot.number != EMPTY).then_some(slot.number)
    }

    /// The number of a text, a new one if it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        let hash = hash(text);
        let at = self.slot_of(text, hash);
        if self.slots[at].number != EMPTY {
            return self.slots[at].number;
        }
        let number = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.slots[at] = Slot { hash, number };
        if self.ends.len() * 2 > self.slots.len() {
            self.grow();
        }
        number
    }

    /// Where the text stands, or the empty slot where it would.
    fn slot_of(&self, text: &str, hash: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == EMPTY || slot.hash == hash && self.is(slot.number, text) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    fn is(&self, number: u32, text: &str) -> bool {
        let known = range(&self.ends, number).and_then(|at| self.text.as_bytes().get(at));
        known.is_some_and(|known| same(known, text.as_bytes()))
    }

    fn grow(&mut self) {
        let n_slots = self.slots.len() * 2;
        let old =
            std::mem::replace(&mut self.slots, vec![Slot { hash: 0, number: EMPTY }; n_slots]);
        for slot in old.into_iter().filter(|slot| slot.number != EMPTY) {
            let mut at = slot.hash as usize & (n_slots - 1);
            while self.slots[at].number != EMPTY {
                at = (at + 1) & (n_slots - 1);
            }
            self.slots[at] = slot;
        }
    }
}

/// Where a text lies among others that stand one behind the other.
pub fn range(ends: &[u32], number: u32) -> Option<Range<usize>> {
    let end = *ends.get(number as usize)?;
    let start = if number == 0 { 0 } else { ends[number as usize - 1] };
    Some(start as usize..end as usize)
}

/// Compares two words at a time. Most texts are names, for which a call of the general comparison costs more than they do.
fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() || a.len() > 16 {
        return a == b;
    }
    match (a.first_chunk::<8>(), b.first_chunk::<8>(), a.first_chunk::<4>(), b.first_chunk::<4>()) {
        (Some(a_start), Some(b_start), ..) => {
            a_start == b_start && a.last_chunk::<8>() == b.last_chunk::<8>()
        }
        (_, _, Some(a_start), Some(b_start)) => {
            a_start == b_start && a.last_chunk::<4>() == b.last_chunk::<4>()
        }
        _ => a.iter().eq(b),
    }
}

pub fn hash(text: &str) -> u32 {
    (text_hash(text.as_bytes()) >> 32) as u32
}

/// Reads eight bytes at a time; the last eight may overlap those before.
pub fn text_hash(text: &[u8]) -> u64 {
    let length = text.len() as u64;
    if let Some(last) = text.last_chunk::<8>() {
        let (chunks, _) = text.as_chunks::<8>();
        let hash =
            chunks.iter().fold(length, |hash, chunk| mixed(hash, u64::from_le_bytes(*chunk)));
        return mixed(hash, u64::from_le_bytes(*last));
    }
    let word = match (text.first_chunk::<4>(), text.last_chunk::<4>(), text) {
        (Some(first), Some(last), _) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        (_, _, [first, .., last]) => {
            let middle = text[text.len() / 2];
            u64::from(u32::from_le_bytes([*first, middle, *last, 0]))
        }
        (_, _, [only]) => u64::from(*only),
        (_, _, []) => return 0,
    };
    mixed(length, word)
}

pub fn mixed(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_number() {
        let mut texts = Texts::default();
        let words: Vec<String> = (0..1000).map(|n| format!("name{n}")).collect();
        for _ in 0..2 {
            for (number, word) in words.iter().enumerate() {
                assert_eq!(texts.number(word), number as u32);
            }
        }
        assert_eq!(texts.find("name7"), Some(7));
        assert_eq!(texts.find("other"), None);
        assert_eq!(texts.get(999), Some("name999"));
        assert_eq!(texts.len(), 1000);
    }

    #[test]
    fn texts_are_compared_whole() {
        let text = "abcdefghijklmnopqrst";
        for length in 0..=text.len() {
            let a = &text.as_bytes()[..length];
            assert!(same(a, a));
            for at in 0..length {
                let mut b = a.to_vec();
                b[at] = b'_';
                assert!(!same(a, &b), "{length} {at}");
            }
        }
    }
}
