//! The address of a page as a QR code (ISO/IEC 18004), drawn as SVG.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

use worker::Env;

use super::api;
use crate::error::{Result, not_found};
use crate::http::context::RequestContext;
use crate::http::reply::Reply;
use crate::texts::say;

/// The white margin that scanners need, in modules.
const MARGIN: i32 = 4;

/// `GET /api/user/offers/{slug}/qr.svg`
pub async fn show(context: &RequestContext, env: &Env) -> Result<Reply> {
    let (found, offer) = api::named(context, env).await?;
    let url = found.url(&offer, env)?.ok_or_else(not_found)?;
    let picture = Reply::json(200, svg(&url)).media("image/svg+xml");
    Ok(picture.with("Content-Disposition", "inline; filename=\"code.svg\""))
}

/// The picture; empty where the text is longer than any code.
pub fn svg(text: &str) -> String {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return String::new() };
    let side = code.size().saturating_add(2 * MARGIN);
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x.saturating_add(MARGIN), y.saturating_add(MARGIN));
        }
    }
    let label = say("link-code-label");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 {side} {side}\" width=\"200\" height=\"200\" role=\"img\" aria-label=\"{label}\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_code_is_square_with_a_margin_and_its_three_corners() {
        let picture = svg("https://example.org/book/ana/talk/");
        let side = 29 + 8;
        assert!(picture.contains(&format!("viewBox=\"0 0 {side} {side}\"")), "{picture}");
        for corner in ["M4 4h1", "M32 4h1", "M4 32h1"] {
            assert!(picture.contains(corner), "{corner}");
        }
        assert!(!picture.contains("M3 ") && !picture.contains("M33 "), "the margin is free");
        assert_eq!(svg(&"x".repeat(5_000)), "");
    }
}
