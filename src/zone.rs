//! The names of time zones, from the platform's own database, which is always current
//! (docs/decisions/0001-time-zones.md).

use worker::js_sys::{Array, Function, Object, Reflect, global};
use worker::wasm_bindgen::{JsCast as _, JsValue};

/// Whether the platform knows a zone of this name: `Intl.DateTimeFormat` throws for any other (ECMA-402, 11.1.2).
pub fn is_known(name: &str) -> bool {
    let construct = || -> Result<JsValue, JsValue> {
        let intl = Reflect::get(&global(), &"Intl".into())?;
        let format: Function = Reflect::get(&intl, &"DateTimeFormat".into())?.dyn_into()?;
        let options = Object::new();
        Reflect::set(&options, &"timeZone".into(), &name.into())?;
        Reflect::construct(&format, &Array::of2(&"en".into(), &options))
    };
    construct().is_ok()
}
