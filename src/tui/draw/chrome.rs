//! What stands around the panes: tabs and breadcrumb, the head line, the key bar, the status line.

use ratatui::layout::Rect;

use super::overlay::input_line;
use crate::analysis;
use crate::report::escape::visible;
use crate::report::paint::{counted, grouped};
use crate::tui::app::App;
use crate::tui::canvas::{Canvas, Piece, fitted, piece, width};
use crate::tui::command::{Command, Scope, TABLE};
use crate::tui::input::{Mode, in_scope};
use crate::tui::layout::Layout;
use crate::tui::nav::Screen;
use crate::tui::pane::Content;
use crate::tui::screens::headline;
use crate::tui::session::scope_word;
use crate::tui::theme::Role;
use crate::tui::verbs::scan_text;

/// Where each tab stands in its line.
fn tab_places(app: &App) -> Vec<(Screen, u16, String)> {
    let is_narrow = app.area.width < 60;
    let mut x = 0;
    let mut places = Vec::new();
    for (at, screen) in Screen::ALL.iter().copied().enumerate() {
        let title = if is_narrow && screen != app.nav.screen {
            format!(" {} ", at + 1)
        } else {
            format!(" {} {} ", at + 1, screen.title())
        };
        let taken = width(&title);
        places.push((screen, x, title));
        x += taken;
    }
    places
}

pub fn tab_at(app: &App, x: u16) -> Option<Screen> {
    let places = tab_places(app);
    let hit = places.iter().rev().find(|(_, start, _)| *start <= x)?;
    (x < hit.1 + width(&hit.2)).then_some(hit.0)
}

pub fn tabs(app: &App, canvas: &mut Canvas, layout: &Layout) {
    let area = layout.tabs;
    let mut end = area.x;
    for (screen, x, title) in tab_places(app) {
        let role = if screen == app.nav.screen { Role::Tab } else { Role::Dim };
        end = area.x
            + x
            + canvas.text(area.x + x, area.y, area.width.saturating_sub(x), &title, role);
    }
    let right = state_of_scan(app);
    let taken = pieces_width(&right);
    let room = area.right().saturating_sub(end + 2);
    if taken <= room {
        canvas.pieces(area.right() - taken, area.y, taken, &right);
        breadcrumb(app, canvas, Rect { x: end + 2, width: room - taken, height: 1, ..area });
    }
}

fn state_of_scan(app: &App) -> Vec<Piece> {
    if let Some((stage, done, total)) = app.scan.now() {
        return vec![piece(scan_text(stage, done, total), Role::Warn), piece(" ", Role::Text)];
    }
    if app.scan.computing {
        return vec![piece("following imports and ranking ", Role::Warn)];
    }
    let (Some(data), Some(took)) = (&app.data, app.scan.took) else {
        let why = if app.scan.failed.is_some() { "not scanned " } else { "" };
        return vec![piece(why, Role::Bad)];
    };
    let files = counted(data.project().files.len(), "file");
    let text = format!("{files} {} {:.1}s ", app.glyphs.good, took.as_secs_f64());
    vec![piece(text, Role::Good)]
}

fn breadcrumb(app: &App, canvas: &mut Canvas, area: Rect) {
    let crumbs = app.nav.crumbs();
    let names: Vec<&str> = crumbs
        .iter()
        .rev()
        .map(|(screen, subject)| if subject.is_empty() { screen.title() } else { subject })
        .collect();
    if names.is_empty() || area.width < 12 {
        return;
    }
    let text = format!("[ {}", names.join(&format!(" {} ", app.glyphs.back)));
    canvas.clipped(area.x, area.y, area.width.saturating_sub(2), &text, Role::Dim);
}

pub fn head(app: &App, canvas: &mut Canvas, layout: &Layout) {
    let area = layout.head;
    if area.is_empty() {
        return;
    }
    let scopes = [analysis::Scope::Production, analysis::Scope::Tests, analysis::Scope::All];
    let mut right: Vec<Piece> = Vec::new();
    for scope in scopes {
        let is_on = scope == app.scope;
        // Where there is no room for all, the one that counts.
        if !is_on && area.width < 100 {
            continue;
        }
        let sign = if is_on { app.glyphs.on } else { app.glyphs.off };
        let role = if is_on { Role::Accent } else { Role::Dim };
        right.push(piece(format!("{} {sign} ", scope_word(scope)), role));
    }
    let taken = pieces_width(&right);
    let is_wide = area.width > taken + 40;
    let room = area.width.saturating_sub(if is_wide { taken + 1 } else { 0 });
    // Of a long way to the tree its end tells most.
    let tree = format!("{}  ", fitted(&visible(&app.tree), (room / 4).max(12)));
    let (line, role) = match counted_before(app) {
        Some(line) => (line, Role::Warn),
        None => (headline(app, app.nav.screen), Role::Text),
    };
    let has_room = width(&tree) + width(&line) + 2 <= room;
    let used = if has_room {
        canvas.text(area.x + 1, area.y, room.saturating_sub(1), &tree, Role::Heading)
    } else {
        0
    };
    canvas.clipped(area.x + 1 + used, area.y, room.saturating_sub(used + 2), &line, role);
    if is_wide {
        canvas.pieces(area.right() - taken, area.y, taken, &right);
    }
}

/// While another scope is being counted, what the numbers on the screen are still about.
fn counted_before(app: &App) -> Option<String> {
    let shown = app.data.as_ref().map(|data| data.scope).filter(|scope| *scope != app.scope)?;
    let (new, old) = (scope_word(app.scope), scope_word(shown));
    Some(format!("counting {new} … until then these are the numbers of {old}"))
}

/// The keys that do something here.
pub fn keys(app: &App, canvas: &mut Canvas, layout: &Layout) {
    if !layout.keys.is_empty() {
        key_bar(app, canvas, layout.keys);
    }
}

fn key_bar(app: &App, canvas: &mut Canvas, area: Rect) {
    if app.presenting.is_some() {
        let echo: Vec<String> = app.echo.iter().map(ToString::to_string).collect();
        canvas.text(area.x + 1, area.y, area.width - 1, &echo.join(" "), Role::Caption);
        return;
    }
    let (commands, rest) = offered(app);
    let (room, taken) = (area.width, key_room(app, &rest));
    let room = room.saturating_sub(if taken + 20 < room { taken } else { 0 });
    key_words(app, canvas, Rect { width: room.saturating_sub(2), ..area }, &commands);
    if room < area.width {
        key_words(app, canvas, Rect { x: area.x + room, width: area.width - room, ..area }, &rest);
    }
}

/// Those keys for which the key bar has no room.
fn more_keys(app: &App, canvas: &mut Canvas, area: Rect, bar: Rect) {
    let (commands, rest) = offered(app);
    let room = bar.width.saturating_sub(key_room(app, &rest) + 2);
    let shown = fitting_keys(app, room, &commands);
    key_words(app, canvas, area, &commands[shown..]);
}

type Commands = Vec<&'static Command>;

/// What can be done now, and how to find all the rest.
fn offered(app: &App) -> (Commands, Commands) {
    let is_here = in_scope(app);
    // How to find all the rest always stands at the end; what belongs to this screen alone comes first.
    let is_rest = |id: &str| ["help", "palette", "app.quit"].contains(&id);
    // What cannot be done now would only be in the way.
    let is_offered = |command: &&Command| {
        !command.bar.is_empty() && is_here(command.scope) && (command.unavailable)(app).is_none()
    };
    let (rest, mut commands): (Commands, Commands) =
        TABLE.iter().filter(is_offered).partition(|c| is_rest(c.id));
    commands.sort_by_key(|command| command.scope == Scope::Everywhere);
    (commands, rest)
}

/// Columns that keys take, each with the space behind it.
fn key_room(app: &App, commands: &[&'static Command]) -> u16 {
    let words = commands.iter().filter_map(|command| key_word(app, command));
    words.map(|pieces| pieces_width(&pieces) + 2).sum()
}

/// How many of the commands so many columns hold.
fn fitting_keys(app: &App, width: u16, commands: &[&'static Command]) -> usize {
    let mut used = 1;
    let fits = |command: &&&'static Command| {
        let taken = key_word(app, command).map_or(0, |pieces| pieces_width(&pieces) + 2);
        used += taken;
        used <= width + 2
    };
    commands.iter().take_while(fits).count()
}

fn key_words(app: &App, canvas: &mut Canvas, area: Rect, commands: &[&'static Command]) {
    let mut x = area.x + 1;
    let fitting = &commands[..fitting_keys(app, area.width, commands)];
    for pieces in fitting.iter().filter_map(|command| key_word(app, command)) {
        let taken = pieces_width(&pieces);
        canvas.pieces(x, area.y, taken, &pieces);
        x += taken + 2;
    }
}

/// `d definitions`
fn key_word(app: &App, command: &Command) -> Option<Vec<Piece>> {
    let keys = app.keymap.keys_of(command.id).into_iter().next()?;
    Some(vec![piece(keys, Role::Key), piece(" ", Role::Text), piece(command.bar, Role::Text)])
}

fn pieces_width(pieces: &[Piece]) -> u16 {
    pieces.iter().map(|piece| width(&piece.text)).sum()
}

pub fn status(app: &App, canvas: &mut Canvas, layout: &Layout) {
    let area = layout.status;
    if area.is_empty() {
        return;
    }
    match &app.mode {
        Mode::Filter(input) => {
            let hint = "words  !not  column:word  column:>5   enter keeps, esc clears";
            input_line(canvas, area, "/", input.value(), input.visual_cursor());
            let taken = width(hint);
            if area.width > taken + 24 {
                canvas.text(area.right() - taken, area.y, taken, hint, Role::Dim);
            }
        }
        Mode::Note(input, object) => {
            let prompt = format!("note on {}: ", app.label(object));
            input_line(canvas, area, &prompt, input.value(), input.visual_cursor());
        }
        Mode::Normal | Mode::Picker(_) | Mode::Page(_) => {
            let right = position(app);
            let taken = width(&right);
            canvas.text(area.right().saturating_sub(taken + 1), area.y, taken, &right, Role::Dim);
            left_of_status(
                app,
                canvas,
                Rect { width: area.width.saturating_sub(taken + 2), ..area },
            );
        }
    }
}

fn left_of_status(app: &App, canvas: &mut Canvas, area: Rect) {
    let (x, room) = (area.x + 1, area.width.saturating_sub(1));
    if !app.pending.is_empty() {
        let begun: Vec<String> = app.pending.iter().map(ToString::to_string).collect();
        let rest = app.keymap.continuations(&app.pending, in_scope(app));
        let rest: Vec<String> =
            rest.iter().map(|(keys, command)| format!("{keys} {}", command.title)).collect();
        let text = format!("{} …   {}", begun.join(" "), rest.join("   "));
        canvas.clipped(x, area.y, room, &text, Role::Key);
    } else if let Some(caption) = &app.caption {
        canvas.clipped(x, area.y, room, &format!(" {caption} "), Role::Caption);
    } else if let Some(message) = &app.message {
        canvas.clipped(x, area.y, room, &message.text, message.role);
    } else if let Some((text, role)) = finding_here(app) {
        canvas.clipped(x, area.y, room, &text, role);
    } else if app.area.height < 24 {
        key_bar(app, canvas, Rect { width: area.width, ..area });
    } else if let Some(note) = note_here(app) {
        canvas.clipped(x, area.y, room, &note, Role::Mark);
    } else if app.presenting.is_none() {
        more_keys(app, canvas, area, app.layout().keys);
    }
}

/// What the rules found on the line of the source that the cursor is on.
fn finding_here(app: &App) -> Option<(String, Role)> {
    let judgement = app.data.as_ref()?.judgement.as_ref()?;
    if !matches!(app.pane().content, Content::Source(_)) {
        return None;
    }
    let spot = app.at_cursor().1?;
    let found = judgement.at(spot)?;
    let more = match judgement.all_at(spot).count() - 1 {
        0 => String::new(),
        more => format!("  (and {more} more on this line)"),
    };
    let finding = &found.finding;
    let severity = finding.severity.word();
    let text = format!("{severity} {}: {}{more}", finding.rule, finding.message);
    Some((text, found.sign().1))
}

fn note_here(app: &App) -> Option<String> {
    let object = app.at_cursor().0?;
    let note = app.notes.of(&object).last()?;
    Some(format!("{} {}: {}", app.glyphs.note, note.author, note.text))
}

fn position(app: &App) -> String {
    let Some(state) = app.state() else { return String::new() };
    if state.len == 0 {
        String::new()
    } else {
        format!("{}/{}", grouped(state.cursor + 1), grouped(state.len))
    }
}
