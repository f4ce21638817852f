//! `--format '{id} {title}'`: named fields of an answer, a line for each row.

use serde_json::Value;

use super::{at, clean};

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(String),
}

impl Template {
    /// Reads a template: `{name}` or `{slots.0.begin}` is a field, `{{` and `}}` are braces, `\t` and `\n` what they are elsewhere.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(template: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "The format `{template}` is not whole: a field is {{name}}, and a brace by itself is {{{{ or }}}}."
            )
        };
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut chars = template.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('{', Some('{')) | ('}', Some('}')) => {
                    chars.next();
                    text.push(c);
                }
                ('\\', Some('t' | 'n' | '\\')) => match chars.next() {
                    Some('t') => text.push('\t'),
                    Some('n') => text.push('\n'),
                    _ => text.push('\\'),
                },
                ('{', _) => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some('}') if !name.is_empty() => break,
                            Some(c) if c != '{' && c != '}' => name.push(c),
                            _ => return Err(wrong()),
                        }
                    }
                    parts.push(Part::Text(std::mem::take(&mut text)));
                    parts.push(Part::Field(name));
                }
                ('}', _) => return Err(wrong()),
                (c, _) => text.push(c),
            }
        }
        parts.push(Part::Text(text));
        Ok(Self(parts))
    }

    /// The rows, a line each.
    ///
    /// # Errors
    /// The name of a field that no row has.
    pub fn rows(&self, rows: &[&Value]) -> Result<String, String> {
        let mut text = String::new();
        for part in &self.0 {
            let Part::Field(path) = part else { continue };
            let first = path.split('.').next().unwrap_or_default();
            if !rows.is_empty() && rows.iter().all(|row| at(row, first).is_none()) {
                let mut names: Vec<String> = rows
                    .iter()
                    .filter_map(|row| row.as_object())
                    .flat_map(|row| row.keys().map(|name| clean(name)))
                    .collect();
                names.sort_unstable();
                names.dedup();
                return Err(format!(
                    "There is no field `{first}` in the answer; there are: {}.",
                    names.join(", ")
                ));
            }
        }
        for row in rows {
            for part in &self.0 {
                match part {
                    Part::Text(fixed) => text.push_str(fixed),
                    Part::Field(path) => text.push_str(&field(at(row, path).unwrap_or(&Value::Null))),
                }
            }
            text.push('\n');
        }
        Ok(text)
    }
}

/// A value as scripts take it: times as the API writes them, nothing for null.
fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => clean(text),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(field).collect::<Vec<_>>().join(", ")
        }
        other => clean(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::proptest;
    use serde_json::json;

    #[test]
    fn fields_are_filled_in() {
        let rows = |template: &str| {
            let row = json!({"id": 7, "title": "a\u{1b}[31mb", "slots": [{"begin": "x"}], "parties": ["a", "b"], "deadline": null});
            Template::parse(template).and_then(|template| template.rows(&[&row]))
        };
        assert_eq!(rows("{id} {parties}").as_deref(), Ok("7 a, b\n"));
        assert_eq!(rows("{{{slots.0.begin}}}\\t{deadline}.{slots.9.begin}").as_deref(), Ok("{x}\t.\n"));
        assert_eq!(rows("{title}").as_deref(), Ok("a\u{fffd}[31mb\n"));
        assert!(rows("{titel}").unwrap_err().contains("deadline, id, parties, slots, title"));
        for template in ["{", "}", "{}", "{a", "{a{", "a}"] {
            assert!(Template::parse(template).is_err(), "{template}");
        }
    }

    proptest! {
        #[test]
        fn no_template_panics(template in "\\PC*", braces in "[{}a.0\\\\]*") {
            for template in [template, braces] {
                if let Ok(template) = Template::parse(&template) {
                    let _ = template.rows(&[&json!({"a": [1, {"a": null}]}), &json!("x"), &json!([])]);
                }
            }
        }
    }
}
