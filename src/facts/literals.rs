//! What kind of thing a constant string is: an address, or a dotted name.

use std::borrow::Cow;

use memchr::{memchr_iter, memrchr2};
use ruff_python_ast::{Expr, ExprStringLiteral, InterpolatedStringElement};
use ruff_text_size::{Ranged, TextSize};

use super::expressions::Place;
use super::page::shorten;
use super::rows::{Literal, LiteralKind, StringAct, StringForm, StringRef, Sym, place};
use super::visitor::Visitor;

/// Longer strings are neither a name nor an address.
const LONGEST_NAME: usize = 200;
const LONGEST_ADDRESS: usize = 2_000;

const URL_SCHEMES: [&str; 10] =
    ["http", "https", "ws", "wss", "ftp", "ftps", "sftp", "grpc", "grpcs", "tcp"];
const DSN_SCHEMES: [&str; 19] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "redis",
    "rediss",
    "mongodb",
    "mongodb+srv",
    "amqp",
    "amqps",
    "sqlite",
    "clickhouse",
    "kafka",
    "mssql",
    "oracle",
    "cockroachdb",
    "memcached",
    "nats",
    "elasticsearch",
];

/// Words after a dot that make it a file or a host rather than an attribute.
const NO_ATTRIBUTES: [&str; 32] = [
    "py", "pyi", "pyc", "json", "yaml", "yml", "toml", "txt", "md", "rst", "cfg", "ini", "log",
    "html", "css", "js", "ts", "csv", "xml", "sql", "sh", "png", "jpg", "svg", "pdf", "zip", "gz",
    "com", "org", "net", "dev", "lock",
];

/// The kind of address a string is, if it is one.
pub fn classify(text: &str) -> Option<LiteralKind> {
    if text.len() > LONGEST_ADDRESS || text.len() < 7 {
        return None;
    }
    // Most strings are prose or keys, and one look at their bytes says so.
    let may_be_ip = text.as_bytes()[0].is_ascii_digit() && text.len() <= 15;
    let mut colons = memchr_iter(b':', text.as_bytes()).peekable();
    if colons.peek().is_none() && !may_be_ip && text != "localhost" {
        return None;
    }
    if let Some(at) = colons.find(|at| text.as_bytes()[at + 1..].starts_with(b"//")) {
        let (scheme, rest) = (&text[..at], &text[at + 3..]);
        let scheme = scheme.strip_prefix("jdbc:").unwrap_or(scheme).to_ascii_lowercase();
        let base = scheme.split('+').next().unwrap_or(&scheme);
        if DSN_SCHEMES.contains(&scheme.as_str()) || DSN_SCHEMES.contains(&base) {
            return Some(LiteralKind::Dsn);
        }
        let has_host =
            rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[' || c == '{');
        return (URL_SCHEMES.contains(&base) && has_host).then_some(LiteralKind::Url);
    }
    let first = text.as_bytes()[0];
    if !first.is_ascii_alphanumeric() || text.contains(char::is_whitespace) {
        return None;
    }
    if text == "localhost" {
        return Some(LiteralKind::HostPort);
    }
    if is_ip(text) {
        return Some(LiteralKind::Ip);
    }
    let (host, port) = text.split_once(':')?;
    let port = port.split('/').next().unwrap_or(port);
    let is_port = port.parse::<u32>().is_ok_and(|port| (1..=65_535).contains(&port));
    let last_is_word = || {
        let last = host.rsplit('.').next().unwrap_or_default();
        last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let is_host = host == "localhost" || is_ip(host) || (is_host_name(host) && last_is_word());
    (is_port && is_host).then_some(LiteralKind::HostPort)
}

fn is_ip(text: &str) -> bool {
    let is_byte = |part: &str| part.len() <= 3 && part.parse::<u16>().is_ok_and(|byte| byte < 256);
    text.split('.').count() == 4 && text.split('.').all(is_byte)
}

fn is_host_name(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    text.contains('.') && text.split('.').all(is_part)
}

/// Whether a string reads like `package.module` or `package.module:attribute`.
pub fn looks_dotted(text: &str) -> bool {
    if text.len() > LONGEST_NAME || text.len() < 3 {
        return false;
    }
    // Most strings are prose or keys: without a mark, or not all of it part of names.
    let bytes = text.as_bytes();
    if memrchr2(b'.', b':', bytes).is_none_or(|mark| mark + 1 == bytes.len()) {
        return false;
    }
    let is_of_name = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80;
    let mut start = 0;
    let mut n_colons = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'.' | b':' if at > start => {
                start = at + 1;
                n_colons += usize::from(*byte == b':');
            }
            b'0'..=b'9' if at == start => return false,
            _ if !is_of_name(*byte) => return false,
            _ => {}
        }
    }
    let last = &text[start..];
    start > 0 && !last.is_empty() && n_colons < 2 && !NO_ATTRIBUTES.contains(&last)
}

impl Visitor<'_> {
    pub(super) fn string_literal(&mut self, literal: &ExprStringLiteral, place: Place<'_>) {
        let text = literal.value.to_str();
        self.address(text, place, literal.start());
        if looks_dotted(text) {
            let (target, scope, at) =
                (self.page.sym(text), self.scope(), self.pos(literal.start()));
            let (form, act) = (StringForm::Dotted.code(), StringAct::Reads.code());
            let package = Sym::NONE;
            self.page.draft.strings.push(StringRef { form, target, package, act, scope, at });
        }
    }

    /// `f"http://localhost:{port}"`: what stands before the first field.
    pub(super) fn interpolated_literal(&mut self, text: &Expr, place: Place<'_>) {
        let Expr::FString(text) = text else { return };
        let Some(InterpolatedStringElement::Literal(start)) = text.value.elements().next() else {
            return;
        };
        let place = Place { flags: place.flags | place::F_STRING, ..place };
        // A placeholder for the field, so that `localhost:` alone is a host and port still.
        let whole = if start.value.ends_with(':') {
            Cow::Owned(format!("{}1", start.value))
        } else {
            Cow::Borrowed(&*start.value)
        };
        self.address(&whole, place, text.start());
    }

    fn address(&mut self, text: &str, place: Place<'_>, start: TextSize) {
        let Some(kind) = classify(text) else { return };
        let (scope, at) = (self.scope(), self.pos(start));
        let keyed = place.flags & (place::KEYWORD | place::DICT_VALUE | place::ASSIGNED) != 0;
        let key = if keyed { self.page.sym(place.key) } else { Sym::NONE };
        let text = self.page.sym(&shorten(text));
        let (kind, flags) = (kind.code(), place.flags);
        self.page.draft.literals.push(Literal { kind, flags, text, key, scope, at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let check =
            |text: &str, kind: Option<LiteralKind>| assert_eq!(classify(text), kind, "{text}");
        check("http://localhost:8000", Some(LiteralKind::Url));
        check("wss://example.com/x", Some(LiteralKind::Url));
        check("http://", None);
        check("postgresql+asyncpg://u:p@db/x", Some(LiteralKind::Dsn));
        check("redis://localhost", Some(LiteralKind::Dsn));
        check("sqlite:///a.db", Some(LiteralKind::Dsn));
        check("localhost:8000", Some(LiteralKind::HostPort));
        check("db.internal:5432", Some(LiteralKind::HostPort));
        check("localhost", Some(LiteralKind::HostPort));
        check("127.0.0.1", Some(LiteralKind::Ip));
        check("127.0.0.1:80", Some(LiteralKind::HostPort));
        check("12:30:00", None);
        check("python:3", None);
        check("1.2.3.999", None);
        check("backend.app:99999", None);
    }

    #[test]
    fn dotted_names_are_no_files_and_no_hosts() {
        for name in ["app.core.Manager", "app.core:Manager", "a.b", "_x.y1"] {
            assert!(looks_dotted(name), "{name}");
        }
        for other in [
            "app",
            "a b.c",
            "config.json",
            "www.example.com",
            "1.2.3",
            "a..b",
            ".a",
            "a.b:c:d",
            "e.g.",
        ] {
            assert!(!looks_dotted(other), "{other}");
        }
    }
}
