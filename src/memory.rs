//! Memory for what dies with a file: its syntax tree, its tokens, and what a visit of them fills and throws away.
//!
//! A syntax tree is ten thousand small pieces that come together and go together, and a tenth of a scan went into
//! finding a place for each and taking it back. A [`Region`] lays them side by side instead and counts them; when the
//! count is back at nought, all its memory is free again. Nothing is taken back on anybody's word: a piece that outlives
//! its region keeps that region from being used again, and that is all.

#![allow(
    unsafe_code,
    reason = "an allocator cannot be written without; nothing else in the crate may"
)]

use std::alloc::{GlobalAlloc, Layout, alloc};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering};

/// What one file takes at most; what it takes beyond that comes from the allocator behind.
const SIZE: usize = 1 << 20;

/// A scan has no more threads by itself. Those beyond that have the allocator behind.
const COUNT: usize = 16;

/// No address is so far up, nor within all regions of it.
const NOWHERE: usize = 1 << (usize::BITS - 1);

/// Where the regions lie, one behind the other.
static BASE: AtomicUsize = AtomicUsize::new(NOWHERE);

static SLOTS: [Slot; COUNT] =
    [const { Slot { leased: AtomicBool::new(false), left: AtomicIsize::new(0) } }; COUNT];

struct Slot {
    leased: AtomicBool,
    /// How many pieces are still in use that nobody who leases it counts. Below nought while another thread frees pieces
    /// of the one who does.
    left: AtomicIsize,
}

/// The region that this thread leases.
struct Lease {
    start: Cell<usize>,
    next: Cell<*mut u8>,
    /// Bytes from `next` on that may be given; none while the region is not being filled.
    room: Cell<usize>,
    live: Cell<isize>,
    /// The slot it had last, whose memory is likely still near.
    slot: Cell<usize>,
}

thread_local! {
    // Without a destructor, so that it is there as long as the thread allocates.
    static LEASE: Lease = const {
        Lease {
            start: Cell::new(NOWHERE),
            next: Cell::new(ptr::null_mut()),
            room: Cell::new(0),
            live: Cell::new(0),
            slot: Cell::new(0),
        }
    };
}

/// One thread's lease of a region, if there was one to be had.
pub struct Region {
    leased: bool,
    /// Bytes left while it is not being filled.
    room: Cell<usize>,
    _stays_on_its_thread: PhantomData<*mut u8>,
}

impl Region {
    pub fn lease() -> Self {
        let room = LEASE.with(Lease::begin).unwrap_or(0);
        Self { leased: room > 0, room: Cell::new(room), _stays_on_its_thread: PhantomData }
    }

    /// Does a piece of work whose allocations are of short life.
    pub fn fill<T>(&self, work: impl FnOnce() -> T) -> T {
        /// Ends the filling also when the work panics.
        struct Filling<'r>(&'r Region);
        impl Drop for Filling<'_> {
            fn drop(&mut self) {
                LEASE.with(|lease| lease.room.swap(&self.0.room));
            }
        }
        if !self.leased {
            return work();
        }
        LEASE.with(|lease| lease.room.swap(&self.room));
        let _filling = Filling(self);
        work()
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        if self.leased {
            LEASE.with(Lease::end);
        }
    }
}

impl Lease {
    /// Takes a region of which nothing is in use; says how large it is.
    fn begin(&self) -> Option<usize> {
        if self.start.get() != NOWHERE {
            return None;
        }
        let base = reserved()?;
        let slot = (0..COUNT).map(|n| (self.slot.get() + n) % COUNT).find(|slot| {
            let Slot { leased, left } = &SLOTS[*slot];
            // What others did before they freed its pieces is over when these are given anew.
            let is_mine = !leased.swap(true, Ordering::Acquire);
            let is_free = is_mine && left.load(Ordering::Acquire) == 0;
            if is_mine && !is_free {
                leased.store(false, Ordering::Release);
            }
            is_free
        })?;
        let start = base.wrapping_add(slot * SIZE);
        self.start.set(start.addr());
        self.next.set(start);
        self.live.set(0);
        self.slot.set(slot);
        Some(SIZE)
    }

    fn end(&self) {
        self.start.set(NOWHERE);
        let slot = &SLOTS[self.slot.get()];
        slot.left.fetch_add(self.live.get(), Ordering::AcqRel);
        slot.leased.store(false, Ordering::Release);
    }

    fn holds(&self, piece: *mut u8) -> bool {
        piece.addr().wrapping_sub(self.start.get()) < SIZE
    }

    fn give(&self, layout: Layout) -> Option<*mut u8> {
        let next = self.next.get();
        let padding = next.addr().wrapping_neg() & (layout.align() - 1);
        let taken = padding + layout.size();
        let room = self.room.get().checked_sub(taken)?;
        self.room.set(room);
        self.next.set(next.wrapping_add(taken));
        self.live.set(self.live.get() + 1);
        Some(next.wrapping_add(padding))
    }

    /// Makes the piece given last larger or smaller, or any smaller, where it is.
    fn resize(&self, piece: *mut u8, old: usize, new: usize) -> bool {
        let is_last = piece.wrapping_add(old) == self.next.get();
        if !is_last {
            return new <= old;
        }
        // While nothing is filled there is no room to grow into, and what a smaller piece leaves is lost.
        match (self.room.get() + old).checked_sub(new) {
            Some(room) if self.room.get() > 0 => {
                self.room.set(room);
                self.next.set(piece.wrapping_add(new));
                true
            }
            _ => new <= old,
        }
    }
}

/// The memory of all regions, which takes none before it is used; nothing where there is none to be had.
fn reserved() -> Option<*mut u8> {
    static RESERVED: OnceLock<Option<usize>> = OnceLock::new();
    let base = *RESERVED.get_or_init(|| {
        if !cfg!(unix) {
            return None;
        }
        let layout = Layout::from_size_align(SIZE * COUNT, 4096).ok()?;
        // SAFETY: the size is not nought.
        let base = unsafe { alloc(layout) };
        if base.is_null() {
            return None;
        }
        BASE.store(base.expose_provenance(), Ordering::Relaxed);
        Some(base.addr())
    });
    base.map(ptr::with_exposed_provenance_mut)
}

/// The slot that a piece lies in.
fn slot_of(piece: *mut u8) -> Option<&'static Slot> {
    SLOTS.get(piece.addr().wrapping_sub(BASE.load(Ordering::Relaxed)) / SIZE)
}

/// An allocator that knows of regions; all else it leaves to the one behind it.
pub struct Allocator<A>(pub A);

// SAFETY: a piece of a region lies within memory that is reserved for the whole run, is aligned as asked, and overlaps no
// other in use: `Lease::give` goes one way only, and starts anew only in a region of which every piece given was freed, by
// its owner's count and that of its slot together. Whatever lies in no region goes to and comes from the allocator behind.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Allocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match LEASE.with(|lease| lease.give(layout)) {
            Some(piece) => piece,
            // SAFETY: the caller's promise is the same.
            None => unsafe { self.0.alloc(layout) },
        }
    }

    #[inline]
    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        let is_mine = LEASE.with(|lease| {
            let is_mine = lease.holds(piece);
            lease.live.set(lease.live.get() - isize::from(is_mine));
            is_mine
        });
        if is_mine {
            return;
        }
        match slot_of(piece) {
            Some(slot) => {
                slot.left.fetch_sub(1, Ordering::Release);
            }
            // SAFETY: it lies in no region, so it is from there.
            None => unsafe { self.0.dealloc(piece, layout) },
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match LEASE.with(|lease| lease.give(layout)) {
            Some(piece) => {
                // SAFETY: it was given for so many bytes.
                unsafe { piece.write_bytes(0, layout.size()) };
                piece
            }
            // SAFETY: the caller's promise is the same.
            None => unsafe { self.0.alloc_zeroed(layout) },
        }
    }

    #[inline]
    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        let is_mine = LEASE.with(|lease| lease.holds(piece));
        if !is_mine && slot_of(piece).is_none() {
            // SAFETY: it lies in no region, so it is from there.
            return unsafe { self.0.realloc(piece, layout, new_size) };
        }
        if is_mine && LEASE.with(|lease| lease.resize(piece, layout.size(), new_size)) {
            return piece;
        }
        // SAFETY: the caller promises that the new size fits the alignment; both pieces are as long as what is copied, and
        // apart; the old one is not used again.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(piece, new, layout.size().min(new_size));
                self.dealloc(piece, layout);
            }
            new
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const ALLOCATOR: Allocator<std::alloc::System> = Allocator(std::alloc::System);

    /// For tests that look at a slot after they had it.
    static SLOTS_ARE_LOOKED_AT: Mutex<()> = Mutex::new(());

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    fn in_region(piece: *mut u8) -> bool {
        slot_of(piece).is_some()
    }

    /// What the allocator gives, for as long as this is kept.
    struct Piece {
        at: *mut u8,
        layout: Layout,
    }

    impl Piece {
        fn new(size: usize, align: usize) -> Self {
            let layout = layout(size, align);
            // SAFETY: no size here is nought.
            Self { at: unsafe { ALLOCATOR.alloc(layout) }, layout }
        }

        fn filled(size: usize, with: u8) -> Self {
            let piece = Self::new(size, 8);
            // SAFETY: it was given for so many bytes.
            unsafe { piece.at.write_bytes(with, size) };
            piece
        }

        fn resized(mut self, size: usize) -> Self {
            // SAFETY: it is this allocator's, by this layout; the old place is not used again.
            self.at = unsafe { ALLOCATOR.realloc(self.at, self.layout, size) };
            self.layout = layout(size, self.layout.align());
            self
        }

        fn bytes(&self) -> &[u8] {
            // SAFETY: all pieces whose bytes are looked at were written whole.
            unsafe { std::slice::from_raw_parts(self.at, self.layout.size()) }
        }
    }

    impl Drop for Piece {
        fn drop(&mut self) {
            // SAFETY: it is this allocator's, by this layout.
            unsafe { ALLOCATOR.dealloc(self.at, self.layout) };
        }
    }

    // SAFETY: it is a place in memory that only its owner looks at.
    unsafe impl Send for Piece {}

    #[test]
    fn only_what_fills_a_region_lies_in_it() {
        let before = Piece::new(10, 1);
        let region = Region::lease();
        let within = region.fill(|| Piece::new(10, 1));
        let after = Piece::new(10, 1);
        assert_eq!([&before, &within, &after].map(|p| in_region(p.at)), [false, true, false]);
    }

    #[test]
    fn pieces_are_aligned_and_apart() {
        let region = Region::lease();
        let pieces: Vec<Piece> =
            region.fill(|| (0..200).map(|n| Piece::new(1 + n * 7 % 50, 1 << (n % 8))).collect());
        let mut spans: Vec<_> =
            pieces.iter().map(|p| (p.at.addr(), p.at.addr() + p.layout.size())).collect();
        assert!(pieces.iter().all(|p| p.at.addr() % p.layout.align() == 0 && in_region(p.at)));
        spans.sort_unstable();
        assert!(spans.windows(2).all(|pair| pair[0].1 <= pair[1].0));
    }

    #[test]
    fn a_region_begins_anew_only_when_all_its_pieces_are_gone() {
        let _alone = SLOTS_ARE_LOOKED_AT.lock();
        let first = |region: &Region| region.fill(|| Piece::filled(64, 7));
        let (start, kept) = {
            let region = Region::lease();
            let (gone, kept) = (first(&region), first(&region));
            (gone.at, kept)
        };
        // This thread would get its last region again, were it free.
        let elsewhere = {
            let region = Region::lease();
            first(&region).at
        };
        assert_ne!(start, elsewhere);
        assert!(kept.bytes().iter().all(|byte| *byte == 7));
        let slot = slot_of(kept.at).unwrap();
        assert_eq!(slot.left.load(Ordering::Acquire), 1);
        drop(kept);
        assert_eq!(slot.left.load(Ordering::Acquire), 0);
    }

    #[test]
    fn another_thread_may_free_a_piece() {
        let _alone = SLOTS_ARE_LOOKED_AT.lock();
        let slot = {
            let region = Region::lease();
            let (mine, other) = region.fill(|| (Piece::new(8, 8), Piece::new(8, 8)));
            std::thread::spawn(move || drop(other)).join().unwrap();
            slot_of(mine.at).unwrap()
        };
        assert_eq!(slot.left.load(Ordering::Acquire), 0);
    }

    #[test]
    fn pieces_grow_and_shrink_with_what_is_in_them() {
        let region = Region::lease();
        let (first, last) = region.fill(|| (Piece::filled(100, 1), Piece::filled(100, 2)));
        let at = last.at;
        // The last one grows where it is, any other moves, and both shrink where they are.
        let last = region.fill(|| last.resized(200));
        assert_eq!(last.at, at);
        let moved = region.fill(|| first.resized(300));
        assert!(in_region(moved.at) && moved.at > at);
        let last = last.resized(50);
        assert_eq!(last.at, at);
        // While the region is not being filled it gives nothing.
        let outside = moved.resized(400);
        assert!(!in_region(outside.at));
        assert!(last.bytes().iter().all(|byte| *byte == 2));
        assert!(outside.bytes()[..100].iter().all(|byte| *byte == 1));
    }

    #[test]
    fn what_does_not_fit_comes_from_behind() {
        let region = Region::lease();
        let pieces: Vec<Piece> = region.fill(|| (0..5).map(|_| Piece::new(SIZE / 4, 1)).collect());
        let within: Vec<bool> = pieces.iter().map(|piece| in_region(piece.at)).collect();
        assert_eq!(within, [true, true, true, true, false]);
    }

    #[test]
    fn a_panic_ends_the_filling() {
        let region = Region::lease();
        let fill = std::panic::AssertUnwindSafe(|| region.fill(|| panic!("no tree")));
        assert!(std::panic::catch_unwind(fill).is_err());
        assert!(!in_region(Piece::new(8, 8).at));
        assert!(in_region(region.fill(|| Piece::new(8, 8)).at));
    }

    #[test]
    fn zeroed_memory_is_zero_where_something_was() {
        for _ in 0..3 {
            let region = Region::lease();
            let old = region.fill(|| Piece::filled(64, 9));
            drop(old);
            drop(region);
            let region = Region::lease();
            // SAFETY: the size is not nought.
            let at = region.fill(|| unsafe { ALLOCATOR.alloc_zeroed(layout(64, 8)) });
            let new = Piece { at, layout: layout(64, 8) };
            assert!(new.bytes().iter().all(|byte| *byte == 0));
        }
    }

    #[test]
    fn one_thread_leases_one_region() {
        let outer = Region::lease();
        let inner = Region::lease();
        assert!(outer.leased && !inner.leased);
        assert!(!in_region(inner.fill(|| Piece::new(8, 8)).at));
    }
}
