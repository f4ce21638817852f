//! What serde asks of a reader. It is compiled for each type, so it is short.

use std::borrow::Cow;

use serde::de::value::{BorrowedStrDeserializer, StrDeserializer, U64Deserializer};
use serde::de::{self, DeserializeSeed, IntoDeserializer as _, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Error;

use crate::reader::{Numeric, Reader};

/// By which name `serde_json::value::RawValue` asks for the text of a value, which comes as a member of that name.
const RAW: &str = "$serde_json::private::RawValue";

impl<'de> Reader<'de> {
    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        match self.number()? {
            Numeric::Natural(number) => visitor.visit_u64(number),
            Numeric::Negative(number) => visitor.visit_i64(number),
            Numeric::Fraction(number) => visitor.visit_f64(number),
        }
    }

    fn visit_list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.open(b'[')?;
        visitor.visit_seq(Elements { reader: self, first: true })
    }

    fn visit_object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        self.open(b'{')?;
        visitor.visit_map(Members { reader: self, first: true })
    }

    /// Goes into an object or a list of fields. Gives the bracket at its end.
    fn open_fields(&mut self) -> Result<u8, Error> {
        let is_list = self.peek() == Some(b'[');
        self.open(if is_list { b'[' } else { b'{' })?;
        Ok(if is_list { b']' } else { b'}' })
    }

    /// The variant that a text, or the only member of an object, names, and whether it is an object.
    fn variant(&mut self, variants: &'static [&'static str]) -> Result<(u64, bool), Error> {
        let is_object = self.peek() == Some(b'{');
        let name = if is_object {
            self.open(b'{')?;
            self.member(&mut true)?.ok_or_else(|| self.expected("a variant"))?
        } else {
            self.string()?
        };
        let found = variants.iter().position(|&variant| variant == name);
        let found = found.ok_or_else(|| <Error as de::Error>::unknown_variant(&name, variants))?;
        Ok((u64::try_from(found).unwrap_or(u64::MAX), is_object))
    }
}

macro_rules! visit {
    ($how:ident for $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$how(visitor)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => self.deserialize_str(visitor),
            Some(b'[') => self.visit_list(visitor),
            Some(b'{') => self.visit_object(visitor),
            Some(b't' | b'f') => self.deserialize_bool(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            Some(b'-' | b'0'..=b'9') => self.visit_number(visitor),
            _ => Err(self.expected("a value")),
        }
    }

    visit! { visit_number for deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i8 deserialize_i16
    deserialize_i32 deserialize_i64 deserialize_f32 deserialize_f64 }
    visit! { visit_list for deserialize_seq deserialize_bytes deserialize_byte_buf }
    visit! { visit_object for deserialize_map }
    visit! { deserialize_str for deserialize_char deserialize_identifier }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let is_true = self.word("true");
        if is_true || self.word("false") {
            visitor.visit_bool(is_true)
        } else {
            Err(self.expected("a boolean"))
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_str(&text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.string()?.into_owned())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.word("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.word("null") { visitor.visit_unit() } else { Err(self.expected("null")) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == RAW {
            visitor.visit_map(Raw(Some(self.raw()?)))
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.open(b'[')?;
        let value = visitor.visit_seq(Elements { reader: &mut *self, first: true })?;
        self.close(b']')?;
        Ok(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let end = self.open_fields()?;
        visitor.visit_map(Fields { reader: self, end, first: true, names, next: 0 })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (index, is_object) = self.variant(variants)?;
        let value = visitor.visit_enum(Variant { reader: &mut *self, index, is_object })?;
        if is_object {
            self.close(b'}')?;
        }
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip()?;
        visitor.visit_unit()
    }
}

/// The elements of a list. When there are no more, the reader is behind the list.
struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> de::SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.reader.another(b']', &mut self.first)? {
            seed.deserialize(&mut *self.reader).map(Some)
        } else {
            Ok(None)
        }
    }
}

/// The members of an object. When there are no more, the reader is behind the object.
struct Members<'a, 'de> {
    reader: &'a mut Reader<'de>,
    first: bool,
}

impl<'de> de::MapAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        match self.reader.member(&mut self.first)? {
            Some(name) => seed.deserialize(Name(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

/// The name of a member that is no field of a structure.
struct Name<'de>(Cow<'de, str>);

impl<'de> de::Deserializer<'de> for Name<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Cow::Borrowed(name) => visitor.visit_borrowed_str(name),
            Cow::Owned(name) => visitor.visit_string(name),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let text: StrDeserializer<'_, Error> = self.0.as_ref().into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

/// The members of an object, or the elements of a list, as fields of a structure, by their places among its names. A member that is none
/// of them is of the last place, which serde takes for one that it does not know. A list can lack its last elements like an object its
/// members.
struct Fields<'a, 'de> {
    reader: &'a mut Reader<'de>,
    end: u8,
    first: bool,
    names: &'static [&'static str],
    /// The place that comes next where the members are in the order of the names.
    next: usize,
}

impl Fields<'_, '_> {
    fn field(&mut self) -> Result<Option<u64>, Error> {
        if self.end == b']' {
            return self.element();
        }
        let Some(name) = self.reader.member(&mut self.first)? else { return Ok(None) };
        let is_next = self.names.get(self.next).is_some_and(|&next| next == name);
        let place =
            if is_next { Some(self.next) } else { self.names.iter().position(|&known| known == name) };
        self.next = place.map_or(self.next, |place| place.wrapping_add(1));
        Ok(Some(place.and_then(|place| u64::try_from(place).ok()).unwrap_or(u64::MAX)))
    }
}

impl Fields<'_, '_> {
    fn element(&mut self) -> Result<Option<u64>, Error> {
        if !self.reader.another(b']', &mut self.first)? {
            return Ok(None);
        }
        if self.next == self.names.len() {
            return Err(self.reader.expected("the end of a list"));
        }
        let place = u64::try_from(self.next).ok();
        self.next = self.next.wrapping_add(1);
        Ok(place)
    }
}

impl<'de> de::MapAccess<'de> for Fields<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        match self.field()? {
            Some(place) => seed.deserialize(U64Deserializer::new(place)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant, by its place among the names of all, and whether what it holds follows.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    index: u64,
    is_object: bool,
}

impl Variant<'_, '_> {
    fn holds(&self) -> Result<(), Error> {
        if self.is_object { Ok(()) } else { Err(self.reader.expected("what the variant holds")) }
    }
}

impl<'de> de::EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        Ok((seed.deserialize(U64Deserializer::<Error>::new(self.index))?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if !self.is_object || self.reader.word("null") { Ok(()) } else { Err(self.reader.expected("null")) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        self.holds()?;
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.holds()?;
        de::Deserializer::deserialize_tuple(self.reader, length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.holds()?;
        de::Deserializer::deserialize_struct(self.reader, "", names, visitor)
    }
}

/// The text of a value, as `RawValue` takes it.
struct Raw<'de>(Option<&'de str>);

impl<'de> de::MapAccess<'de> for Raw<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.0.is_none() {
            return Ok(None);
        }
        seed.deserialize(BorrowedStrDeserializer::new(RAW)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(BorrowedStrDeserializer::new(self.0.take().unwrap_or_default()))
    }
}
