//! What a file may hold.

use std::fmt::Write as _;
use std::fs::File;

use super::Tree;

const DEEP: usize = 100_000;

/// Deep nesting aborts every parser that recurses: a stack overflow cannot be caught.
#[test]
fn nesting_a_hundred_thousand_deep() {
    let nested =
        |open: &str, close: &str| format!("x = {}1{}\n", open.repeat(DEEP), close.repeat(DEEP));
    let shapes = [
        ("brackets", nested("(", ")")),
        ("lists", nested("[", "]")),
        ("dicts", nested("{1: ", "}")),
        ("calls", nested("f(", ")")),
        ("subscripts", nested("a[", "]")),
        ("unclosed", format!("x = {}", "([{".repeat(DEEP))),
        ("attributes", format!("x = a{}\n", ".a".repeat(DEEP))),
        ("sums", format!("x = 1{}\n", " + 1".repeat(DEEP))),
        ("powers", format!("x = 1{}\n", " ** 1".repeat(DEEP))),
        ("unary", format!("x = {}1\n", "-".repeat(DEEP))),
        ("not", format!("x = {}1\n", "not ".repeat(DEEP))),
        ("lambdas", format!("x = {}1\n", "lambda: ".repeat(DEEP))),
        ("conditionals", format!("x = 1{}\n", " if 1 else 1".repeat(DEEP))),
        ("elif", format!("if x:\n    pass\n{}", "elif x:\n    pass\n".repeat(DEEP))),
        ("called", format!("x = f{}\n", "()".repeat(DEEP))),
        ("f-strings", format!("x = {}1{}\n", "f'{".repeat(DEEP), "}'".repeat(DEEP))),
        (
            "patterns",
            format!(
                "match x:\n    case {}1{}:\n        pass\n",
                "[".repeat(DEEP),
                "]".repeat(DEEP)
            ),
        ),
        ("blocks", blocks(2_000)),
    ];
    for (name, source) in shapes {
        let tree = Tree::new();
        tree.write("deep.py", format!("{source}\nclass Under: pass\n"));
        let outcome = tree.run(&["classes"], "json");
        assert_eq!(outcome.code, Some(0), "{name}: {}", outcome.ending());
        tree.survive().assert_facts_or_reason("deep.py", "Under");
    }
}

fn blocks(depth: usize) -> String {
    let mut source = String::new();
    for level in 0..depth {
        writeln!(source, "{}if x:", " ".repeat(level)).unwrap();
    }
    writeln!(source, "{}pass", " ".repeat(depth)).unwrap();
    source
}

#[test]
fn a_line_of_five_megabytes() {
    let tree = Tree::new();
    tree.write(
        "numbers.py",
        format!("x = [{}]\nclass AfterNumbers: pass\n", "1000000000, ".repeat(450_000)),
    );
    tree.write("text.py", format!("x = '{}'\nclass AfterText: pass\n", "long ".repeat(1_000_000)));
    tree.write(
        "comment.py",
        format!("# {}\nclass AfterComment: pass\n", "long ".repeat(1_000_000)),
    );
    let read = tree.survive();
    assert_eq!(read.lines_of("numbers.py", "AfterNumbers"), [2]);
    assert_eq!(read.lines_of("text.py", "AfterText"), [2]);
    assert_eq!(read.lines_of("comment.py", "AfterComment"), [2]);
}

#[test]
fn a_file_of_a_hundred_megabytes_is_too_large() {
    let tree = Tree::new();
    let path = tree.write("large.py", "class Large: pass\n");
    File::options().write(true).open(path).unwrap().set_len(100 << 20).unwrap();
    tree.survive().assert_reason("large.py");
}

#[test]
fn nul_bytes() {
    let tree = Tree::new();
    tree.write("nul.py", b"class A: pass\n\0\n");
    tree.write("only_nul.py", [0; 5000]);
    let read = tree.survive();
    read.assert_reason("nul.py");
    read.assert_reason("only_nul.py");
}

#[test]
fn utf_16_and_utf_32() {
    let tree = Tree::new();
    let source = "class A: pass\n";
    let little: Vec<u8> = source.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = source.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let wide: Vec<u8> = source.chars().flat_map(|char| u32::from(char).to_le_bytes()).collect();
    tree.write("little.py", [b"\xff\xfe".as_slice(), &little].concat());
    tree.write("big.py", [b"\xfe\xff".as_slice(), &big].concat());
    tree.write("wide.py", [b"\xff\xfe\0\0".as_slice(), &wide].concat());
    let read = tree.survive();
    for path in ["little.py", "big.py", "wide.py"] {
        read.assert_reason(path);
    }
}

#[test]
fn random_bytes() {
    let tree = Tree::new();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for n in 0..60 {
        let length = usize::try_from(random() % 5_000).unwrap();
        let bytes: Vec<u8> = (0..length).map(|_| random().to_le_bytes()[0]).collect();
        tree.write(format!("random_{n}.py"), &bytes);
        // The same without NUL bytes and without anything that is not ASCII gets further into a parser.
        let text: Vec<u8> = bytes.iter().map(|byte| byte % 95 + 32).collect();
        tree.write(format!("printable_{n}.py"), text);
    }
    tree.survive();
}

#[test]
fn files_cut_off_anywhere() {
    let source = "import a.b as c\nfrom . import (d,\n e)\nclass A(B[\"x\"], metaclass=C):\n    '''text\n    '''\n    \
                  @property\n    async def f(self, *, x: int = f\"{y!r:>{z}}\") -> None:\n        \
                  exec(\"import q\"); return lambda: [i for i in j]\nmatch x:\n    case {\"a\": [b, *_]}: pass\n";
    let tree = Tree::new();
    for end in 0..source.len() {
        tree.write(format!("cut_{end}.py"), &source[..end]);
    }
    tree.survive();
}

#[test]
fn byte_order_mark() {
    let tree = Tree::new();
    tree.write("marked.py", b"\xef\xbb\xbfclass Marked: pass\n");
    tree.write("only_mark.py", b"\xef\xbb\xbf");
    tree.write("agreeing.py", b"\xef\xbb\xbf# coding: utf-8\nclass Agreeing: pass\n");
    tree.write("conflict.py", b"\xef\xbb\xbf# coding: latin-1\nclass Conflict: pass\n");
    let read = tree.survive();
    assert_eq!(read.lines_of("marked.py", "Marked"), [1]);
    assert_eq!(read.lines_of("agreeing.py", "Agreeing"), [2]);
    // CPython refuses it: "encoding problem".
    read.assert_facts_or_reason("conflict.py", "Conflict");
}

#[test]
fn line_ends() {
    let tree = Tree::new();
    tree.write("crlf.py", "import os\r\n\r\nclass Crlf:\r\n    '''a\r\n    b'''\r\n");
    tree.write("cr.py", "import os\r\rclass Cr:\r    pass\r");
    tree.write("mixed.py", "import os\r\n\rclass Mixed:\n    pass\r");
    tree.write("no_end.py", "import os\n\nclass NoEnd: pass");
    // These separate lines in a terminal, not in Python.
    tree.write("separators.py", "x = '\u{2028}\u{85}'\n\x0c\nclass Separators: pass\n");
    let read = tree.survive();
    for (path, class) in [
        ("crlf.py", "Crlf"),
        ("cr.py", "Cr"),
        ("mixed.py", "Mixed"),
        ("no_end.py", "NoEnd"),
        ("separators.py", "Separators"),
    ] {
        assert_eq!(read.lines_of(path, class), [3], "{path}");
    }
}

#[test]
fn encodings_by_their_cookie() {
    let tree = Tree::new();
    tree.write("latin.py", b"# -*- coding: latin-1 -*-\nclass Caf\xe9: pass\n");
    tree.write(
        "second_line.py",
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nclass Na\xefve: pass\n",
    );
    tree.write("greek.py", b"# coding=iso-8859-7\nclass \xd9mega: pass\n");
    tree.write("utf_8.py", "# coding: utf8\nclass Größe: pass\n");
    tree.write("no_cookie.py", "x = '# coding: latin-1'\nclass Füße: pass\n");
    let read = tree.survive();
    assert_eq!(read.lines_of("latin.py", "Café"), [2]);
    assert_eq!(read.lines_of("second_line.py", "Naïve"), [3]);
    assert_eq!(read.lines_of("greek.py", "Ωmega"), [2]);
    assert_eq!(read.lines_of("utf_8.py", "Größe"), [2]);
    assert_eq!(read.lines_of("no_cookie.py", "Füße"), [2]);
}

#[test]
fn wrong_cookies() {
    let tree = Tree::new();
    tree.write("unknown.py", "# coding: klingon\nclass A: pass\n");
    tree.write("no_text.py", "# coding: rot13\npynff N: cnff\n");
    tree.write("third_line.py", b"\n\n# coding: latin-1\nclass Third: pass  # \xe9\n");
    tree.write("undeclared.py", b"class Undeclared: pass  # \xe9\n");
    tree.write("lying.py", b"# coding: utf-8\nclass Lying: pass  # \xe9\n");
    tree.write("long.py", format!("# coding: {}\nclass Long: pass\n", "a".repeat(100_000)));
    let read = tree.survive();
    read.assert_reason("unknown.py");
    read.assert_reason("no_text.py");
    read.assert_facts_or_reason("third_line.py", "Third");
    read.assert_facts_or_reason("undeclared.py", "Undeclared");
    read.assert_facts_or_reason("lying.py", "Lying");
    read.assert_facts_or_reason("long.py", "Long");
}

#[test]
fn notebooks_that_are_none() {
    let tree = Tree::new();
    tree.write("empty.ipynb", "");
    tree.write("text.ipynb", "no JSON");
    tree.write("other.ipynb", "[1, 2, {\"cells\": 3}]");
    tree.write("odd.ipynb", r#"{"cells": [1, {"cell_type": 2}, {"cell_type": "code", "source": {"a": 1}}], "nbformat": "x"}"#);
    tree.write("deep.ipynb", "[".repeat(DEEP));
    tree.write("old.ipynb", r#"{"worksheets": [{"cells": []}], "nbformat": 3}"#);
    let read = tree.survive();
    for path in ["empty.ipynb", "text.ipynb", "other.ipynb", "deep.ipynb"] {
        read.assert_reason(path);
    }
}

/// Work that grows with the square of its input would not end within the time limit.
#[test]
fn very_many_of_everything() {
    let tree = Tree::new();
    let mut imports = String::new();
    for n in 0..20_000 {
        writeln!(imports, "from good import Good as Name{n}, missing_{n}").unwrap();
    }
    tree.write("imports.py", imports);
    tree.write("steps.py", format!("__all__ = []\n{}", "__all__ += ['a', 'b']\n".repeat(20_000)));
    tree.write("names.py", format!("import {}a\n", "a.".repeat(20_000)));
    tree.write("dots.py", format!("from {} import x\n", ".".repeat(20_000)));
    tree.write("strings.py", "'good.Good.x.y'\n'see good.Good'\n".repeat(20_000));
    tree.write("rebound.py", "from good import Good\nGood = Good\n".repeat(20_000));
    tree.survive();
    for command in super::COMMANDS {
        assert_eq!(tree.run(command, "json").code, Some(0), "{command:?}");
    }
}

/// Every module takes everything from every other by stars, and hands a name on in a ring.
#[test]
fn rings_of_stars() {
    let tree = Tree::new();
    // Every module has every other's names by every way round: followed one by one, the ways have no end.
    let n_modules = 40;
    for n in 0..n_modules {
        let stars: String = (0..n_modules)
            .fold(String::new(), |stars, other| stars + &format!("from star_{other} import *\n"));
        tree.write(
            format!("star_{n}.py"),
            format!("{stars}from star_{n} import absent_{n}\nclass Own{n}: pass\n"),
        );
    }
    survives_every_command(&tree);
}

#[test]
fn long_chains() {
    let tree = Tree::new();
    for n in 0..2_000 {
        tree.write(
            format!("link_{n}.py"),
            format!("from link_{} import Chained as Chained\n", n + 1),
        );
    }
    tree.write("link_2000.py", "from good import Good as Chained\n");
    tree.write("end.py", "from link_0 import Chained\n");
    survives_every_command(&tree);
}

fn survives_every_command(tree: &Tree) {
    tree.survive();
    for command in super::COMMANDS {
        assert_eq!(tree.run(command, "json").code, Some(0), "{command:?}");
    }
}

#[test]
fn deep_inheritance_of_one_family() {
    let tree = Tree::new();
    let classes = (1..1_500)
        .fold(String::new(), |classes, n| classes + &format!("class C{n}(C{}): pass\n", n - 1));
    tree.write("deep.py", format!("class C0: pass\n{classes}"));
    survives_every_command(&tree);
}
