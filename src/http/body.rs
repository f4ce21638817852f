//! Request bodies: JSON, form, multipart, up to a limit.

use serde_json::{Value, json};
use wasm_bindgen::JsCast as _;
use web_sys::Request;
use whittle_domain::input::Body;

use crate::error::{Error, Result, bad_json, bad_request};
use crate::http::form::Form;
use crate::http::head::Head;
use crate::platform;
use crate::route::policy;

/// A body as it was signed by its sender, in the Svix scheme.
#[derive(Clone)]
pub struct Signed {
    pub bytes: Vec<u8>,
    /// `svix-id`
    pub id: String,
    /// `svix-timestamp`
    pub timestamp: String,
    /// `svix-signature`
    pub signature: String,
}

/// What a request's body brings.
#[derive(Default)]
pub struct Content {
    pub fields: Body,
    /// The fields of a form with those that a flat body cannot have: several of one name.
    pub form: Option<Form>,
    pub signed: Option<Signed>,
}

/// Reads the body as the route takes it. HTTPie sends one with GET too (the seeds' `et=`).
pub async fn read(request: &Request, head: &Head, wanted: policy::Body) -> Result<Content> {
    let of_fields = |fields| Content { fields, form: None, signed: None };
    match wanted {
        policy::Body::None => Ok(Content::default()),
        policy::Body::Fields(most) => fields(request, head, most, None).await,
        policy::Body::File(most, file) if kind(head) == file.media => {
            let bytes = bytes(request, head, most).await?;
            let text = String::from_utf8(bytes)
                .map_err(|_| bad_request(json!({ (file.field): ["The file is not UTF-8."] })))?;
            Ok(of_fields(Body::from_iter([(file.field.to_owned(), Value::String(text))])))
        }
        policy::Body::File(most, file) => fields(request, head, most, Some(file.field)).await,
        policy::Body::Raw(most) => {
            let bytes = bytes(request, head, most).await?;
            let header = |name: &str| request.headers().get(name).ok().flatten().unwrap_or_default();
            let (id, timestamp, signature) =
                (header("svix-id"), header("svix-timestamp"), header("svix-signature"));
            Ok(Content {
                fields: Body::new(),
                form: None,
                signed: Some(Signed { bytes, id, timestamp, signature }),
            })
        }
    }
}

/// The media type of the body, without its parameters.
fn kind(head: &Head) -> String {
    head.media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

async fn fields(request: &Request, head: &Head, most: usize, file: Option<&str>) -> Result<Content> {
    let bytes = bytes(request, head, most).await?;
    if bytes.is_empty() {
        return Ok(Content::default());
    }
    let form = match kind(head).as_str() {
        "application/json" => {
            return parse_json(&bytes).map(|fields| Content { fields, ..Content::default() });
        }
        "application/x-www-form-urlencoded" => serde_urlencoded::from_bytes(&bytes).unwrap_or_default(),
        "multipart/form-data" => multipart(&head.media, &bytes, file).await?,
        _ => return Err(Error::UnsupportedMedia(head.media.clone())),
    };
    Ok(Content { fields: flat(&form), form: Some(Form::new(form)), signed: None })
}

async fn bytes(request: &Request, head: &Head, most: usize) -> Result<Vec<u8>> {
    if head.length.is_some_and(|length| length > most) {
        return Err(Error::TooLarge(most));
    }
    platform::body(request, most).await?.ok_or(Error::TooLarge(most))
}

fn parse_json(bytes: &[u8]) -> Result<Body> {
    let text = std::str::from_utf8(bytes).map_err(|_| bad_json("the body is not UTF-8"))?;
    #[allow(clippy::disallowed_methods, reason = "its words about what is wrong, for one type")]
    let read = serde_json::from_str(text);
    match read.map_err(|e| bad_json(&e.to_string()))? {
        Value::Object(body) => Ok(body),
        other => {
            let name = match other {
                Value::Array(_) => "list",
                Value::String(_) => "str",
                Value::Bool(_) => "bool",
                Value::Null => "NoneType",
                _ => "int",
            };
            let text = format!("Invalid data. Expected a dictionary, but got {name}.");
            Err(bad_request(json!({ "non_field_errors": [text] })))
        }
    }
}

/// A form's fields. Lists cannot be told in one: `slots` and `parties` count as absent, as in the original (spec 1.5).
fn flat(fields: &[(String, String)]) -> Body {
    let nested = |key: &str| matches!(key, "slots" | "parties");
    let own = fields.iter().filter(|(key, _)| !nested(key));
    own.map(|(key, value)| (key.clone(), Value::String(value.clone()))).collect()
}

/// The platform reads multipart; a response is its way to a form from bytes.
async fn multipart(media: &str, bytes: &[u8], file: Option<&str>) -> Result<Vec<(String, String)>> {
    let wrong = || bad_request(json!({ "detail": "Multipart form parse error." }));
    let headers = web_sys::Headers::new().map_err(|_| wrong())?;
    headers.set("Content-Type", media).map_err(|_| wrong())?;
    let init = web_sys::ResponseInit::new();
    init.set_headers(&headers);
    let mut bytes = bytes.to_vec();
    let response =
        web_sys::Response::new_with_opt_u8_array_and_init(Some(&mut bytes), &init).map_err(|_| wrong())?;
    let promise = response.form_data().map_err(|_| wrong())?;
    let form = wasm_bindgen_futures::JsFuture::from(promise).await.map_err(|_| wrong())?;
    let form: web_sys::FormData = form.dyn_into().map_err(|_| wrong())?;
    let mut fields = Vec::new();
    for entry in js_sys::Array::from(&form).iter() {
        let pair = js_sys::Array::from(&entry);
        let Some(key) = pair.get(0).as_string() else { continue };
        if let Some(value) = pair.get(1).as_string() {
            fields.push((key, value));
        } else if let (true, Ok(file)) = (file == Some(&key), pair.get(1).dyn_into::<web_sys::Blob>()) {
            // The one field that is chosen from a disk; as a browser reads it, with no faults of encoding.
            let text = wasm_bindgen_futures::JsFuture::from(file.text()).await.map_err(|_| wrong())?;
            fields.push((key, text.as_string().unwrap_or_default()));
        }
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_cannot_carry_lists() {
        let body = flat(&[
            ("title".into(), "x".into()),
            ("slots".into(), "[]".into()),
            ("parties".into(), "a@b.c".into()),
        ]);
        assert_eq!(body.keys().collect::<Vec<_>>(), ["title"]);
    }

    #[test]
    fn only_objects_are_bodies() {
        assert!(parse_json(b"{\"a\": 1}").is_ok());
        for bad in [&b"[]"[..], b"1", b"null", b"{", b"\xff", b"\"x\""] {
            assert!(parse_json(bad).is_err());
        }
    }
}
