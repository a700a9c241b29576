//! Keys, by what is going on: commands, a line being typed, or a list to choose from.

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::Rect;
use tui_input::{Input, InputRequest};

use super::app::App;
use super::canvas::piece;
use super::command::Scope;
use super::keymap::Meaning;
use super::keys::Key;
use super::msg::{Effect, Work};
use super::object::Object;
use super::pane::TextLine;
use super::picker::{Act, Kind, Picker};
use super::theme::Role;
use super::{mouse, verbs};

/// Who gets the keys.
pub enum Mode {
    Normal,
    /// The filter of the pane in focus is being typed.
    Filter(Input),
    /// A note is being typed.
    Note(Input, Object),
    Picker(Picker),
    /// A text to read over the screen.
    Page(Page),
}

/// A text of the program's own, with its title in the first line.
pub struct Page {
    text: &'static str,
    /// The first line that is seen.
    pub offset: usize,
}

impl Page {
    pub fn new(text: &'static str) -> Self {
        Self { text, offset: 0 }
    }

    /// The topic and what is said of it in a line.
    fn head(&self) -> (&'static str, &'static str) {
        let first = self.text.lines().next().unwrap_or_default();
        first.split_once(": ").unwrap_or((first, ""))
    }

    pub fn title(&self) -> &'static str {
        self.head().0
    }

    /// Its lines, broken for a frame of this size.
    pub fn lines(&self, area: Rect) -> Vec<String> {
        let room = usize::from(area.width.saturating_sub(4));
        let line = |text: &'static str| TextLine::of([piece(text, Role::Text)]).broken(room);
        let body = self.text.lines().skip(1);
        std::iter::once(self.head().1).chain(body).flat_map(line).map(|line| line.text()).collect()
    }

    pub fn rows(area: Rect) -> usize {
        usize::from(area.height.saturating_sub(2))
    }

    fn scroll(&mut self, area: Rect, rows: isize) {
        let most = self.lines(area).len().saturating_sub(Self::rows(area));
        self.offset = self.offset.saturating_add_signed(rows).min(most);
    }
}

pub fn event(app: &mut App, event: Event) -> Vec<Effect> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => self::key(app, Key::of(key)),
        Event::Mouse(mouse) => mouse::event(app, mouse),
        Event::Paste(text) => paste(app, &text),
        Event::Resize(width, height) => {
            app.area = Rect::new(0, 0, width, height);
            Vec::new()
        }
        Event::Key(_) | Event::FocusGained | Event::FocusLost => Vec::new(),
    }
}

pub fn key(app: &mut App, key: Key) -> Vec<Effect> {
    if app.presenting.is_some() {
        app.echo.push(key);
        let surplus = app.echo.len().saturating_sub(6);
        app.echo.drain(..surplus);
    }
    match &app.mode {
        Mode::Normal => command_key(app, key),
        Mode::Filter(_) => filter_key(app, key),
        Mode::Note(..) => note_key(app, key),
        Mode::Picker(_) => picker_key(app, key),
        Mode::Page(_) => page_key(app, key),
    }
}

/// A scope that commands can have now.
pub fn in_scope(app: &App) -> impl Fn(Scope) -> bool + use<> {
    let screen = app.nav.screen;
    move |scope| match scope {
        Scope::Everywhere => true,
        Scope::On(own) => own == screen,
    }
}

fn command_key(app: &mut App, key: Key) -> Vec<Effect> {
    app.message = None;
    let was_leaving = std::mem::take(&mut app.is_leaving);
    app.pending.push(key);
    match app.keymap.meaning(&app.pending, in_scope(app)) {
        Meaning::Begun => {
            app.is_leaving = was_leaving;
            Vec::new()
        }
        Meaning::Nothing => {
            app.pending.clear();
            Vec::new()
        }
        Meaning::Run(command, any) => {
            app.pending.clear();
            if command.id == "app.cancel" {
                app.is_leaving = was_leaving;
            }
            run(app, command, any)
        }
    }
}

pub fn run(app: &mut App, command: &super::command::Command, any: Option<char>) -> Vec<Effect> {
    match (command.unavailable)(app) {
        Some(why) => {
            app.warn(format!("{}: {why}", command.title));
            Vec::new()
        }
        None => (command.run)(app, any),
    }
}

fn filter_key(app: &mut App, key: Key) -> Vec<Effect> {
    let Mode::Filter(input) = &mut app.mode else { return Vec::new() };
    match key.code {
        KeyCode::Esc => {
            app.mode = Mode::Normal;
            set_filter(app, String::new());
        }
        KeyCode::Enter => app.mode = Mode::Normal,
        KeyCode::Up | KeyCode::Down => {
            let rows = if key.code == KeyCode::Up { -1 } else { 1 };
            if let Some(state) = app.state_mut() {
                state.move_by(rows);
            }
        }
        _ => {
            edit(input, key);
            let filter = input.value().to_owned();
            set_filter(app, filter);
        }
    }
    Vec::new()
}

fn set_filter(app: &mut App, filter: String) {
    if let Some(state) = app.state_mut()
        && state.filter != filter
    {
        state.filter = filter;
    }
}

fn note_key(app: &mut App, key: Key) -> Vec<Effect> {
    let Mode::Note(input, object) = &mut app.mode else { return Vec::new() };
    match key.code {
        KeyCode::Esc => app.mode = Mode::Normal,
        KeyCode::Enter => {
            let (text, object) = (input.value().trim().to_owned(), object.clone());
            app.mode = Mode::Normal;
            return verbs::write_note(app, &object, text);
        }
        _ => edit(input, key),
    }
    Vec::new()
}

fn picker_key(app: &mut App, key: Key) -> Vec<Effect> {
    let page = isize::from(i16::try_from(picker_area(app.area).height).unwrap_or(10));
    let Mode::Picker(picker) = &mut app.mode else { return Vec::new() };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Esc => return close(app),
        KeyCode::Char('c') if control => return close(app),
        KeyCode::Enter => {
            picker.catch_up();
            return choose(app);
        }
        KeyCode::Up => picker.move_by(-1),
        KeyCode::Down => picker.move_by(1),
        KeyCode::Char('p' | 'k') if control => picker.move_by(-1),
        KeyCode::Char('n' | 'j') if control => picker.move_by(1),
        KeyCode::PageUp => picker.move_by(-page),
        KeyCode::PageDown => picker.move_by(page),
        _ => {
            edit(&mut picker.input, key);
            if let Some(search) = picker.follow() {
                return vec![Effect::Work(Work::Search(search))];
            }
        }
    }
    preview_theme(app);
    Vec::new()
}

fn page_key(app: &mut App, key: Key) -> Vec<Effect> {
    let area = picker_area(app.area);
    let Mode::Page(page) = &mut app.mode else { return Vec::new() };
    let height = Page::rows(area).cast_signed();
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('d') if control => page.scroll(area, height / 2),
        KeyCode::Char('u') if control => page.scroll(area, -height / 2),
        KeyCode::Char('j') | KeyCode::Down => page.scroll(area, 1),
        KeyCode::Char('k') | KeyCode::Up => page.scroll(area, -1),
        KeyCode::PageDown | KeyCode::Char(' ') => page.scroll(area, height),
        KeyCode::PageUp => page.scroll(area, -height),
        KeyCode::Char('g') | KeyCode::Home => page.offset = 0,
        KeyCode::Char('G') | KeyCode::End => page.scroll(area, isize::MAX),
        _ => app.mode = Mode::Normal,
    }
    Vec::new()
}

pub fn scroll_page(app: &mut App, rows: isize) {
    let area = picker_area(app.area);
    if let Mode::Page(page) = &mut app.mode {
        page.scroll(area, rows);
    }
}

/// A theme shows itself while one walks over it.
fn preview_theme(app: &mut App) {
    let Mode::Picker(picker) = &app.mode else { return };
    if let Some(Act::Theme(name)) = picker.chosen().map(|item| item.act.clone()) {
        verbs::set_theme(app, &name);
    }
}

fn close(app: &mut App) -> Vec<Effect> {
    let old = std::mem::replace(&mut app.mode, Mode::Normal);
    if let Mode::Picker(Picker { kind: Kind::Themes, items, .. }) = old
        && let Some(Act::Theme(before)) = items.first().map(|item| &item.act)
    {
        verbs::set_theme(app, before);
    }
    Vec::new()
}

pub fn choose(app: &mut App) -> Vec<Effect> {
    let Mode::Picker(picker) = &app.mode else { return Vec::new() };
    let act = picker.chosen().map(|item| item.act.clone());
    app.mode = Mode::Normal;
    match act {
        Some(Act::Run(command)) => run(app, command, None),
        Some(act) => verbs::act(app, act),
        None => Vec::new(),
    }
}

fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    let keys = text.chars().filter(|c| !c.is_control()).map(|c| Key::plain(KeyCode::Char(c)));
    // Pasted text is text: it runs no commands.
    if matches!(app.mode, Mode::Normal) {
        Vec::new()
    } else {
        keys.flat_map(|k| key(app, k)).collect()
    }
}

fn edit(input: &mut Input, key: Key) {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let request = match key.code {
        KeyCode::Char('a') if control => InputRequest::GoToStart,
        KeyCode::Char('e') if control => InputRequest::GoToEnd,
        KeyCode::Char('u') if control => InputRequest::DeleteLine,
        KeyCode::Char('w') if control => InputRequest::DeletePrevWord,
        KeyCode::Char(c) if key.modifiers.is_empty() => InputRequest::InsertChar(c),
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        _ => return,
    };
    input.handle(request);
}

/// Where a list to choose from lies: in the upper middle, over what it is about.
pub fn picker_area(area: Rect) -> Rect {
    let width = area.width.saturating_sub(4).min(100).max(area.width.min(20));
    let height = area.height.saturating_sub(2).min(30).max(area.height.min(5));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 3,
        width,
        height,
    }
}
