//! Dicts with constant keys, keys added by subscript, and reads of the environment.

use ruff_python_ast::{Expr, ExprCall, ExprDict, ExprSubscript};
use ruff_text_size::{Ranged, TextRange};

use super::expressions::Context;
use super::names::Meaning;
use super::rows::{Dict, DictKey, EnvRead, KeyStore, NO_ROW, Row, Rows, Sym, place};
use super::visitor::{Callee, Visitor};

/// Constant values longer than this are not kept beside their key.
const LONGEST_VALUE: usize = 80;

impl Visitor<'_> {
    pub(super) fn dict_display(&mut self, dict: &ExprDict, context: Context<'_>) -> Row {
        let pairs = dict.items.iter().filter_map(|item| match &item.key {
            Some(Expr::StringLiteral(key)) => Some((key.value.to_str(), &item.value)),
            _ => None,
        });
        let pairs: Vec<_> = pairs.collect();
        let is_open = pairs.len() < dict.items.len();
        self.dict_row(&pairs, is_open, false, dict.range(), context)
    }

    pub(super) fn dict_call(&mut self, call: &ExprCall, context: Context<'_>) -> Row {
        let arguments = &call.arguments;
        let pairs = arguments
            .keywords
            .iter()
            .filter_map(|keyword| Some((keyword.arg.as_ref()?.as_str(), &keyword.value)));
        let pairs: Vec<_> = pairs.collect();
        let is_open = !arguments.args.is_empty() || pairs.len() < arguments.keywords.len();
        self.dict_row(&pairs, is_open, true, call.range(), context)
    }

    fn dict_row(
        &mut self,
        pairs: &[(&str, &Expr)],
        is_open: bool,
        is_call: bool,
        range: TextRange,
        context: Context<'_>,
    ) -> Row {
        if pairs.is_empty() {
            return NO_ROW;
        }
        let start = self.page.draft.dict_keys.len() as Row;
        for (key, value) in pairs {
            let line = self.page.line_of(value.start());
            let value = match value {
                Expr::StringLiteral(text) if text.value.len() <= LONGEST_VALUE => {
                    self.page.sym(text.value.to_str())
                }
                _ => Sym::NONE,
            };
            let key = self.page.sym(key);
            self.page.draft.dict_keys.push(DictKey { key, value, line });
        }
        let end = self.page.draft.dict_keys.len() as Row;
        let named = |flag| context.place.flags & flag != 0;
        let target =
            if named(place::ASSIGNED) { self.page.sym(context.place.key) } else { Sym::NONE };
        let parent_key =
            if named(place::DICT_VALUE) { self.page.sym(context.place.key) } else { Sym::NONE };
        let (scope, at) = (self.scope(), self.pos(range.start()));
        let row = self.page.draft.dicts.len() as Row;
        self.page.draft.dicts.push(Dict {
            keys: Rows { start, end },
            target,
            parent: context.dict,
            parent_key,
            open: u16::from(is_open),
            call: u16::from(is_call),
            scope,
            at,
        });
        row
    }

    /// `name["key"] = …`, and `name[key] = …` of a name from outside the function.
    pub(super) fn key_store(&mut self, subscript: &ExprSubscript) {
        let Expr::Name(name) = &*subscript.value else { return };
        let id = self.frames.id(&name.id);
        let is_local = self.frames.meaning(id) == Meaning::Local;
        let key = match &*subscript.slice {
            Expr::StringLiteral(key) => self.page.sym(key.value.to_str()),
            _ if is_local => return,
            _ => Sym::NONE,
        };
        let (scope, at) = (self.scope(), self.pos(subscript.start()));
        let (name, local) = (self.page.sym(&name.id), u32::from(is_local));
        self.page.draft.key_stores.push(KeyStore { name, key, local, scope, at });
    }

    /// `os.getenv("KEY", default)` and its like.
    pub(super) fn environment_call(&mut self, call: &ExprCall, callee: Callee<'_>) {
        let reads = matches!(
            callee.resolved,
            "os.getenv" | "os.environ.get" | "os.environ.setdefault" | "os.environ.pop"
        );
        if let (true, Some(key)) = (reads, call.arguments.find_argument_value("key", 0)) {
            self.environment_read(key, call.arguments.find_argument_value("default", 1), callee);
        }
    }

    /// `os.environ["KEY"]`
    pub(super) fn environment_subscript(&mut self, subscript: &ExprSubscript, callee: Callee<'_>) {
        if callee.resolved == "os.environ" {
            self.environment_read(&subscript.slice, None, callee);
        }
    }

    fn environment_read(&mut self, key: &Expr, default: Option<&Expr>, callee: Callee<'_>) {
        let Some(text) = self.constant(key) else { return };
        let default = default.map_or(Sym::NONE, |default| self.page.excerpt(default));
        let (scope, at) = (self.scope(), self.pos(key.start()));
        let (key, how) = (self.page.sym(&text), self.page.sym(callee.resolved));
        self.page.draft.env_reads.push(EnvRead { key, default, how, scope, at });
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::extract_text;

    #[test]
    fn dicts_know_their_keys_name_and_parent() {
        let facts = extract_text(
            "event = {'type': 'a', 'data': {'x': 1}, **more}\nevent['time'] = 2\n",
            false,
            0,
        );
        let [outer, inner] = facts.dicts() else { panic!("two dicts") };
        let keys =
            |rows| facts.dict_keys(rows).iter().map(|key| facts.text(key.key)).collect::<Vec<_>>();
        assert_eq!(keys(outer.keys), ["type", "data"]);
        assert_eq!((facts.text(outer.target), outer.open), ("event", 1));
        assert_eq!((inner.parent, facts.text(inner.parent_key)), (0, "data"));
        assert_eq!(facts.text(facts.dict_keys(outer.keys)[0].value), "a");
        assert_eq!(facts.text(facts.key_stores()[0].key), "time");
        let facts = extract_text("event = {\n  'type': 1,\n  'time': 2,\n}\n", false, 0);
        let lines = facts.dict_keys(facts.dicts()[0].keys).iter().map(|key| key.line);
        assert_eq!(lines.collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn keys_that_are_not_constant_are_kept_of_names_from_outside() {
        let source = "CACHE = {}\ndef f(k):\n    own = {}\n    own[k] = 1\n    own['a'] = 1\n    CACHE[k] = 2\n";
        let facts = extract_text(source, false, 0);
        let rows = facts.key_stores().iter();
        let rows = rows.map(|row| (facts.text(row.name), facts.text(row.key), row.local));
        assert_eq!(rows.collect::<Vec<_>>(), [("own", "a", 1), ("CACHE", "", 0)]);
    }

    #[test]
    fn the_environment_is_read_in_several_ways() {
        let source = "import os\nfrom os import environ as e\na = os.getenv('A', 'x')\nb = e['B']\nc = os.environ.get('C')\n";
        let facts = extract_text(source, false, 0);
        let rows =
            facts.env_reads().iter().map(|read| (facts.text(read.key), facts.text(read.default)));
        assert_eq!(rows.collect::<Vec<_>>(), [("A", "'x'"), ("B", ""), ("C", "")]);
    }
}
