//! One file's facts in one run of words and one text, as they lie in memory and in the cache.
//!
//! Reading is total: whatever the bytes are, accessors give rows or nothing, and never fail. So a damaged cache entry that
//! slipped through its checksum can cost facts, but not the program.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use super::rows::{
    AllEntry, Binding, Definition, DefinitionKind, Dict, DictKey, Directive, Dynamic, EnvRead,
    Expr, Flow, Global, Import, KeyStore, Lazy, LinePrint, Literal, NO_ROW, Param, PathEdit, Row,
    Rows, Scope, Status, StringRef, Sym, SyntaxError, Use,
};
use super::texts::{self, Texts};
use bytemuck::{AnyBitPattern, NoUninit, Pod, Zeroable};
use smallvec::SmallVec;

/// Raise it whenever rows, tables or the extraction change: entries of another version are read anew.
pub const VERSION: u32 = 12;

/// The tables, in the order in which they are stored.
#[derive(Clone, Copy)]
enum Table {
    Texts,
    Errors,
    Scopes,
    Imports,
    Strings,
    Dynamics,
    Definitions,
    Exprs,
    Params,
    Bindings,
    /// Module-level rows of `Bindings`, by name.
    BindingIndex,
    All,
    Lazies,
    Uses,
    Literals,
    Dicts,
    DictKeys,
    KeyStores,
    Flows,
    Globals,
    EnvReads,
    PathEdits,
    Directives,
    Prints,
    Count,
}

const HEAD_WORDS: usize = 4;
const WORDS_BEFORE_TABLES: usize = HEAD_WORDS + Table::Count as usize + 1;

/// The facts of one file. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Facts {
    words: Arc<Vec<u32>>,
    at: Range<usize>,
    text: Arc<String>,
    text_at: Range<usize>,
}

impl Facts {
    /// Facts that lie in a larger store; nothing if the ranges or the directory are not sound.
    pub fn within(
        words: Arc<Vec<u32>>,
        at: Range<usize>,
        text: Arc<String>,
        text_at: Range<usize>,
    ) -> Option<Self> {
        let own = words.get(at.clone())?;
        text.get(text_at.clone())?;
        let directory = own.get(HEAD_WORDS..WORDS_BEFORE_TABLES)?;
        let sound = directory.first() == Some(&(WORDS_BEFORE_TABLES as u32))
            && directory.is_sorted()
            && directory.last() == Some(&(own.len() as u32));
        sound.then_some(Self { words, at, text, text_at })
    }

    /// Facts that say only why there are none.
    pub fn none(status: Status) -> Self {
        Draft::default().finish(status)
    }

    pub fn words(&self) -> &[u32] {
        &self.words[self.at.clone()]
    }

    pub fn blob(&self) -> &str {
        &self.text[self.text_at.clone()]
    }

    fn head(&self, index: usize) -> u32 {
        self.words().get(index).copied().unwrap_or(0)
    }

    fn table<R: AnyBitPattern>(&self, table: Table) -> &[R] {
        let own = self.words();
        let entry = HEAD_WORDS + table as usize;
        let range = own[entry] as usize..own[entry + 1] as usize;
        own.get(range).and_then(|words| bytemuck::try_cast_slice(words).ok()).unwrap_or(&[])
    }

    pub fn status(&self) -> Status {
        Status::of(self.head(0))
    }

    pub fn lines(&self) -> u32 {
        self.head(1)
    }

    /// See [`super::rows::file_flag`].
    pub fn is(&self, flag: u32) -> bool {
        self.head(2) & flag != 0
    }

    /// First paragraph of the module's docstring, shortened; empty without one.
    pub fn doc(&self) -> &str {
        self.text(Sym(self.head(3)))
    }

    /// The text of a symbol; empty for none.
    pub fn text(&self, sym: Sym) -> &str {
        let at = texts::range(self.table(Table::Texts), sym.0);
        at.and_then(|at| self.blob().get(at)).unwrap_or("")
    }

    pub fn errors(&self) -> &[SyntaxError] {
        self.table(Table::Errors)
    }

    pub fn scopes(&self) -> &[Scope] {
        self.table(Table::Scopes)
    }

    /// The scope and those around it, innermost first.
    pub fn scope_chain(&self, scope: Row) -> impl Iterator<Item = &Scope> {
        let scopes = self.scopes();
        let mut next = Some(scope);
        std::iter::from_fn(move || {
            let at = next?;
            let row = scopes.get(at as usize)?;
            // A parent comes before its children; anything else would loop.
            next = (row.parent < at).then_some(row.parent);
            Some(row)
        })
    }

    pub fn imports(&self) -> &[Import] {
        self.table(Table::Imports)
    }

    pub fn strings(&self) -> &[StringRef] {
        self.table(Table::Strings)
    }

    pub fn dynamics(&self) -> &[Dynamic] {
        self.table(Table::Dynamics)
    }

    pub fn definitions(&self) -> &[Definition] {
        self.table(Table::Definitions)
    }

    pub fn definition(&self, row: Row) -> Option<&Definition> {
        self.definitions().get(row as usize)
    }

    /// `Outer.Inner.method`, with `<locals>` as CPython writes it.
    pub fn qualname(&self, definition: &Definition) -> Cow<'_, str> {
        let name = self.text(definition.name);
        let (mut at, mut below) = (definition.parent, NO_ROW);
        if at == NO_ROW {
            return Cow::Borrowed(name);
        }
        let mut names = vec![name];
        // A parent comes before its children; anything else would loop.
        while let Some(owner) = self.definition(at).filter(|_| at < below) {
            if owner.kind() == DefinitionKind::Function {
                names.push("<locals>");
            }
            names.push(self.text(owner.name));
            (at, below) = (owner.parent, at);
        }
        names.reverse();
        Cow::Owned(names.join("."))
    }

    pub fn exprs(&self, rows: Rows) -> &[Expr] {
        slice(self.table(Table::Exprs), rows)
    }

    pub fn params(&self, rows: Rows) -> &[Param] {
        slice(self.table(Table::Params), rows)
    }

    pub fn bindings(&self) -> &[Binding] {
        self.table(Table::Bindings)
    }

    /// The module-level bindings of a name, in the order of the file; stars stand under `*`.
    pub fn bindings_of<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f Binding> + use<'f> {
        let bindings = self.bindings();
        let index: &[Indexed] = self.table(Table::BindingIndex);
        let hash = texts::hash(name);
        let start = index.partition_point(|indexed| indexed.hash < hash);
        let alike = index[start..].iter().take_while(|indexed| indexed.hash == hash);
        // Mostly one, or none. Another name of the same hash is rare, and possible.
        let is_own = |binding: &&Binding| self.text(binding.name) == name;
        let own: SmallVec<[&Binding; 2]> =
            alike.filter_map(|indexed| bindings.get(indexed.row as usize)).filter(is_own).collect();
        own.into_iter()
    }

    /// All module-level bindings, in the order of the file.
    pub fn module_bindings(&self) -> impl Iterator<Item = &Binding> {
        self.bindings().iter().filter(|binding| binding.is_of_module())
    }

    pub fn all_entries(&self) -> &[AllEntry] {
        self.table(Table::All)
    }

    pub fn lazies(&self) -> &[Lazy] {
        self.table(Table::Lazies)
    }

    pub fn uses(&self) -> &[Use] {
        self.table(Table::Uses)
    }

    pub fn literals(&self) -> &[Literal] {
        self.table(Table::Literals)
    }

    pub fn dicts(&self) -> &[Dict] {
        self.table(Table::Dicts)
    }

    pub fn dict_keys(&self, rows: Rows) -> &[DictKey] {
        slice(self.table(Table::DictKeys), rows)
    }

    pub fn key_stores(&self) -> &[KeyStore] {
        self.table(Table::KeyStores)
    }

    pub fn flows(&self) -> &[Flow] {
        self.table(Table::Flows)
    }

    pub fn globals(&self) -> &[Global] {
        self.table(Table::Globals)
    }

    pub fn env_reads(&self) -> &[EnvRead] {
        self.table(Table::EnvReads)
    }

    pub fn path_edits(&self) -> &[PathEdit] {
        self.table(Table::PathEdits)
    }

    pub fn directives(&self) -> &[Directive] {
        self.table(Table::Directives)
    }

    /// The logical lines of a body: what near-copies are found by.
    pub fn prints(&self, rows: Rows) -> &[LinePrint] {
        slice(self.table(Table::Prints), rows)
    }
}

fn slice<R>(table: &[R], rows: Rows) -> &[R] {
    table.get(rows.start as usize..rows.end as usize).unwrap_or(&[])
}

/// A module-level binding under the hash of its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
struct Indexed {
    hash: u32,
    row: Row,
}

/// Facts in the making: tables that grow, and texts numbered as they come.
#[derive(Default)]
pub struct Draft {
    pub lines: u32,
    pub flags: u32,
    pub doc: Option<Sym>,
    pub errors: Vec<SyntaxError>,
    pub scopes: Vec<Scope>,
    pub imports: Vec<Import>,
    pub strings: Vec<StringRef>,
    pub dynamics: Vec<Dynamic>,
    pub definitions: Vec<Definition>,
    pub exprs: Vec<Expr>,
    pub params: Vec<Param>,
    pub bindings: Vec<Binding>,
    /// Made of the bindings at the end.
    index: Vec<Indexed>,
    pub all: Vec<AllEntry>,
    pub lazies: Vec<Lazy>,
    pub uses: Vec<Use>,
    pub literals: Vec<Literal>,
    pub dicts: Vec<Dict>,
    pub dict_keys: Vec<DictKey>,
    pub key_stores: Vec<KeyStore>,
    pub flows: Vec<Flow>,
    pub globals: Vec<Global>,
    pub env_reads: Vec<EnvRead>,
    pub path_edits: Vec<PathEdit>,
    pub directives: Vec<Directive>,
    pub prints: Vec<LinePrint>,
    pub texts: Texts,
}

const MOST_LINES_LEFT: u32 = 20_000;

thread_local! {
    static LEFT: Cell<Option<Box<Draft>>> = const { Cell::new(None) };
}

impl Draft {
    /// An empty draft with room for what a text of so many bytes usually holds: what the last one on this thread left, so
    /// that tables need not grow anew for every file.
    pub fn for_text(n_bytes: usize) -> Self {
        let mut draft = LEFT.take().map_or_else(Self::default, |left| *left);
        draft.texts.renew(n_bytes / 128);
        draft
    }

    /// Leaves its tables to the next draft of this thread, unless they are those of a giant.
    pub fn leave(mut self) {
        if self.lines > MOST_LINES_LEFT {
            return;
        }
        let Self {
            lines,
            flags,
            doc,
            errors,
            scopes,
            imports,
            strings,
            dynamics,
            definitions,
            exprs,
            params,
            bindings,
            index: _,
            all,
            lazies,
            uses,
            literals,
            dicts,
            dict_keys,
            key_stores,
            flows,
            globals,
            env_reads,
            path_edits,
            directives,
            prints,
            texts: _,
        } = &mut self;
        (*lines, *flags, *doc) = (0, 0, None);
        errors.clear();
        scopes.clear();
        imports.clear();
        strings.clear();
        dynamics.clear();
        definitions.clear();
        exprs.clear();
        params.clear();
        bindings.clear();
        all.clear();
        lazies.clear();
        uses.clear();
        literals.clear();
        dicts.clear();
        dict_keys.clear();
        key_stores.clear();
        flows.clear();
        globals.clear();
        env_reads.clear();
        path_edits.clear();
        directives.clear();
        prints.clear();
        LEFT.set(Some(Box::new(self)));
    }

    pub fn sym(&mut self, text: &str) -> Sym {
        Sym(self.texts.number(text))
    }

    pub fn text(&self, sym: Sym) -> &str {
        self.texts.get(sym.0).unwrap_or("")
    }

    pub fn finish(&mut self, status: Status) -> Facts {
        self.index_bindings();
        let doc = self.doc.unwrap_or(Sym::NONE);
        let n_words = WORDS_BEFORE_TABLES + self.table_words();
        let mut words = Vec::with_capacity(n_words);
        words.extend([status.code(), self.lines, self.flags, doc.0]);
        words.resize(WORDS_BEFORE_TABLES, 0);
        let mut tables = Tables { words, next: HEAD_WORDS };
        tables.push(&self.texts.ends);
        tables.push(&self.errors);
        tables.push(&self.scopes);
        tables.push(&self.imports);
        tables.push(&self.strings);
        tables.push(&self.dynamics);
        tables.push(&self.definitions);
        tables.push(&self.exprs);
        tables.push(&self.params);
        tables.push(&self.bindings);
        tables.push(&self.index);
        tables.push(&self.all);
        tables.push(&self.lazies);
        tables.push(&self.uses);
        tables.push(&self.literals);
        tables.push(&self.dicts);
        tables.push(&self.dict_keys);
        tables.push(&self.key_stores);
        tables.push(&self.flows);
        tables.push(&self.globals);
        tables.push(&self.env_reads);
        tables.push(&self.path_edits);
        tables.push(&self.directives);
        tables.push(&self.prints);
        let words = tables.close();
        debug_assert_eq!(words.len(), n_words, "the room is counted as it is used");
        let text = self.texts.text.clone();
        Facts {
            at: 0..words.len(),
            text_at: 0..text.len(),
            words: Arc::new(words),
            text: Arc::new(text),
        }
    }

    fn index_bindings(&mut self) {
        let Self { bindings, texts, index, .. } = self;
        index.clear();
        let rows = bindings.iter().enumerate().filter(|(_, binding)| binding.is_of_module());
        index.extend(rows.map(|(row, binding)| Indexed {
            hash: texts::hash(texts.get(binding.name.0).unwrap_or("")),
            row: row as Row,
        }));
        index.sort_unstable();
    }

    fn table_words(&self) -> usize {
        fn words<R>(rows: &[R]) -> usize {
            size_of_val(rows) / 4
        }
        words(&self.texts.ends)
            + words(&self.errors)
            + words(&self.scopes)
            + words(&self.imports)
            + words(&self.strings)
            + words(&self.dynamics)
            + words(&self.definitions)
            + words(&self.exprs)
            + words(&self.params)
            + words(&self.bindings)
            + words(&self.index)
            + words(&self.all)
            + words(&self.lazies)
            + words(&self.uses)
            + words(&self.literals)
            + words(&self.dicts)
            + words(&self.dict_keys)
            + words(&self.key_stores)
            + words(&self.flows)
            + words(&self.globals)
            + words(&self.env_reads)
            + words(&self.path_edits)
            + words(&self.directives)
            + words(&self.prints)
    }
}

/// Writes tables one behind the other and the directory in front of them.
struct Tables {
    words: Vec<u32>,
    next: usize,
}

impl Tables {
    fn push<R: NoUninit>(&mut self, rows: &[R]) {
        self.words[self.next] = self.words.len() as u32;
        self.next += 1;
        self.words.extend_from_slice(bytemuck::cast_slice(rows));
    }

    fn close(mut self) -> Vec<u32> {
        assert_eq!(self.next, HEAD_WORDS + Table::Count as usize, "every table is pushed");
        self.words[self.next] = self.words.len() as u32;
        self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::rows::{BindingKind, Pos};

    fn binding(name: Sym) -> Binding {
        Binding {
            name,
            kind: BindingKind::Value.code() as u16,
            row: NO_ROW,
            text: Sym::NONE,
            annotation: Sym::NONE,
            scope: 0,
            class: NO_ROW,
            on_self: 0,
            at: Pos { line: 1, column: 1 },
        }
    }

    #[test]
    fn names_are_found_in_the_order_of_the_file() {
        let mut draft = Draft::default();
        for name in ["b", "a", "b", "ab"] {
            let sym = draft.sym(name);
            draft.bindings.push(binding(sym));
        }
        draft.bindings[2].at.line = 9;
        let facts = draft.finish(Status::Parsed);
        let lines: Vec<u32> = facts.bindings_of("b").map(|b| b.at.line).collect();
        assert_eq!(lines, [1, 9]);
        assert_eq!(facts.bindings_of("c").count(), 0);
    }

    #[test]
    fn facts_survive_the_way_through_a_store() {
        let mut draft = Draft::default();
        let name = draft.sym("näme");
        draft.bindings.push(binding(name));
        let facts = draft.finish(Status::Recovered);
        let mut words = vec![7, 7, 7];
        words.extend_from_slice(facts.words());
        let text = format!("xx{}yy", facts.blob());
        let len = text.len();
        let again =
            Facts::within(Arc::new(words.clone()), 3..words.len(), Arc::new(text), 2..len - 2)
                .unwrap();
        assert_eq!(again.status(), Status::Recovered);
        assert_eq!(again.bindings_of("näme").count(), 1);
    }

    #[test]
    fn a_damaged_directory_is_refused() {
        let facts = Facts::none(Status::Binary);
        let text = Arc::new(String::new());
        for at in HEAD_WORDS..WORDS_BEFORE_TABLES {
            let mut words = facts.words().to_vec();
            words[at] ^= 0x0100_0000;
            let len = words.len();
            assert!(Facts::within(Arc::new(words), 0..len, text.clone(), 0..0).is_none());
        }
    }
}
