//! What one Python file says: pure facts, the same for the same bytes, with no knowledge of the project around it.

mod all;
mod bindings;
mod definitions;
mod expressions;
mod guard;
mod imports;
mod names;
pub mod page;
mod prints;
pub mod rows;
mod scopes;
pub mod store;
#[cfg(test)]
mod testing;
mod visitor;

pub use store::{Draft, Facts, VERSION};
use visitor::extract_text;

use crate::source::Language;
use crate::source::encoding::{self, DecodeError};
use crate::source::notebook;
use rows::{Status, file_flag};

/// The facts of a file's bytes. Pure: the same bytes give the same facts.
///
/// The depth guard counts on a stack of 16 MB.
pub fn extract(bytes: &[u8], language: Language) -> Facts {
    if language == Language::Notebook {
        return match notebook::python_of(bytes) {
            Ok(text) => of_text(&text, language, 0),
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
            of_text(&decoded.text, language, flags)
        }
        Err(DecodeError::Binary) => Facts::none(Status::Binary),
        Err(DecodeError::UnknownEncoding(_) | DecodeError::BomConflict(_)) => Facts::none(Status::BadEncoding),
    }
}

fn of_text(text: &str, language: Language, flags: u32) -> Facts {
    if guard::too_deep(text) {
        return Facts::none(Status::TooDeep);
    }
    extract_text(text, language == Language::Stub, flags)
}
