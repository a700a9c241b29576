//! What is remembered of a tree between runs: where the user was, and how they like it.

use serde::{Deserialize, Serialize};

use super::app::App;
use super::nav::{Nav, Screen};
use super::object::Object;
use crate::analysis::Scope;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    screen: String,
    subject: String,
    /// What the first pane's cursor stood on.
    object: String,
    scope: String,
    pub theme: Option<String>,
    pub mouse: bool,
}

impl Session {
    /// A text that cannot be understood is as none.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::fresh())
    }

    pub fn fresh() -> Self {
        Self { mouse: true, ..Self::default() }
    }

    pub fn of(app: &App) -> Self {
        let view = app.nav.view();
        let object = view.panes.first().and_then(super::list::PaneState::object);
        Self {
            screen: app.nav.screen.title().to_owned(),
            subject: view.subject.clone(),
            object: object.map(Object::id).unwrap_or_default(),
            scope: scope_word(app.scope).to_owned(),
            theme: Some(app.presenting.as_ref().unwrap_or(&app.theme.name).clone()),
            mouse: app.mouse,
        }
    }

    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a session is plain text")
    }

    pub fn screen(&self) -> Option<Screen> {
        Screen::of_title(&self.screen)
    }

    pub fn scope(&self) -> Scope {
        let all = [Scope::Production, Scope::Tests, Scope::All];
        let own = all.into_iter().find(|scope| scope_word(*scope) == self.scope);
        own.unwrap_or(Scope::Production)
    }

    /// Puts the cursor where it was, unless the user has moved on meanwhile.
    pub fn arrive(&self, nav: &mut Nav) {
        let view = nav.view_mut();
        let is_untouched =
            view.subject.is_empty() && view.panes.iter().all(|pane| pane.cursor == 0);
        if !is_untouched || self.screen().is_none_or(|screen| screen != nav.screen) {
            return;
        }
        let view = nav.view_mut();
        view.subject.clone_from(&self.subject);
        if let (Some(object), Some(pane)) = (Object::of_id(&self.object), view.panes.first_mut()) {
            pane.seek(object);
        }
    }
}

pub fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Production => "production",
        Scope::Tests => "tests",
        Scope::All => "all code",
    }
}
