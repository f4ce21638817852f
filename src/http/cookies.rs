//! The cookies of a request (RFC 6265, section 4.2).

/// The `Cookie` header.
pub struct Cookies(String);

impl Cookies {
    pub const fn new(header: String) -> Self {
        Self(header)
    }

    /// The value of a cookie. Two of one name count as none: one of them was planted.
    pub fn get(&self, name: &str) -> Option<&str> {
        let pairs = self.0.split(';').filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name);
        let value = values.next().map(|(_, value)| value).filter(|value| !value.is_empty());
        value.filter(|_| values.next().is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_comes_twice_is_none() {
        for (header, wanted) in [
            ("sessionid=a", Some("a")),
            ("x=y; sessionid=a; csrftoken=b", Some("a")),
            ("sessionid=a; sessionid=b", None),
            ("sessionid=a; sessionid=a", None),
            ("sessionid=", None),
            ("xsessionid=a", None),
            ("", None),
        ] {
            assert_eq!(Cookies::new(header.to_owned()).get("sessionid"), wanted, "{header}");
        }
    }
}
