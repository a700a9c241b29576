//! What one Python file says: pure facts, the same for the same bytes, with no knowledge of the project around it.

mod all;
mod bindings;
mod calls;
mod definitions;
mod dicts;
mod directives;
mod expressions;
mod guard;
mod imports;
mod lazy;
mod literals;
mod names;
pub mod page;
mod paths;
mod prints;
pub mod rows;
mod scopes;
pub mod store;
mod strings;
#[cfg(test)]
mod testing;
mod texts;
mod visitor;

pub use definitions::says_deprecated;
pub use store::{Draft, Facts, VERSION};
use visitor::{extract_text, parse};

use ruff_python_ast::token::Token;

use crate::source::Language;
use crate::source::encoding::{self, DecodeError};
use crate::source::notebook;
use rows::{Status, file_flag};

/// The facts of a file's bytes. Pure: the same bytes give the same facts.
///
/// The depth guard counts on a stack of 16 MB; the threads of a scan have more.
pub fn extract(bytes: &[u8], language: Language) -> Facts {
    if language == Language::Notebook {
        return match notebook::python_of(bytes) {
            Ok(text) => extract_text(&text, false, 0),
            Err(_) => Facts::none(Status::BadNotebook),
        };
    }
    match encoding::decode(bytes) {
        Ok(decoded) => {
            let mut flags = 0;
            if decoded.bom {
                flags |= file_flag::BOM;
            }
            if decoded.lossy {
                flags |= file_flag::LOSSY;
            }
            extract_text(&decoded.text, language == Language::Stub, flags)
        }
        Err(DecodeError::Binary) => Facts::none(Status::Binary),
        Err(DecodeError::UnknownEncoding(_) | DecodeError::BomConflict(_)) => {
            Facts::none(Status::BadEncoding)
        }
    }
}

/// The tokens of a text, also of one with syntax errors; nothing when it nests too deep to be parsed.
pub fn tokens(text: &str) -> Option<Vec<Token>> {
    if guard::too_deep(text) {
        return None;
    }
    let parsed = parse(text);
    let tokens = parsed.tokens().to_vec();
    if !parsed.errors().is_empty() && guard::is_too_tall(parsed.syntax()) {
        // Dropping it would overflow the stack.
        std::mem::forget(parsed);
    }
    Some(tokens)
}
