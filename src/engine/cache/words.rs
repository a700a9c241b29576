//! Rows as words and one text, to be kept between runs. Writing follows the fields; reading is total: whatever does not fit
//! the project at hand gives nothing.

use std::collections::BTreeSet;

use crate::facts::rows::Row;
use crate::model::{FileId, Project};

/// What is written: numbers as words, and the bytes of all texts one behind the other.
#[derive(Default)]
pub struct Writer {
    pub words: Vec<u32>,
    pub text: String,
}

/// What is left to read, and the project that ids are of.
pub struct Reader<'a> {
    pub words: &'a [u32],
    pub text: &'a str,
    pub project: &'a Project,
}

/// What can be kept.
pub trait Kept: Sized {
    fn put(&self, out: &mut Writer);
    fn take(from: &mut Reader) -> Option<Self>;
}

impl Reader<'_> {
    pub fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.words.split_first()?;
        self.words = rest;
        Some(*word)
    }

    /// Whether nothing is left over, which would be as wrong as too little.
    pub fn is_done(&self) -> bool {
        self.words.is_empty() && self.text.is_empty()
    }
}

/// The fields of a struct, in this order.
macro_rules! kept {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {
        $(impl $crate::engine::cache::words::Kept for $name {
            fn put(&self, out: &mut $crate::engine::cache::words::Writer) {
                let Self { $($field),+ } = self;
                $($crate::engine::cache::words::Kept::put($field, out);)+
            }

            fn take(from: &mut $crate::engine::cache::words::Reader) -> Option<Self> {
                $(let $field = $crate::engine::cache::words::Kept::take(from)?;)+
                Some(Self { $($field),+ })
            }
        })+
    };
}

/// An enum without fields, by its place in a list of all its variants.
macro_rules! kept_by_place {
    ($($name:ident: $all:expr;)+) => {
        $(impl $crate::engine::cache::words::Kept for $name {
            fn put(&self, out: &mut $crate::engine::cache::words::Writer) {
                let at = $all.iter().position(|other| other == self);
                out.words.push(at.map_or(u32::MAX, |at| at as u32));
            }

            fn take(from: &mut $crate::engine::cache::words::Reader) -> Option<Self> {
                let at = from.word()? as usize;
                $all.get(at).copied()
            }
        })+
    };
}

pub(crate) use {kept, kept_by_place};

impl Kept for u32 {
    fn put(&self, out: &mut Writer) {
        out.words.push(*self);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        from.word()
    }
}

/// Counts; none of a tree comes near the limit, and one that did would not be read again.
impl Kept for usize {
    fn put(&self, out: &mut Writer) {
        out.words.push(u32::try_from(*self).unwrap_or(u32::MAX));
    }

    fn take(from: &mut Reader) -> Option<Self> {
        from.word().filter(|word| *word < u32::MAX).map(|word| word as Self)
    }
}

impl Kept for u8 {
    fn put(&self, out: &mut Writer) {
        out.words.push(u32::from(*self));
    }

    fn take(from: &mut Reader) -> Option<Self> {
        from.word()?.try_into().ok()
    }
}

impl Kept for bool {
    fn put(&self, out: &mut Writer) {
        out.words.push(u32::from(*self));
    }

    fn take(from: &mut Reader) -> Option<Self> {
        match from.word()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Kept for f64 {
    fn put(&self, out: &mut Writer) {
        let bits = self.to_bits();
        out.words.extend([bits as u32, (bits >> 32) as u32]);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        let (low, high) = (from.word()?, from.word()?);
        let number = Self::from_bits(u64::from(high) << 32 | u64::from(low));
        number.is_finite().then_some(number)
    }
}

impl Kept for String {
    fn put(&self, out: &mut Writer) {
        self.len().put(out);
        out.text.push_str(self);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        let (own, rest) = from.text.split_at_checked(usize::take(from)?)?;
        from.text = rest;
        Some(own.to_owned())
    }
}

impl<T: Kept> Kept for Option<T> {
    fn put(&self, out: &mut Writer) {
        self.is_some().put(out);
        if let Some(own) = self {
            own.put(out);
        }
    }

    fn take(from: &mut Reader) -> Option<Self> {
        if bool::take(from)? { T::take(from).map(Some) } else { Some(None) }
    }
}

impl<T: Kept> Kept for Vec<T> {
    fn put(&self, out: &mut Writer) {
        self.len().put(out);
        for item in self {
            item.put(out);
        }
    }

    fn take(from: &mut Reader) -> Option<Self> {
        // Everything takes a word at least: no length makes more room than was read.
        let length = usize::take(from).filter(|length| *length <= from.words.len())?;
        (0..length).map(|_| T::take(from)).collect()
    }
}

impl<T: Kept + Ord> Kept for BTreeSet<T> {
    fn put(&self, out: &mut Writer) {
        self.len().put(out);
        for item in self {
            item.put(out);
        }
    }

    fn take(from: &mut Reader) -> Option<Self> {
        Some(<Vec<T>>::take(from)?.into_iter().collect())
    }
}

/// A file of the project.
impl Kept for FileId {
    fn put(&self, out: &mut Writer) {
        self.index().put(out);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        let at = usize::take(from).filter(|at| *at < from.project.files.len())?;
        Some(Self::new(at))
    }
}

/// A definition of the project.
impl Kept for (FileId, Row) {
    fn put(&self, out: &mut Writer) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut Reader) -> Option<Self> {
        let (file, row) = (FileId::take(from)?, Row::take(from)?);
        from.project.file(file).facts.definition(row)?;
        Some((file, row))
    }
}
