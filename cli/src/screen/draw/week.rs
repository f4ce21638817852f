//! Draws a week: a column for each day, a line for each step.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{BOLD, DIM};
use crate::screen::week::{Use, Week};
use crate::show::clean;

/// How wide the times of day are, in columns.
const LABELS: u16 = 6;
/// Days of a week.
const DAYS: u8 = 7;

/// What keys do.
pub fn keys(week: &Week) -> &'static str {
    match (week.purpose, week.anchor.is_some()) {
        (_, true) => "Arrows widen the area, Space paints it, Esc gives it up",
        (Use::Block, _) => "Space blocks or frees, v area, < > week, Enter sends, Esc leaves",
        (Use::Answer(_), _) => "Space or 1-3 (3 best) paints, v area, < > week, Enter sends",
    }
}

/// Draws it.
pub fn draw(week: &Week, frame: &mut Frame<'_>, area: Rect) {
    let [title, days, steps] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Min(1)]).areas(area);
    let unsent = if week.is_changed() { "  (not sent)" } else { "" };
    let range = format!("{} to {}", week.day(0), week.day(DAYS.saturating_sub(1)));
    let text = format!("{range}{unsent}  {}  {}", week.times.zone, week.times.title);
    frame.render_widget(Line::styled(clean(&text), BOLD), title);
    let width = area.width.saturating_sub(LABELS).checked_div(u16::from(DAYS)).unwrap_or(1).max(1);
    let width = usize::from(width);
    let mut head = vec![Span::raw(" ".repeat(usize::from(LABELS)))];
    head.extend((0..DAYS).map(|column| {
        let format = if width >= 7 { "%a %d" } else { "%d" };
        Span::styled(fill(&week.day(column).strftime(format).to_string(), width), BOLD)
    }));
    frame.render_widget(Line::from(head), days);
    // The line of the cursor stands in the middle, where there is something above and below.
    let height = steps.height.min(week.times.steps());
    let half = height.checked_div(2).unwrap_or(0);
    let top = week.cursor.1.saturating_sub(half).min(week.times.steps().saturating_sub(height));
    let lines = (top..top.saturating_add(height)).map(|at| {
        let minutes = at.saturating_mul(week.times.step);
        let (hour, minute) = (minutes.checked_div(60).unwrap_or(0), minutes.checked_rem(60).unwrap_or(0));
        let label = format!("{:<width$}", format!("{hour:02}:{minute:02}"), width = usize::from(LABELS));
        let mut spans = vec![Span::styled(label, DIM)];
        spans.extend((0..DAYS).map(|column| cell(week, column, at, width)));
        Line::from(spans)
    });
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), steps);
}

fn cell(week: &Week, column: u8, at: u16, width: usize) -> Span<'static> {
    let cell = (week.day(column), at);
    let (text, mut style) = match week.painted.get(&cell) {
        Some(level) => {
            let sign = if week.purpose == Use::Block { "#".to_owned() } else { level.to_string() };
            let color = if week.purpose == Use::Block { Color::Red } else { Color::Green };
            (sign.repeat(width.saturating_sub(1)), Style::new().fg(color).add_modifier(Modifier::BOLD))
        }
        None if week.times.taken.contains_key(&cell) => {
            ("=".repeat(width.saturating_sub(1)), Style::new().fg(Color::Yellow))
        }
        None if week.is_open(cell) => (".".to_owned(), DIM),
        None => (String::new(), Style::new()),
    };
    if week.is_chosen(cell) {
        style = style.add_modifier(Modifier::REVERSED);
    }
    let text = if week.cursor == (column, at) { format!("[{}]", inside(&text, width)) } else { text };
    Span::styled(fill(&text, width), style)
}

/// What stands between the brackets of the cursor.
fn inside(text: &str, width: usize) -> String {
    let room = width.saturating_sub(3).max(1);
    let text: String = text.chars().take(room).collect();
    format!("{text:<room$}")
}

/// The text in a cell, at most as wide as it is, with a blank after it.
fn fill(text: &str, width: usize) -> String {
    let text: String = text.chars().take(width.saturating_sub(1).max(1)).collect();
    format!("{text:<width$}")
}
