//! SQL with its parameters, bound by name.
//!
//! D1 and an object's SQLite number their parameters (`?1`, `?2`), and D1 knows no names at all. A number says nothing where it
//! stands, and a fragment that is put into several statements would have to know where their numbers end. So statements are
//! written with `:name`, and [`Statement::compile`] numbers the names. Whatever a user has typed is bound, never put into SQL.

use std::borrow::Cow;

use wasm_bindgen::JsValue;

use crate::error::{Error, Result};

/// A parameter. Integers go to D1 as doubles, for an `i64` would become a BigInt, which D1 refuses; all of ours are below 2^53.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Param {
    Text(String),
    /// An integer below 2^53.
    Int(i64),
    Null,
}

impl Param {
    pub fn id(id: u64) -> Self {
        i64::try_from(id).map_or(Self::Null, Self::Int)
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Param {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<&Param> for JsValue {
    fn from(param: &Param) -> Self {
        match param {
            Param::Text(text) => Self::from_str(text),
            #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
            Param::Int(number) => Self::from_f64(*number as f64),
            Param::Null => Self::NULL,
        }
    }
}

/// A statement as the database takes it: its parameters are numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    pub sql: Cow<'static, str>,
    pub params: Vec<Param>,
}

impl Compiled {
    /// A statement that needs no names.
    pub fn new(sql: impl Into<Cow<'static, str>>, params: Vec<Param>) -> Self {
        Self { sql: sql.into(), params }
    }
}

/// A statement, or a fragment of one, such as a condition.
#[derive(Clone, Debug)]
pub struct Statement {
    sql: Cow<'static, str>,
    bound: Vec<(&'static str, Bound)>,
}

/// What stands in the place of a name.
#[derive(Clone, Debug)]
enum Bound {
    Param(Param),
    Fragment(Statement),
}

impl From<&'static str> for Statement {
    fn from(sql: &'static str) -> Self {
        Self::new(sql)
    }
}

impl Statement {
    /// SQL with a `:name` for each parameter and each fragment. In quotes a colon is a colon. There are no comments in it.
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self { sql: sql.into(), bound: Vec::new() }
    }

    /// Binds a parameter. A name may occur several times.
    pub fn bind(mut self, name: &'static str, value: impl Into<Param>) -> Self {
        self.bound.push((name, Bound::Param(value.into())));
        self
    }

    /// Puts a fragment in the place of a name. The fragment's own names are its own: they may be the same as those of this
    /// statement and mean something else.
    pub fn embed(mut self, name: &'static str, fragment: impl Into<Self>) -> Self {
        self.bound.push((name, Bound::Fragment(fragment.into())));
        self
    }

    /// The SQL with numbered parameters, and what they are. A name that nothing is bound to, that is bound twice, or that does
    /// not occur is a fault of ours.
    pub fn compile(&self) -> Result<Compiled> {
        let mut writer = Writer { sql: String::with_capacity(self.sql.len()), params: Vec::new() };
        match writer.add(self) {
            Ok(()) => Ok(Compiled::new(writer.sql, writer.params)),
            Err(fault) => Err(Error::Internal(format!("{fault}, in the statement: {}", self.sql))),
        }
    }
}

struct Writer {
    sql: String,
    params: Vec<Param>,
}

impl Writer {
    fn add(&mut self, statement: &Statement) -> std::result::Result<(), String> {
        // The number of each bound parameter, once it has occurred; of a fragment that it has.
        let mut numbers: Vec<Option<usize>> = vec![None; statement.bound.len()];
        let mut rest: &str = &statement.sql;
        while let Some((before, from)) = rest.find([':', '?', '\'', '"']).map(|at| rest.split_at(at)) {
            self.sql.push_str(before);
            let mut after = from.chars();
            match after.next() {
                Some(quote @ ('\'' | '"')) => {
                    let (text, next) = after.as_str().split_once(quote).ok_or("a quote is not closed")?;
                    self.sql.extend([quote]);
                    self.sql.push_str(text);
                    self.sql.extend([quote]);
                    rest = next;
                }
                Some(':') => {
                    let after = after.as_str();
                    let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_';
                    let (name, next) = after.split_at(after.find(ends).unwrap_or(after.len()));
                    self.add_bound(statement, name, &mut numbers)?;
                    rest = next;
                }
                _ => return Err("a parameter has no name".to_owned()),
            }
        }
        self.sql.push_str(rest);
        let unused = statement.bound.iter().zip(&numbers).find(|(_, number)| number.is_none());
        unused.map_or(Ok(()), |((name, _), _)| Err(format!(":{name} does not occur, or is bound twice")))
    }

    fn add_bound(
        &mut self,
        statement: &Statement,
        name: &str,
        numbers: &mut [Option<usize>],
    ) -> std::result::Result<(), String> {
        let mut bound = statement.bound.iter().zip(numbers);
        let ((_, bound), number) =
            bound.find(|((of, _), _)| *of == name).ok_or_else(|| format!(":{name} is not bound"))?;
        match bound {
            Bound::Fragment(fragment) => {
                *number = Some(0);
                self.add(fragment)
            }
            Bound::Param(param) => {
                let number = *number.get_or_insert_with(|| {
                    self.params.push(param.clone());
                    self.params.len()
                });
                self.sql.push('?');
                self.sql.push_str(&number.to_string());
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(statement: &Statement) -> String {
        match statement.compile() {
            Err(Error::Internal(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn names_are_numbered_as_they_occur_and_once() {
        let statement =
            Statement::new("select a from t where b = :b and c in (:c, :b)").bind("c", 7).bind("b", "x");
        let Compiled { sql, params } = statement.compile().unwrap();
        assert_eq!(sql, "select a from t where b = ?1 and c in (?2, ?1)");
        assert_eq!(params, [Param::from("x"), Param::from(7)]);
    }

    #[test]
    fn a_fragment_has_names_of_its_own() {
        let guard = Statement::new("exists (select 1 from t where id = :id)").bind("id", 2);
        let statement = Statement::new("update t set a = :id where id = :id and :guard and (:guard)");
        let Compiled { sql, params } = statement.bind("id", 1).embed("guard", guard).compile().unwrap();
        let exists = |n| format!("exists (select 1 from t where id = ?{n})");
        assert_eq!(sql, format!("update t set a = ?1 where id = ?1 and {} and ({})", exists(2), exists(3)));
        assert_eq!(params, [Param::from(1), Param::from(2), Param::from(2)]);
    }

    #[test]
    fn what_is_quoted_or_bound_stays_as_it_is() {
        let statement =
            Statement::new("select '%H:%M ?', 'it''s :a', \"b:c\" where d = :d").bind("d", "' or :a ?1 --");
        let Compiled { sql, params } = statement.compile().unwrap();
        assert_eq!(sql, "select '%H:%M ?', 'it''s :a', \"b:c\" where d = ?1");
        assert_eq!(params, [Param::from("' or :a ?1 --")]);
    }

    #[test]
    fn a_name_that_is_missing_superfluous_or_ambiguous_is_a_fault() {
        assert!(fault(&Statement::new("select :a")).contains(":a is not bound"));
        assert!(fault(&Statement::new("select 1").bind("a", 1)).contains(":a does not occur"));
        assert!(fault(&Statement::new("select :a").bind("a", 1).bind("a", 2)).contains("bound twice"));
        assert!(fault(&Statement::new("select ?1")).contains("no name"));
        assert!(fault(&Statement::new("select 'a")).contains("not closed"));
        let inner = Statement::new("b = :a");
        assert!(
            fault(&Statement::new("select :a where :b").bind("a", 1).embed("b", inner)).contains("not bound")
        );
    }
}
