//! q
use fragscope::engine::*;
use std::path::Path;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let o = Options { cache: a.get(2).is_some_and(|x| x == "cache"), ..Default::default() };
    let s = scan(Path::new(&a[1]), &o, &Progress::default()).unwrap();
    println!(
        "{:?} {:?} files {} unread {}",
        s.stages,
        s.cache,
        s.project.files.len(),
        s.unread.len()
    );
    println!(
        "{:?}",
        fragscope::model::Outcome::ALL
            .iter()
            .map(|o| o.word())
            .zip(s.project.outcomes())
            .collect::<Vec<_>>()
    );
    println!("roots {:?}", s.roots.len());
    if let Some(sym) = a.get(3) {
        for t in s.project.find(sym) {
            println!("{:?}", s.project.end_name(t));
            for u in fragscope::analysis::users::users(&s.project, &[t], false) {
                println!(
                    "{}:{}:{} {} {}",
                    s.project.file(u.file).path,
                    u.at.line,
                    u.at.column,
                    u.form.word(),
                    u.path
                );
            }
        }
    }
}
