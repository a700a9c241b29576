//! One segment of the cache: a file that is written once, checked as a whole when it is read, and never changed.
//!
//! Header, then five regions: files, contents, words, paths, text. They are read with plain reads into memory of our own,
//! not mapped: a file that is truncated under a map kills the process.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytemuck::{NoUninit, Pod, Zeroable};
use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::facts::{self, Facts};

/// A bigger one is neither written nor read; so every offset fits into 32 bits.
pub const MAX_BYTES: u64 = 1 << 30;

/// Raise it when the layout below changes.
const FORMAT: u32 = 1;

const MAGIC: [u8; 8] = *b"fragfact";

/// Hashed one by one, so that several threads can read and check one segment, each piece while it is in their cache.
const CHUNK: usize = 1 << 20;

/// Which file had which content, and how it looked from outside.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct FileRow {
    pub hash: u128,
    pub size: u64,
    pub mtime_ns: i64,
    pub inode: u64,
    pub scanned_at_ns: i64,
    /// Set by the draft.
    pub path: [u32; 2],
    pub language: u32,
    pub zero: u32,
}

impl FileRow {
    pub fn bytes(&self) -> u64 {
        size_of::<Self>() as u64 + range(self.path).len() as u64
    }
}

/// Where the facts of a content lie.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub struct ContentRow {
    pub hash: u128,
    pub language: u32,
    words: [u32; 2],
    text: [u32; 2],
    zero: [u32; 3],
}

impl ContentRow {
    pub fn bytes(&self) -> u64 {
        (size_of::<Self>() + 4 * range(self.words).len() + range(self.text).len()) as u64
    }
}

fn range([start, end]: [u32; 2]) -> Range<usize> {
    start as usize..end as usize
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Header {
    magic: [u8; 8],
    version: [u32; 5],
    n_files: u32,
    n_contents: u32,
    n_words: u32,
    n_paths: u32,
    n_text: u32,
    /// Over this header (with zero in this place) and the hashes of all chunks.
    checksum: u64,
}

impl Header {
    /// The length of a segment with this header.
    fn bytes(&self) -> u64 {
        size_of::<Self>() as u64
            + u64::from(self.n_files) * size_of::<FileRow>() as u64
            + u64::from(self.n_contents) * size_of::<ContentRow>() as u64
            + u64::from(self.n_words) * 4
            + u64::from(self.n_paths)
            + u64::from(self.n_text)
    }

    fn hasher(&self) -> Xxh3 {
        let mut hasher = Xxh3::new();
        hasher.update(bytemuck::bytes_of(&Self { checksum: 0, ..*self }));
        hasher
    }
}

/// The program's version, the layout's, the facts'; a later program has a greater one.
///
/// Numbers are stored as this machine has them. On one of the other byte order they look like another version.
fn version() -> [u32; 5] {
    let part = |text: &str| text.parse().unwrap_or(0);
    [
        part(env!("CARGO_PKG_VERSION_MAJOR")),
        part(env!("CARGO_PKG_VERSION_MINOR")),
        part(env!("CARGO_PKG_VERSION_PATCH")),
        FORMAT,
        facts::VERSION,
    ]
}

/// Why a segment is not used.
#[derive(Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is damaged or of an older version: nobody needs it any more.
    Spoiled,
    /// Another, later program may still need it.
    Newer,
    /// It vanished, is no regular file, or the disk does not answer; that says nothing about its bytes.
    Unreadable,
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Spoiled } else { Self::Unreadable }
    }
}

pub struct Segment {
    pub path: PathBuf,
    pub bytes: u64,
    pub files: Vec<FileRow>,
    pub contents: Vec<ContentRow>,
    words: Arc<Vec<u32>>,
    paths: String,
    text: Arc<String>,
}

impl Segment {
    pub fn read(path: &Path) -> Result<Self, Unfit> {
        let file = open_regular(path)?;
        let bytes = file.metadata()?.len();
        let mut header = Header::zeroed();
        read_exact_at(&file, bytemuck::bytes_of_mut(&mut header), 0)?;
        if header.magic != MAGIC || header.version < version() {
            return Err(Unfit::Spoiled);
        }
        if header.version > version() {
            return Err(Unfit::Newer);
        }
        // Before anything is allocated by what the header says.
        if header.bytes() != bytes || bytes > MAX_BYTES {
            return Err(Unfit::Spoiled);
        }

        let mut files = vec![FileRow::zeroed(); header.n_files as usize];
        let mut contents = vec![ContentRow::zeroed(); header.n_contents as usize];
        let mut words = vec![0_u32; header.n_words as usize];
        let mut paths = vec![0_u8; header.n_paths as usize];
        let mut text = vec![0_u8; header.n_text as usize];
        let files_at = size_of::<Header>() as u64;
        let contents_at = files_at + size_of_val(&*files) as u64;
        let words_at = contents_at + size_of_val(&*contents) as u64;
        let paths_at = words_at + size_of_val(&*words) as u64;
        let text_at = paths_at + paths.len() as u64;

        let mut sums = read_region(&file, files_at, &mut files)?;
        sums.extend(read_region(&file, contents_at, &mut contents)?);
        let (words_sums, text_and_sums) = rayon::join(
            || read_region(&file, words_at, &mut words),
            || {
                let paths_sums = read_region(&file, paths_at, &mut paths)?;
                let text_sums = read_region(&file, text_at, &mut text)?;
                let paths = String::from_utf8(paths).map_err(|_| Unfit::Spoiled)?;
                let text = String::from_utf8(text).map_err(|_| Unfit::Spoiled)?;
                Ok::<_, Unfit>((paths, text, paths_sums, text_sums))
            },
        );
        let (paths, text, paths_sums, text_sums) = text_and_sums?;
        sums.extend(words_sums?);
        sums.extend(paths_sums);
        sums.extend(text_sums);

        let mut hasher = header.hasher();
        hasher.update(bytemuck::cast_slice(&sums));
        let sound = hasher.digest() == header.checksum
            && files.iter().all(|row| paths.get(range(row.path)).is_some())
            && contents.iter().all(|row| words.get(range(row.words)).is_some())
            && contents.iter().all(|row| text.get(range(row.text)).is_some());
        if !sound {
            return Err(Unfit::Spoiled);
        }
        let (words, text) = (Arc::new(words), Arc::new(text));
        Ok(Self { path: path.to_path_buf(), bytes, files, contents, words, paths, text })
    }

    pub fn path_of(&self, row: &FileRow) -> &str {
        &self.paths[range(row.path)]
    }

    pub fn facts(&self, row: &ContentRow) -> Option<Facts> {
        Facts::within(self.words.clone(), range(row.words), self.text.clone(), range(row.text))
    }

    pub fn words_and_text(&self, row: &ContentRow) -> (&[u32], &str) {
        (&self.words[range(row.words)], &self.text[range(row.text)])
    }
}

/// Fills `rows` and gives the hash of each chunk.
fn read_region<T: Pod>(file: &File, at: u64, rows: &mut [T]) -> io::Result<Vec<u64>> {
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(rows);
    let read = |(index, chunk): (usize, &mut [u8])| {
        read_exact_at(file, chunk, at + (index * CHUNK) as u64)?;
        Ok(xxh3_64(chunk))
    };
    if bytes.len() <= CHUNK {
        return bytes.chunks_mut(CHUNK).enumerate().map(read).collect();
    }
    bytes.par_chunks_mut(CHUNK).enumerate().map(read).collect()
}

/// Never waits for a pipe and never goes through a link.
fn open_regular(path: &Path) -> Result<File, Unfit> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NONBLOCK | OFlags::NOFOLLOW).bits() as i32);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(Unfit::Unreadable) }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let n = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[n..];
        at += n as u64;
    }
    Ok(())
}

/// A segment in the making: it borrows the facts and copies them only into the file.
#[derive(Default)]
pub struct Draft<'a> {
    files: Vec<FileRow>,
    contents: Vec<ContentRow>,
    bodies: Vec<(&'a [u32], &'a str)>,
    paths: String,
    n_words: usize,
    n_text: usize,
}

impl<'a> Draft<'a> {
    pub fn file(&mut self, path: &str, row: FileRow) {
        let start = self.paths.len() as u32;
        self.paths.push_str(path);
        self.files.push(FileRow { path: [start, self.paths.len() as u32], ..row });
    }

    pub fn content(&mut self, hash: u128, language: u32, (words, text): (&'a [u32], &'a str)) {
        let (words_at, text_at) = (self.n_words as u32, self.n_text as u32);
        self.n_words += words.len();
        self.n_text += text.len();
        self.contents.push(ContentRow {
            hash,
            language,
            words: [words_at, self.n_words as u32],
            text: [text_at, self.n_text as u32],
            zero: [0; 3],
        });
        self.bodies.push((words, text));
    }

    pub fn n_files(&self) -> usize {
        self.files.len()
    }

    pub fn bytes(&self) -> u64 {
        let rows = size_of_val(&*self.files) + size_of_val(&*self.contents);
        (size_of::<Header>() + rows + 4 * self.n_words + self.paths.len() + self.n_text) as u64
    }

    /// No fsync: what a power cut leaves half written fails its checksum, and costs no more than a cold scan.
    pub fn write(&self, file: &mut File) -> io::Result<()> {
        if self.bytes() > MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let mut header = Header {
            magic: MAGIC,
            version: version(),
            n_files: self.files.len() as u32,
            n_contents: self.contents.len() as u32,
            n_words: self.n_words as u32,
            n_paths: self.paths.len() as u32,
            n_text: self.n_text as u32,
            checksum: 0,
        };
        file.write_all(bytemuck::bytes_of(&header))?;
        let mut regions = Regions { file, chunk: Vec::new(), hasher: header.hasher() };
        regions.push(&self.files)?;
        regions.end()?;
        regions.push(&self.contents)?;
        regions.end()?;
        for (words, _) in &self.bodies {
            regions.push(words)?;
        }
        regions.end()?;
        regions.push(self.paths.as_bytes())?;
        regions.end()?;
        for (_, text) in &self.bodies {
            regions.push(text.as_bytes())?;
        }
        regions.end()?;
        header.checksum = regions.hasher.digest();
        file.rewind()?;
        file.write_all(bytemuck::bytes_of(&header))
    }
}

/// Writes by chunks and hashes each; a region begins a new one.
struct Regions<'a> {
    file: &'a mut File,
    chunk: Vec<u8>,
    hasher: Xxh3,
}

impl Regions<'_> {
    fn push<T: NoUninit>(&mut self, rows: &[T]) -> io::Result<()> {
        let mut bytes: &[u8] = bytemuck::cast_slice(rows);
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.chunk.len()));
            self.chunk.extend_from_slice(now);
            bytes = later;
            if self.chunk.len() == CHUNK {
                self.end()?;
            }
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        if !self.chunk.is_empty() {
            self.hasher.update(&xxh3_64(&self.chunk).to_ne_bytes());
            self.file.write_all(&self.chunk)?;
            self.chunk.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::facts::rows::Status;

    use super::*;

    fn small() -> Facts {
        let mut draft = facts::Draft::default();
        draft.sym("näme");
        draft.finish(Status::Parsed)
    }

    fn written(path: &Path) -> Vec<u8> {
        let facts = small();
        let mut draft = Draft::default();
        draft.file("pkg/ä.py", FileRow { hash: 7, size: 5, ..FileRow::zeroed() });
        draft.content(7, 0, (facts.words(), facts.blob()));
        let mut file = File::create(path).unwrap();
        draft.write(&mut file).unwrap();
        let bytes = fs::read(path).unwrap();
        assert_eq!(bytes.len() as u64, draft.bytes());
        bytes
    }

    fn verdict(path: &Path, bytes: &[u8]) -> Result<(), Unfit> {
        fs::write(path, bytes).unwrap();
        Segment::read(path).map(|_| ())
    }

    #[test]
    fn a_segment_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        written(&path);
        let segment = Segment::read(&path).unwrap();
        assert_eq!(segment.path_of(&segment.files[0]), "pkg/ä.py");
        assert_eq!(segment.files[0].size, 5);
        let facts = segment.facts(&segment.contents[0]).unwrap();
        assert_eq!((facts.words(), facts.blob()), (small().words(), small().blob()));
    }

    #[test]
    fn regions_of_many_chunks_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let words: Vec<u32> = (0..CHUNK as u32).collect();
        let text = "abcdefg".repeat(CHUNK / 3);
        let mut draft = Draft::default();
        draft.content(1, 0, (&words[..CHUNK / 4], "x"));
        draft.content(2, 0, (&words, &text));
        draft.write(&mut File::create(&path).unwrap()).unwrap();
        let segment = Segment::read(&path).unwrap();
        assert_eq!(segment.words_and_text(&segment.contents[0]), (&words[..CHUNK / 4], "x"));
        assert!(segment.words_and_text(&segment.contents[1]) == (&words, &text));
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert_eq!(verdict(&path, &bytes), Err(Unfit::Spoiled));
    }

    #[test]
    fn no_flipped_bit_passes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let mut bytes = written(&path);
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(verdict(&path, &bytes).is_err(), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(verdict(&path, &bytes), Ok(()));
    }

    #[test]
    fn no_truncation_or_growth_passes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let mut bytes = written(&path);
        for length in 0..bytes.len() {
            assert_eq!(verdict(&path, &bytes[..length]), Err(Unfit::Spoiled), "{length} bytes");
        }
        bytes.push(0);
        assert_eq!(verdict(&path, &bytes), Err(Unfit::Spoiled));
    }

    #[test]
    fn an_older_version_is_spoiled_and_a_newer_one_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let bytes = written(&path);
        let with_facts_version = |version: u32| {
            let mut bytes = bytes.clone();
            bytes[8 + 16..8 + 20].copy_from_slice(&version.to_ne_bytes());
            verdict(&path, &bytes)
        };
        assert_eq!(with_facts_version(facts::VERSION - 1), Err(Unfit::Spoiled));
        assert_eq!(with_facts_version(facts::VERSION + 1), Err(Unfit::Newer));
    }

    #[test]
    fn a_vanished_segment_is_no_spoiled_one() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| Segment::read(&folder.path().join(name)).err();
        assert_eq!(read("absent"), Some(Unfit::Unreadable));
        assert_eq!(read("."), Some(Unfit::Unreadable));
    }
}
