//! Near-copies: classes whose bodies are alike, whatever their names.
//!
//! Bodies are compared by their logical lines, with comments, docstrings and layout left out, and names and constants left
//! out of account. `content.rs` has the measure. The order of methods does not matter.

mod align;
mod ancestry;
mod candidates;
mod content;

use rayon::prelude::*;

pub use self::align::{Alignment, MethodRow, align};
use self::ancestry::Ancestry;
use self::content::Content;
use super::clusters::is_interface;
use crate::facts::Facts;
use crate::facts::rows::{Definition, NO_ROW, Row};
use crate::model::{FileId, Project};

/// A class by its file and its row there.
pub type ClassRef = (FileId, Row);

/// Two classes with bodies alike; the left one comes first in the order of paths and lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NearCopy {
    pub left: ClassRef,
    pub right: ClassRef,
    /// In percent, as [`similarity`] has it.
    pub similarity: u8,
}

/// From here on a reader takes two classes for copies. Of copies with a third of their lines edited three in four lie above
/// it, of those with more than half edited one in a hundred (`benches/near_copies`).
pub const DEFAULT_FLOOR: u8 = 50;

/// Smaller classes have too little to tell a copy from a coincidence: exceptions with a message, enums, a few fields.
const LEAST_LINES: usize = 10;
const LEAST_WEIGHT: u32 = 30;

/// Pairs of classes that are alike by at least `floor` percent, sorted.
///
/// Nested classes, classes too small to tell, and pairs that are meant to be alike are left out: a class and one that
/// inherits from it, an interface and what may implement it, a stub and its source, two branches of one `if`. Of
/// classes with the same content each is paired with the first of them, and only the first with others: who wants
/// clusters joins what is connected. In a crowd of hundreds of classes alike not every pair is given, but enough to connect them.
pub fn near_copies(project: &Project, classes: &[ClassRef], floor: u8) -> Vec<NearCopy> {
    let mut bodies: Vec<(Content, ClassRef)> = classes
        .par_iter()
        .filter(|class| {
            let row = definition(project, **class);
            row.is_some_and(|row| row.parent == NO_ROW && row.prints.len() >= LEAST_LINES)
        })
        .map(|class| (content(project, *class), *class))
        .filter(|(content, _)| {
            content.lines().len() >= LEAST_LINES && content.weight() >= LEAST_WEIGHT
        })
        .collect();
    bodies.par_sort_unstable();
    let groups: Vec<_> = bodies.chunk_by(|(left, _), (right, _)| left == right).collect();

    let same = groups.par_iter().flat_map_iter(|group| {
        let (_, first) = group[0];
        group[1..].iter().map(move |(_, other)| (first, *other, 100))
    });
    let contents: Vec<&Content> = groups.iter().map(|group| &group[0].0).collect();
    let near = candidates::pairs(&contents).into_par_iter().map(|(left, right)| {
        let ((left, first), (right, other)) =
            (&groups[left as usize][0], &groups[right as usize][0]);
        (*first, *other, left.similarity(right))
    });
    let mut copies: Vec<NearCopy> = same
        .chain(near)
        .filter(|(_, _, similarity)| *similarity >= floor)
        .map(|(left, right, similarity)| NearCopy {
            left: left.min(right),
            right: left.max(right),
            similarity,
        })
        .collect();
    copies.par_sort_unstable();

    let mut found: Vec<ClassRef> = copies.iter().flat_map(|copy| [copy.left, copy.right]).collect();
    found.sort_unstable();
    found.dedup();
    let ancestry = Ancestry::of(project, &found);
    copies.retain(|copy| !are_meant_to_be_alike(project, &ancestry, copy.left, copy.right));
    copies
}

/// How alike the bodies of two classes are, in percent: how much of each the other has too. Of any two, also of small
/// ones.
pub fn similarity(project: &Project, left: ClassRef, right: ClassRef) -> u8 {
    content(project, left).similarity(&content(project, right))
}

fn content(project: &Project, (file, row): ClassRef) -> Content {
    Content::of_class(&project.file(file).facts, row)
}

fn definition(project: &Project, (file, row): ClassRef) -> Option<&Definition> {
    project.file(file).facts.definition(row)
}

fn are_meant_to_be_alike(
    project: &Project,
    ancestry: &Ancestry,
    left: ClassRef,
    right: ClassRef,
) -> bool {
    are_branches(project, left, right)
        || project.file(left.0).source == Some(right.0)
        || project.file(right.0).source == Some(left.0)
        || is_interface(project, left) != is_interface(project, right)
        || ancestry.inherits(left, right)
        || ancestry.inherits(right, left)
}

/// Two classes of one name in one file: the branches of an `if` or `try`, or the second replaces the first.
fn are_branches(project: &Project, left: ClassRef, right: ClassRef) -> bool {
    let facts = &project.file(left.0).facts;
    let name = |class| definition(project, class).map(|row| facts.qualname(row));
    left.0 == right.0 && name(left) == name(right)
}

/// What is defined in a class at any depth: it comes right behind the class.
fn within(facts: &Facts, class: Row) -> impl Iterator<Item = (Row, &Definition)> {
    let behind = (0..).zip(facts.definitions()).skip(class as usize + 1);
    behind.take_while(move |(_, row)| row.parent != NO_ROW && row.parent >= class)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::analysis::classes::classes;
    use crate::analysis::testing::project;

    const STORE: &str = r#"
class Store:
    """Keeps entries on disk."""

    limit: int = 100

    def __init__(self, path, clock=None):
        self.path = path
        self.clock = clock or time.monotonic
        self.entries: dict[str, Entry] = {}

    def load(self, name, default=None):
        if name in self.entries and not self.entries[name].stale:
            return self.entries[name].value
        with open(os.path.join(self.path, name), "rb") as source:
            value = pickle.load(source)
        self.entries[name] = Entry(value, self.clock())
        return value

    def save(self, name, value):
        partial = os.path.join(self.path, name + ".part")
        with open(partial, "wb") as target:
            pickle.dump(value, target)
        os.replace(partial, os.path.join(self.path, name))
        self.entries[name] = Entry(value, self.clock())

    def forget(self, before):
        for name, entry in list(self.entries.items()):
            if entry.time < before or len(self.entries) > self.limit:
                del self.entries[name]
"#;

    /// Another class, and a larger one.
    const QUEUE: &str = r#"
class Queue:
    def __init__(self, *workers, retries=3):
        self.jobs = collections.deque(maxlen=1000)
        self.workers = [Worker(self, worker) for worker in workers]
        self.retries = retries

    async def put(self, job: Job) -> bool:
        while len(self.jobs) >= self.jobs.maxlen:
            await asyncio.sleep(0.1 * random.random())
        self.jobs.append((job, 0))
        return await self.notify(job, "queued")

    async def run(self):
        async for job, attempts in self.drain():
            try:
                result = await job(timeout=2 ** attempts)
            except (OSError, asyncio.TimeoutError) as error:
                if attempts < self.retries:
                    self.jobs.append((job, attempts + 1))
                else:
                    job.fail(error, after=attempts)
            else:
                await self.notify(job, "done", **result.stats())

    async def drain(self):
        while self.jobs:
            yield self.jobs.popleft()
        assert not any(worker.busy for worker in self.workers), "drained while busy"
"#;

    fn found(text: &str) -> Vec<(String, String, u8)> {
        let project = project(text);
        let name = |(file, row)| project.definition_name(file, row);
        near_copies(&project, &classes(&project), DEFAULT_FLOOR)
            .into_iter()
            .map(|copy| (name(copy.left), name(copy.right), copy.similarity))
            .collect()
    }

    /// What two files, or three, have in common, in percent; nothing if no pair is found.
    fn alike(files: &[&str]) -> Option<u8> {
        let mut text = String::new();
        for (file, name) in files.iter().zip(["a.py", "b.py", "c.py"]) {
            write!(text, "# file: {name}\n{file}\n").unwrap();
        }
        let found = found(&text);
        assert!(found.len() <= 1, "{found:?}");
        found.first().map(|(.., similarity)| *similarity)
    }

    fn with(text: &str, changes: &[(&str, &str)]) -> String {
        changes.iter().fold(text.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replace(old, new)
        })
    }

    /// The same with its first two methods behind the others.
    fn reordered(text: &str) -> String {
        let parts: Vec<&str> = text.split("\n    def ").collect();
        [&parts[..1], &parts[3..], &parts[1..3]].concat().join("\n    def ")
    }

    #[test]
    fn other_names_constants_and_order_make_no_difference() {
        let names = [
            ("Store", "Shelf"),
            ("load", "read"),
            ("forget", "evict"),
            ("value", "thing"),
            ("partial", "unfinished"),
            (".part", ".tmp"),
        ];
        let copy = reordered(&with(STORE, &names));
        assert_eq!(alike(&[STORE, &copy]), Some(100));
        assert_eq!(alike(&[STORE, QUEUE]), None);
        let project = project(&format!("# file: a.py\n{STORE}\n{QUEUE}"));
        let classes = classes(&project);
        assert!(similarity(&project, classes[0], classes[1]) < 10);
    }

    #[test]
    fn a_few_edited_lines_cost_their_share() {
        let edits = [
            ("pickle.load(source)", "json.load(source, object_hook=self.hook)[0]"),
            (
                "os.replace(partial, os.path.join(self.path, name))",
                "shutil.move(partial, self.path)",
            ),
        ];
        let similarity = alike(&[STORE, &with(STORE, &edits)]).unwrap();
        assert!((80..95).contains(&similarity), "{similarity}");
    }

    #[test]
    fn a_copy_that_grew_is_still_one() {
        let (_, methods) = QUEUE.split_once("    async def put").unwrap();
        let grown = format!("{STORE}\n    async def put{methods}");
        let similarity = alike(&[STORE, &grown]).unwrap();
        assert!((70..80).contains(&similarity), "{similarity}");
    }

    #[test]
    fn small_classes_are_left_alone() {
        let error = "class A(Exception):\n    def __init__(self, message, code=3):\n        super().__init__(message)\n        self.code = code\n";
        assert_eq!(alike(&[error, &with(error, &[("class A", "class B")])]), None);
        let colours = "class A(Enum):\n    RED = 1\n    GREEN = 2\n    BLUE = 3\n    PINK = 4\n";
        assert_eq!(alike(&[colours, colours]), None);
        assert_eq!(alike(&["class A:\n    pass\n", "class B:\n    '''Doc.'''\n"]), None);
    }

    #[test]
    fn boilerplate_makes_no_copies() {
        let mut settings = String::from("class A:\n    def __init__(self, *args):\n");
        for n in 0..30 {
            write!(
                settings,
                "        self.option_{n} = args[{n}]\n        log.info(f'{{n}} of {{args!r}}')\n"
            )
            .unwrap();
        }
        assert_eq!(alike(&[&settings, &with(&settings, &[("option", "thing")])]), None);
    }

    #[test]
    fn fields_are_told_apart_by_their_names() {
        let fields = |stem: &str| {
            let mut text = String::from("class Model(BaseModel):\n");
            for n in 0..24 {
                writeln!(text, "    {stem}_{n}: Optional[str] = Field(default=None, title='{n}')")
                    .unwrap();
            }
            text
        };
        assert_eq!(alike(&[&fields("order"), &fields("order")]), Some(100));
        assert_eq!(alike(&[&fields("order"), &fields("customer")]), None);
    }

    #[test]
    fn a_class_and_its_heirs_are_no_copies() {
        let heir = with(STORE, &[("class Store:", "from a import Store\nclass Heir(Store):")]);
        assert_eq!(alike(&[STORE, &heir]), None);
        let between = "import a\nclass Between(a.Store):\n    pass\n";
        let heir = with(STORE, &[("class Store:", "from b import Between\nclass Heir(Between):")]);
        assert_eq!(alike(&[STORE, between, &heir]), None);
    }

    #[test]
    fn an_interface_and_what_implements_it_are_no_copies() {
        let mut interface = String::from("class Api(Protocol):\n");
        let mut class = String::from("class Client:\n");
        for n in 0..9 {
            let params = "x: int, ".repeat(n);
            let head =
                format!("    def call_{n}(self, {params}*, key: str = '') -> dict[str, int]:");
            writeln!(interface, "{head}\n        ...").unwrap();
            writeln!(class, "{head}\n        return {{key: {n}}}").unwrap();
        }
        assert_eq!(alike(&[&interface, &class]), None);
        assert!(alike(&[&class, &class]).is_some());
        assert!(alike(&[&interface, &interface]).is_some());
    }

    #[test]
    fn stubs_branches_and_nested_classes_are_no_copies() {
        assert_eq!(found(&format!("# file: a.py\n{STORE}\n# file: a.pyi\n{STORE}")), []);
        let indented = STORE.replace('\n', "\n    ");
        let branches = format!("if fast:{indented}\nelse:{indented}\n");
        assert_eq!(alike(&[&branches]), None);
        let outer = |name: &str| format!("class {name}:{indented}\n");
        assert_eq!(alike(&[&outer("A")]), None);
        assert_eq!(found(&format!("# file: a.py\n{}", outer("A"))), []);
    }

    #[test]
    fn methods_are_aligned_by_name() {
        let changes = [
            ("def forget(self, before)", "def drop(self)"),
            ("clock=None", "clock=time.time"),
            ("value = pickle.load(source)", "value = json.load(source, strict=True)"),
        ];
        let text = format!("# file: a.py\n{STORE}\n# file: b.py\n{}", with(STORE, &changes));
        let project = project(&text);
        let classes = classes(&project);
        let rows = align(&project, classes[0], classes[1]);
        let rows: Vec<(&str, Alignment)> =
            rows.iter().map(|row| (row.name, row.alignment)).collect();
        assert_eq!(
            rows,
            [
                ("__init__", Alignment::Changed(99)),
                ("load", Alignment::Changed(89)),
                ("save", Alignment::Same),
                ("forget", Alignment::OnlyLeft),
                ("drop", Alignment::OnlyRight),
            ]
        );
    }

    #[test]
    fn a_property_and_its_setter_are_aligned_in_turn() {
        let class = "class A:\n    @property\n    def x(self):\n        return 1\n    @x.setter\n    def x(self, new):\n        self.y = new\n";
        let project = project(&format!("# file: a.py\n{class}# file: b.py\n{class}"));
        let classes = classes(&project);
        let rows = align(&project, classes[0], classes[1]);
        assert!(rows.iter().all(|row| row.alignment == Alignment::Same), "{rows:?}");
        assert_eq!(rows.len(), 2);
    }

    /// Many classes: all alike, but in one line.
    fn crowd(count: usize, line: impl Fn(usize) -> String) -> Project {
        let mut text = String::new();
        for n in 0..count {
            let class =
                with(STORE, &[("Store", &format!("Store{n}")), ("value = pickle", &line(n))]);
            write!(text, "# file: m{n:05}.py\n{class}").unwrap();
        }
        project(&text)
    }

    #[test]
    fn the_same_pairs_with_any_number_of_threads() {
        let project = crowd(300, |n| format!("value = {} + pickle", "x.y(z) + ".repeat(n % 17)));
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| near_copies(&project, &classes(&project), DEFAULT_FLOOR))
        };
        let pairs = run(1);
        assert!(pairs.len() > 300);
        assert_eq!(run(4), pairs);
    }

    #[test]
    fn a_crowd_of_copies_costs_no_square() {
        let same = crowd(2500, |_| "value = pickle".to_owned());
        let pairs = near_copies(&same, &classes(&same), DEFAULT_FLOOR);
        assert_eq!(pairs.len(), 2499);
        let alike = crowd(2500, |n| {
            let shape: String = format!("{n:b}").replace('0', " + x").replace('1', " * x");
            format!("value = x{shape}, pickle")
        });
        let pairs = near_copies(&alike, &classes(&alike), DEFAULT_FLOOR);
        assert!((2499..2500 * 400).contains(&pairs.len()), "{}", pairs.len());
    }
}
