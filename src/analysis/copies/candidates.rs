//! Which of many bodies may be alike, found without comparing all with all: MinHash signatures, and those that meet in
//! a band of them.

use rayon::prelude::*;

use super::content::Content;

/// Bodies that have half of their lines in common meet in one of the bands with a probability of 99.9 %, those that
/// have a quarter in common with one of 79 %.
const BANDS: usize = 24;
const PER_BAND: usize = 2;

/// In each bucket of a band a body is compared with so many others, the next in size. So a tree takes at most
/// `BANDS * NEIGHBOURS` comparisons a class, and a shape that stands in thousands of them does not make millions of pairs.
const NEIGHBOURS: usize = 16;

/// Of two that met, so many parts of their signatures must be equal to make a comparison worth while: a sixth. One band
/// brings together many that have only boilerplate in common.
const LEAST_EQUAL: usize = 8;

type Signature = [u64; BANDS * PER_BAND];

/// Pairs of positions, the lower first, sorted. The contents must be in the order of their size.
pub fn pairs(contents: &[&Content]) -> Vec<(u32, u32)> {
    let signatures: Vec<Signature> =
        contents.par_iter().map(|content| signature(content)).collect();
    let mut pairs: Vec<(u32, u32)> =
        (0..BANDS).into_par_iter().flat_map_iter(|band| meetings(&signatures, band)).collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs.retain(|(left, right)| {
        let (left, right) = (&signatures[*left as usize], &signatures[*right as usize]);
        left.iter().zip(right).filter(|(left, right)| left == right).count() >= LEAST_EQUAL
    });
    pairs
}

fn meetings(signatures: &[Signature], band: usize) -> Vec<(u32, u32)> {
    let bucket = |signature: &Signature| {
        let parts = &signature[band * PER_BAND..][..PER_BAND];
        parts.iter().fold(0, |hash: u64, part| mixed(hash ^ part))
    };
    let mut members: Vec<(u64, u32)> =
        signatures.iter().zip(0..).map(|(signature, at)| (bucket(signature), at)).collect();
    members.sort_unstable();
    let mut pairs = Vec::new();
    for (at, (bucket, left)) in members.iter().enumerate() {
        let others = members[at + 1..].iter().take(NEIGHBOURS);
        let others = others.take_while(|(other, _)| other == bucket);
        pairs.extend(others.map(|(_, right)| (*left, *right)));
    }
    pairs
}

/// The least value of each of many hash functions over the lines. A heavy line is the likelier to have it, by as much as
/// it is heavier.
fn signature(content: &Content) -> Signature {
    let mut least = [u64::MAX; BANDS * PER_BAND];
    for line in content.lines().chunk_by(|a, b| a.key == b.key).filter_map(<[_]>::first) {
        let share = (1 << 31) / u64::from(line.weight);
        let key = mixed(mixed(line.key.into()));
        for (number, least) in (1..).zip(&mut least) {
            let hash = mixed(key ^ mixed(number)) >> 32;
            *least = (*least).min(hash * share);
        }
    }
    least
}

fn mixed(hash: u64) -> u64 {
    (hash.rotate_left(29) ^ 0x2545_f491_4f6c_dd1d).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
