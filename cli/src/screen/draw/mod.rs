//! Draws a state. What a thing means is told by its words and signs; colour only adds to them.

mod week;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph, Wrap};
use serde_json::Value;

use super::form::Form;
use super::picker::{Picker, Purpose};
use super::state::{Mode, Pane, Start, State, Wait};
use crate::show::{self, Look, clean, clean_lines};

/// The smallest terminal in which something can be read: columns and lines.
const SMALLEST: (u16, u16) = (40, 10);
/// From how many columns on the details stand beside the list; with fewer they stand below it.
const WIDE: u16 = 100;
/// The most lines below the panes.
const MOST_NOTE: u16 = 4;
const MENU: &str = "  l   c   d[n]  p[n]  n[n]  g[n]  ?   q";
const HELP: &str = "\
l      list: your proposals, the newest first
c      create a proposal: title, people, slots
d[n]   details of number n of the list
p[n]   patch: choose the slots that you keep
n[n]   notify: choose who gets mail
g[n]   log: who did what when
w      your week: block hours by painting
r      ask again: what failed, or what is shown
?      this help
q      quit

A letter, a number and Enter: d3 shows the third.
Without a number it is the row with the mark >.
Arrows or j and k move, PgUp and PgDn scroll,
Esc leaves, and ends a wait.";

const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const MARKED: Style = Style::new().add_modifier(Modifier::REVERSED);

/// Draws all of it.
pub fn draw(state: &State, frame: &mut Frame<'_>) {
    let area = frame.area();
    let (columns, lines) = SMALLEST;
    if area.width < columns || area.height < lines {
        let text = format!(
            "This terminal has {} columns and {} lines; whittle needs {columns} and {lines}. Make it larger, or q quits.",
            area.width, area.height
        );
        return frame.render_widget(Paragraph::new(text).wrap(Wrap { trim: true }), area);
    }
    let note = note(state);
    let needed = u16::try_from(note.line_count(area.width)).unwrap_or(MOST_NOTE).clamp(1, MOST_NOTE);
    let [head, body, below, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(needed),
        Constraint::Length(1),
    ])
    .areas(area);
    let live = live(state);
    // Whether it is live is to be seen at any width.
    let room = u16::try_from(live.len()).unwrap_or(0);
    let [head, corner] = Layout::horizontal([Constraint::Min(1), Constraint::Length(room)]).areas(head);
    frame.render_widget(Line::styled(header(state), BOLD), head);
    frame.render_widget(Line::styled(live, BOLD), corner);
    frame.render_widget(note, below);
    frame.render_widget(keys_line(state), keys);
    if let Mode::Week(shown) = &state.mode {
        return week::draw(shown, frame, body);
    }
    let [list, details] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Percentage(40), Constraint::Percentage(60)]).areas(body)
    } else {
        let rows = u16::try_from(state.count()).unwrap_or(u16::MAX).saturating_add(2);
        let third = body.height.checked_div(3).unwrap_or(0).max(3);
        Layout::vertical([Constraint::Length(rows.clamp(3, third)), Constraint::Min(1)]).areas(body)
    };
    draw_list(state, frame, list);
    draw_details(state, frame, details);
}

fn header(state: &State) -> String {
    let zone = state.zone.iana_name().unwrap_or("local time");
    clean(&format!("whittle  {}  {}  {zone}", state.origin, state.who))
}

/// Whether changes of what is shown come by themselves.
const fn live(state: &State) -> &'static str {
    match state.watched {
        Some((_, true)) => "  live",
        Some((_, false)) => "  not live",
        None => "",
    }
}

/// What is waited for and what is to be told.
fn note(state: &State) -> Paragraph<'static> {
    let mut lines = Vec::new();
    if let Some(wait) = &state.wait {
        lines.push(Line::from(progress(wait)));
    }
    if let Some((text, bad)) = &state.note {
        let style = if *bad { Style::new().fg(Color::Red) } else { Style::new() };
        lines.push(Line::styled(clean(text), style));
    }
    Paragraph::new(lines).wrap(Wrap { trim: true })
}

fn progress(wait: &Wait) -> String {
    let signs = ["|", "/", "-", "\\"];
    let at = usize::try_from(wait.ticks).unwrap_or(0).checked_rem(signs.len()).unwrap_or(0);
    let sign = signs.get(at).copied().unwrap_or_default();
    let seconds = wait.ticks.checked_div(4).unwrap_or(0);
    format!("{sign} {} ... {seconds} s. Esc ends the wait.", wait.task.words())
}

fn keys_line(state: &State) -> Line<'static> {
    match &state.mode {
        Mode::Browse | Mode::Help => Line::styled(MENU, DIM),
        Mode::Command(letter, digits) => Line::from(format!("> {letter}{digits}_   Enter goes, Esc leaves")),
        Mode::Pick(_) => {
            Line::styled("Space or a digit toggles, a all, x none, Enter sends, Esc leaves", DIM)
        }
        Mode::Form(_) => Line::styled("Enter goes on, Backspace goes back, Esc leaves", DIM),
        Mode::Week(week) => Line::styled(week::keys(week), DIM),
    }
}

/// The first of so many rows that is shown, so that the row with the mark is.
fn first_row(cursor: usize, height: u16) -> usize {
    cursor.saturating_add(1).saturating_sub(usize::from(height))
}

fn draw_list(state: &State, frame: &mut Frame<'_>, area: Rect) {
    let title = match (&state.rows, state.more) {
        (Some(rows), more) => format!(" {}{} ", rows.len(), if more { " and more" } else { "" }),
        (None, _) => String::new(),
    };
    let block = Block::bordered().title(" Proposals ").title_bottom(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let Some(rows) = &state.rows else {
        let text = match (state.start, &state.wait) {
            (_, Some(_)) => "",
            (Start::List, None) => "l reads the list.",
            (_, None) => "A link has no list.",
        };
        return frame.render_widget(Line::styled(text, DIM), inner);
    };
    if rows.is_empty() {
        return frame.render_widget(Line::styled("Nothing is there; c creates a proposal.", DIM), inner);
    }
    let first = first_row(state.cursor, inner.height);
    let lines = rows.iter().enumerate().skip(first).take(usize::from(inner.height)).map(|(at, row)| {
        let marked = at == state.cursor;
        let sign = if marked { '>' } else { ' ' };
        let text =
            format!("{sign}{:>3}  {:<9}  {}", at.saturating_add(1), clean(&row.state), clean(&row.title));
        Line::styled(text, if marked { MARKED } else { Style::new() })
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), inner);
}

fn draw_details(state: &State, frame: &mut Frame<'_>, area: Rect) {
    match &state.mode {
        Mode::Help => paragraph(frame, area, " Keys (any key leads back) ", &text_lines(HELP), 0),
        Mode::Form(form) => paragraph(frame, area, " Create ", &form_lines(form, state), 0),
        Mode::Pick(picker) => {
            let (title, lines) = picker_lines(picker, state);
            let inner = area.height.saturating_sub(2);
            let top = u16::try_from(first_row(picker.cursor, inner)).unwrap_or(0);
            paragraph(frame, area, title, &lines, top);
        }
        _ => match &state.pane {
            Pane::Empty => paragraph(
                frame,
                area,
                " Details ",
                &text_lines("d1 shows the first; ? explains the keys."),
                0,
            ),
            Pane::Proposal(shown) => {
                let look = Look { zone: &state.zone, color: false };
                let lines = text_lines(&show::proposal::show(&shown.value, &look));
                paragraph(frame, area, " Details ", &lines, state.scroll);
            }
            Pane::Log(id, log) => {
                paragraph(frame, area, &format!(" Log of {id} "), &log_lines(log, state), state.scroll);
            }
        },
    }
}

/// A line for each entry, shorter than what `whittle log` prints.
fn log_lines(log: &Value, state: &State) -> Vec<Line<'static>> {
    let entries = log.get("entries").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |entry: &Value, path: &str| {
        show::at(entry, path).and_then(Value::as_str).map_or_else(|| "-".to_owned(), clean)
    };
    let widest = entries.iter().map(|entry| text(entry, "effector").chars().count()).max().unwrap_or(0);
    let line = |entry: &Value| {
        let when = text(entry, "when").parse::<Timestamp>().ok();
        let when =
            when.map(|when| when.to_zoned(state.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string());
        let slots = entry.get("slots").and_then(Value::as_array).map_or(0, Vec::len);
        let (who, what) = (text(entry, "effector"), text(entry, "occurrence"));
        let (act, via) = (text(entry, "data.act"), text(entry, "data.via"));
        let when = when.unwrap_or_default();
        Line::from(format!("{when}  {who:<widest$}  {what:<6} {act} by {via}, {slots} left"))
    };
    entries.iter().map(line).collect()
}

fn text_lines(text: &str) -> Vec<Line<'static>> {
    clean_lines(text).replace('\t', "    ").lines().map(|line| Line::from(line.to_owned())).collect()
}

/// Text in a frame; however far it is scrolled, its end stays in sight.
fn paragraph(frame: &mut Frame<'_>, area: Rect, title: &str, lines: &[Line<'static>], scroll: u16) {
    let block = Block::bordered().title(title.to_owned());
    let inner = block.inner(area);
    let text = Paragraph::new(lines.to_vec()).wrap(Wrap { trim: false });
    let count = u16::try_from(text.line_count(inner.width)).unwrap_or(u16::MAX);
    let beyond = count.saturating_sub(inner.height);
    let scroll = scroll.min(beyond);
    let rest = beyond.saturating_sub(scroll);
    let block = if rest > 0 { block.title_bottom(format!(" more below ({rest}): PgDn ")) } else { block };
    frame.render_widget(text.block(block).scroll((scroll, 0)), area);
}

fn picker_lines(picker: &Picker, state: &State) -> (&'static str, Vec<Line<'static>>) {
    let title = match picker.purpose {
        Purpose::Patch { .. } => " Which slots do you keep? ",
        Purpose::Notify { .. } => " Who gets mail? ",
    };
    let lines = picker.items.iter().enumerate().map(|(at, (item, chosen))| {
        let told = show::slot(item, &state.zone)
            .or_else(|| item.as_str().map(clean))
            .unwrap_or_else(|| clean(&item.to_string()));
        let box_ = if *chosen { "[x]" } else { "[ ]" };
        let marked = at == picker.cursor;
        let text = format!("{}{:>3} {box_} {told}", if marked { '>' } else { ' ' }, at.saturating_add(1));
        Line::styled(text, if marked { MARKED } else { Style::new() })
    });
    (title, lines.collect())
}

fn form_lines(form: &Form, state: &State) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut entered = |name: &str, text: &str| {
        lines.push(Line::from(vec![Span::styled(format!("{name:<7} "), DIM), Span::raw(clean(text))]));
    };
    if let Some(title) = &form.title {
        entered("title", if title.is_empty() { "(generated)" } else { title });
    }
    if let Some(parties) = &form.parties {
        entered("people", &parties.join(" "));
    }
    for slot in &form.slots {
        entered("slot", &show::slot(slot, &state.zone).unwrap_or_default());
    }
    lines.push(Line::from(""));
    lines.push(Line::styled(format!("{}>", form.prompt()), BOLD));
    lines.push(Line::from(format!("{}_", clean(&form.line))));
    lines
}
