//! `hardcoded-endpoint`: an address of a service stands in the code.

use std::collections::{BTreeMap, BTreeSet};

use super::record;
use crate::analysis::finding::{Finding, Ground, Severity};
use crate::facts::rows::{Literal, LiteralKind, ScopeKind, place};
use crate::model::{FileId, Project};
use crate::source::FileKind;

record!(
    "hardcoded-endpoint",
    Warning,
    "the address of a service stands in the code",
    in_tests: false,
    find
);

fn find(ground: &Ground) -> Vec<Finding> {
    let project = ground.project;
    let own = own_domains(ground);
    let mut found = Vec::new();
    for file in ground.files() {
        if is_place_for_addresses(&project.file(file).path) {
            continue;
        }
        let facts = &project.file(file).facts;
        let mut told: BTreeMap<&str, &Literal> = BTreeMap::new();
        for literal in facts.literals() {
            let text = facts.text(literal.text);
            if is_endpoint(project, file, literal) && is_of_a_place(literal, text, &own) {
                told.entry(text).or_insert(literal);
            }
        }
        let findings = told.into_values().map(|literal| finding(project, file, literal));
        found.extend(findings);
    }
    found
}

/// Whether an address is another one in another environment. That of a public service is the same wherever the code runs,
/// and changes with the code that speaks to it.
fn is_of_a_place(literal: &Literal, text: &str, own: &BTreeSet<&str>) -> bool {
    let host = host_of(text);
    literal.kind() != LiteralKind::Url
        || !is_public(host)
        || names_a_place(host)
        || (own.contains(domain_of(host)) && !host.starts_with("www.") && host != domain_of(host))
}

/// Domains of which the code names a machine for staging, development or production: they are the project's own.
fn own_domains<'g>(ground: &Ground<'g>) -> BTreeSet<&'g str> {
    let mut own = BTreeSet::new();
    for file in ground.files() {
        let facts = &ground.project.file(file).facts;
        let urls = facts.literals().iter().filter(|literal| literal.kind() == LiteralKind::Url);
        let hosts = urls.map(|literal| host_of(facts.text(literal.text)));
        own.extend(hosts.filter(|host| is_public(host) && is_staged(host)).map(domain_of));
    }
    own
}

/// A name that the world knows.
fn is_public(host: &str) -> bool {
    const INNER: [&str; 9] =
        ["internal", "local", "lan", "corp", "intranet", "home", "localdomain", "svc", "consul"];
    let Some((_, last)) = host.rsplit_once('.') else { return false };
    last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic()) && !INNER.contains(&last)
}

/// `api.staging.acme.io`, `web-prod.acme.io`; `dev.acme.io` alone is where many have pages for developers.
fn is_staged(host: &str) -> bool {
    const STAGES: [&str; 11] = [
        "staging",
        "stage",
        "stg",
        "dev",
        "devel",
        "development",
        "prod",
        "production",
        "preprod",
        "qa",
        "uat",
    ];
    let rest = host.strip_suffix(domain_of(host)).unwrap_or_default();
    rest != "dev." && rest.split(['.', '-']).any(|label| STAGES.contains(&label))
}

/// Hosts that a cloud has named: of one deployment.
fn names_a_place(host: &str) -> bool {
    const CLOUDS: [&str; 16] = [
        ".run.app",
        ".cloudfunctions.net",
        ".appspot.com",
        ".herokuapp.com",
        ".azurewebsites.net",
        ".cloudapp.azure.com",
        ".vercel.app",
        ".netlify.app",
        ".ngrok.io",
        ".ngrok-free.app",
        ".elasticbeanstalk.com",
        ".compute.amazonaws.com",
        ".rds.amazonaws.com",
        ".elb.amazonaws.com",
        ".onrender.com",
        ".fly.dev",
    ];
    is_staged(host) || CLOUDS.iter().any(|cloud| host.ends_with(cloud))
}

/// `acme.io` of `api.acme.io`, `acme.co.uk` of `api.acme.co.uk`.
fn domain_of(host: &str) -> &str {
    const SHORT: usize = 3;
    let mut dots = host.rmatch_indices('.').map(|(at, _)| at);
    let Some(last) = dots.next() else { return host };
    let Some(second) = dots.next() else { return host };
    let is_country = host.len() - last == SHORT && last - second <= SHORT + 1;
    if !is_country {
        return &host[second + 1..];
    }
    dots.next().map_or(host, |third| &host[third + 1..])
}

/// The service that tells a machine in a cloud about itself; its address is part of the standard.
const METADATA: &str = "169.254.169.254";

/// Where addresses belong, or stand for show.
fn is_place_for_addresses(path: &str) -> bool {
    const FOLDERS: [&str; 15] = [
        "config",
        "configs",
        "configuration",
        "settings",
        "conf",
        "docs",
        "doc",
        "examples",
        "example",
        "samples",
        "demo",
        "demos",
        "benchmarks",
        "fixtures",
        "testing",
    ];
    const STEM_WORDS: [&str; 12] = [
        "config",
        "configs",
        "configuration",
        "settings",
        "constants",
        "const",
        "defaults",
        "conf",
        "test",
        "tests",
        "example",
        "endpoints",
    ];
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    folders.split('/').any(|folder| FOLDERS.contains(&folder.to_ascii_lowercase().as_str()))
        || stem.split('_').any(|word| STEM_WORDS.contains(&word))
        || matches!(stem, "setup" | "conftest" | "__about__" | "__version__")
}

fn is_endpoint(project: &Project, file: FileId, literal: &Literal) -> bool {
    let facts = &project.file(file).facts;
    let text = facts.text(literal.text);
    let key = facts.text(literal.key).to_ascii_lowercase();
    let is = |flag| literal.flags & flag != 0;
    let is_fallback = is(place::KEYWORD) && matches!(&*key, "default" | "fallback");
    let is_default = is(place::ASSIGNED) && key.split('_').any(|word| word == "default");
    if is(place::ENV_DEFAULT) || is(place::GET_DEFAULT) || is_fallback || is_default {
        return false;
    }
    if is(place::COMPARED) || is_for_readers(&key) {
        return false;
    }
    let stands_by = facts.scope_chain(literal.scope).any(|scope| scope.kind() == ScopeKind::Main);
    if stands_by || text.contains(char::is_whitespace) || is_placeholder(text) {
        return false;
    }
    match literal.kind() {
        LiteralKind::Url => {
            let host = host_of(text);
            // A process that speaks with its own workers; and a host of which only the beginning is known.
            let is_part = host.contains('{')
                || (is(place::F_STRING) && (text.starts_with("tcp://127.") || text.ends_with('.')));
            !(is_part || is_reserved(host) || is_reading(host, text) || host == METADATA)
        }
        LiteralKind::Dsn => {
            let rest = text.split_once("://").map_or("", |(_, rest)| rest);
            // A prefix to test or to build with, and a database in memory, lead to no service.
            !rest.is_empty()
                && !text.to_ascii_lowercase().starts_with("sqlite")
                && !rest.starts_with('/')
                && !is_reserved(host_of(text))
        }
        // This very machine, as a place to bind to or a default.
        LiteralKind::HostPort if text == "localhost" => false,
        // `f"{…}"` behind a colon may be anything, unless a host is surely one.
        LiteralKind::HostPort if is(place::F_STRING) => {
            let host = host_of(text);
            host == "localhost" || host.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit())
        }
        LiteralKind::HostPort => !is_reserved(text.split(':').next().unwrap_or(text)),
        LiteralKind::Ip => names_a_host(&key) && !is_reserved(text) && !is_special_ip(text),
    }
}

/// Values that people read or follow, and no program calls.
fn is_for_readers(key: &str) -> bool {
    const WORDS: [&str; 31] = [
        "doc",
        "docs",
        "help",
        "homepage",
        "example",
        "examples",
        "description",
        "documentation",
        "schema",
        "namespace",
        "xmlns",
        "ns",
        "license",
        "placeholder",
        "title",
        "message",
        "reference",
        "references",
        "issues",
        "bug",
        "comment",
        "epilog",
        "version",
        "oid",
        "credits",
        "attribution",
        "namespaces",
        "link",
        "sample",
        "info",
        "more",
    ];
    key.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
}

fn names_a_host(key: &str) -> bool {
    const WORDS: [&str; 12] = [
        "host", "hosts", "server", "address", "addr", "url", "endpoint", "uri", "broker", "dsn",
        "ip", "hostname",
    ];
    key.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
}

fn is_placeholder(text: &str) -> bool {
    // Patterns, too, are no addresses.
    if text.contains(['[', '\\', '*', '^']) {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    [
        "your",
        "<",
        "xxx",
        "…",
        "...",
        "%s",
        "{}",
        "foo.",
        "//foo",
        "//host",
        "user:pass",
        "username:password",
        "my-",
        "placeholder",
    ]
    .iter()
    .any(|mark| lower.contains(mark))
}

/// The host of an address, without user and port.
fn host_of(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or(host) };
    host.trim_end_matches('.')
}

/// Names that lead nowhere by decree, and binds to all interfaces.
fn is_reserved(host: &str) -> bool {
    const ENDS: [&str; 8] = [
        ".example",
        ".test",
        ".invalid",
        "example.com",
        "example.org",
        "example.net",
        ".local.test",
        "test.com",
    ];
    matches!(
        host,
        "0.0.0.0" | "[::]" | "testserver" | "test" | "host" | "hostname" | "domain" | "server"
    ) || ENDS.iter().any(|end| host.ends_with(end))
        || (!host.contains('.') && host.starts_with("test"))
}

/// Namespaces of schemas, and pages for people: nobody connects to them.
fn is_reading(host: &str, text: &str) -> bool {
    const HOSTS: [&str; 30] = [
        "georss.org",
        "w3.org",
        "json-schema.org",
        "schema.org",
        "purl.org",
        "xml.org",
        "xmlsoap.org",
        "openxmlformats.org",
        "github.com",
        "gitlab.com",
        "stackoverflow.com",
        "wikipedia.org",
        "readthedocs.io",
        "readthedocs.org",
        "python.org",
        "apache.org",
        "gnu.org",
        "ietf.org",
        "rfc-editor.org",
        "microsoft.com",
        "creativecommons.org",
        "opensource.org",
        "mozilla.org",
        "djangoproject.com",
        "bitbucket.org",
        "medium.com",
        "opengis.net",
        "unicode.org",
        "debian.org",
        "spec.openapis.org",
    ];
    let is_below = |known: &str| {
        host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    // Hosts of such a company that serve programs.
    let serves = ["api.", "login.", "graph.", "raw.", "downloads.", "download.", "management."];
    // A scope of OAuth looks like an address and is a name.
    if host.ends_with("googleapis.com") && text.contains("/auth/") {
        return true;
    }
    if HOSTS.iter().any(|known| is_below(known))
        && !serves.iter().any(|begin| host.starts_with(begin))
    {
        return true;
    }
    let first = host.split('.').next().unwrap_or(host);
    let path = text.split_once("://").map_or("", |(_, rest)| rest);
    matches!(
        first,
        "docs"
            | "doc"
            | "schemas"
            | "schema"
            | "wiki"
            | "help"
            | "support"
            | "blog"
            | "bugs"
            | "forum"
            | "forums"
            | "developer"
            | "developers"
            | "manual"
    ) || [
        "/docs/",
        "/wiki/",
        "/help/",
        "/documentation",
        ".html",
        ".htm",
        ".md",
        ".rst",
        ".pdf",
        ".png",
        ".svg",
        ".jpg",
        ".gif",
        ".ico",
        "/blog/",
    ]
    .iter()
    .any(|part| path.contains(part))
}

/// Masks, broadcast and multicast addresses, the metadata service of clouds, loopback.
fn is_special_ip(text: &str) -> bool {
    text.starts_with("255.")
        || text.starts_with("224.")
        || text.starts_with("239.")
        || text.starts_with("0.")
        || text.starts_with("127.")
        || text == METADATA
}

fn finding(project: &Project, file: FileId, literal: &Literal) -> Finding {
    let facts = &project.file(file).facts;
    let text = facts.text(literal.text);
    let is = |flag| literal.flags & flag != 0;
    let mut shown = without_password(text);
    if is(place::F_STRING) {
        // The placeholder of a port that is a field.
        shown =
            shown.strip_suffix(":1").map_or_else(|| shown.clone(), |host| format!("{host}:{{…}}"));
    }
    let kind = match literal.kind() {
        LiteralKind::Url => "URL",
        LiteralKind::HostPort => "host",
        LiteralKind::Ip => "IP address",
        LiteralKind::Dsn => "DSN",
    };
    let how = if is(place::PARAM_DEFAULT) { " as the default of a parameter" } else { "" };
    let is_local = matches!(host_of(text), "localhost" | "127.0.0.1" | "[::1]");
    // A script is for one purpose, and often for one place.
    // A port that is a field is chosen elsewhere.
    let is_mild = is(place::PARAM_DEFAULT) || shown.ends_with("…}") || is_script(project, file);
    let severity = if is_mild { Severity::Info } else { Severity::Warning };
    let what =
        if is_local && !is(place::PARAM_DEFAULT) { ", and only works on one machine" } else { "" };
    Finding::new(&RULE, file, literal.at, shown.clone())
        .severity(severity)
        .message(format!("the {kind} `{shown}` stands in the code{how}{what}"))
        .remedy("read it from the configuration or the environment, in one place")
        .key([shown])
}

fn is_script(project: &Project, file: FileId) -> bool {
    let file = project.file(file);
    file.kind == FileKind::Script || file.path.split('/').any(|folder| folder == "scripts")
}

/// A DSN may hold a password, which is nobody's business.
fn without_password(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let authority = rest.split('/').next().unwrap_or(rest);
    match authority.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let name = user.split(':').next().unwrap_or(user);
            format!("{scheme}://{name}:***@{host}{}", &rest[authority.len()..])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::analysis::detectors::testing::check;

    #[test]
    fn kinds_of_addresses() {
        check(
            &RULE,
            "# file: app/client.py\nURL = 'https://api.staging.acme.io/v1'\nDB = 'postgresql://u:secret@db:5432/x'\n\
             connect(host='10.1.2.3')\ndef f(url='http://localhost:8000'): pass\nx = f'http://localhost:{port}'\nOWN = 'https://api.acme.io/v1'\n",
            &[
                "app/client.py:1 https://api.staging.acme.io/v1",
                "app/client.py:2 postgresql://u:***@db:5432/x",
                "app/client.py:3 10.1.2.3",
                "app/client.py:4 http://localhost:8000",
                "app/client.py:5 http://localhost:{…}",
                "app/client.py:6 https://api.acme.io/v1",
            ],
        );
    }

    #[test]
    fn what_only_looks_like_one() {
        check(
            &RULE,
            "# file: app/client.py\nimport os\nA = os.getenv('A', 'http://localhost:8000')\n\
             NS = 'http://www.w3.org/2001/XMLSchema'\nbind('0.0.0.0:80')\nif 'localhost:80' in x: pass\n\
             V = '1.2.3.4'\nS = 'sqlite:///:memory:'\nP = 'redis://'\nE = 'https://example.com/x'\n\
             H = 'https://docs.acme.io/x'\nW = 'https://api.weather.io/v2'\nS = settings.get('url', 'http://localhost:1')\n\
             C = conf.get('api', 'url', fallback='http://localhost:1')\nif __name__ == '__main__':\n    run('http://localhost:1')\n\
             # file: app/config.py\nURL = 'https://api.acme.io/v1'\n\
             # file: tests/test_a.py\nURL = 'https://api.acme.io/v1'\n",
            &[],
        );
    }
}
