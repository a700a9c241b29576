//! What holds for any input: extraction never fails, and its facts can be read whatever they are.

use fragscope::facts::{self, Facts};
use fragscope::source::Language;
use proptest::prelude::*;

const LANGUAGES: [Language; 3] = [Language::Python, Language::Stub, Language::Notebook];

/// Pieces of Python that make trouble next to each other.
const PIECES: [&str; 28] = [
    "import a.b as c\n",
    "from . import *\n",
    "class C(B[T]):\n",
    "    def f(self, *, x=1): ",
    "    ",
    "\n",
    "if TYPE_CHECKING:\n",
    "try:\n",
    "except* E as e:\n",
    "match x:\n    case {'a': [*_]}:\n",
    "__all__ += m.__all__\n",
    "f'{x!r:{y}}'",
    "(",
    ")",
    "[",
    "{",
    "'",
    "\"\"\"",
    "lambda: ",
    "async ",
    "@d\n",
    "global g\n",
    "x: int = y = z\n",
    "import_module('.a', __name__)\n",
    "exec('import q')\n",
    "def __getattr__(name):\n    return globals()[name]\n",
    "\u{feff}",
    "\\\n",
];

/// Reads every table and every text, as all commands together would.
fn read_all(facts: &Facts) -> usize {
    let mut total = facts.errors().len() + facts.strings().len() + facts.dynamics().len();
    for import in facts.imports() {
        total += facts.text(import.module).len() + facts.text(import.name).len();
        total += facts.scope_chain(import.scope).count();
    }
    for definition in facts.definitions() {
        total += facts.qualname(definition).len() + facts.exprs(definition.bases).len();
        total += facts.params(definition.params).len() + facts.prints(definition.prints).len();
    }
    for used in facts.uses() {
        total += facts.text(used.chain).len() + facts.scope_chain(used.scope()).count();
    }
    total + facts.module_bindings().map(|binding| facts.text(binding.name).len()).sum::<usize>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_give_facts_or_a_reason(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for language in LANGUAGES {
            read_all(&facts::extract(&bytes, language));
        }
    }

    #[test]
    fn any_python_like_text_gives_facts_or_a_reason(picks in prop::collection::vec(0..PIECES.len(), 0..60)) {
        let text: String = picks.iter().map(|pick| PIECES[*pick]).collect();
        for language in LANGUAGES {
            let facts = facts::extract(text.as_bytes(), language);
            let again = facts::extract(text.as_bytes(), language);
            prop_assert_eq!(read_all(&facts), read_all(&again));
            prop_assert_eq!(facts.words(), again.words());
        }
    }
}
