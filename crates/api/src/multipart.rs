//! `multipart/form-data` (RFC 7578) out of a body that is already here, within bounds.
//!
//! The body was read to its end within the limits of its route, so parts are slices of it: nothing is copied, written to
//! a disk or decoded. What a part says of its own type or file name is not believed, and not kept.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// Most parts of a form: the upload has five.
const PARTS_MAX: usize = 16;

/// Longest headers of a part.
const HEADERS_BYTES_MAX: usize = 4 * 1024;

/// Longest boundary (RFC 2046, section 5.1.1).
const BOUNDARY_CHARS_MAX: usize = 70;

/// Why a body is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is no multipart form")]
pub struct NoForm;

/// A form's fields, each with what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form<'b>(Vec<(String, &'b [u8])>);

impl<'b> Form<'b> {
    /// Reads a form.
    ///
    /// # Errors
    /// Whatever is not one, a field that is there twice, too many fields.
    pub fn read(headers: &HeaderMap, body: &'b [u8]) -> Result<Self, NoForm> {
        let boundary = boundary(headers).ok_or(NoForm)?;
        let delimiter = format!("--{boundary}").into_bytes();
        let first = find(body, &delimiter).filter(|&at| at == 0 || body[..at].ends_with(b"\r\n")).ok_or(NoForm)?;
        let mut rest = &body[first + delimiter.len()..];
        let between = [b"\r\n", delimiter.as_slice()].concat();
        let mut fields: Vec<(String, &[u8])> = Vec::new();
        loop {
            if rest.starts_with(b"--") {
                return Ok(Self(fields));
            }
            rest = rest.strip_prefix(b"\r\n").ok_or(NoForm)?;
            let end = find(rest, &between).ok_or(NoForm)?;
            let (name, content) = part(&rest[..end])?;
            if fields.len() >= PARTS_MAX || fields.iter().any(|(known, _)| *known == name) {
                return Err(NoForm);
            }
            fields.push((name, content));
            rest = &rest[end + between.len()..];
        }
    }

    /// What a field holds, if it is there and not empty.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&'b [u8]> {
        let (_, content) = self.0.iter().find(|(known, _)| known == name)?;
        (!content.is_empty()).then_some(*content)
    }

    /// What a field says; `None` where it is missing or blank, `Err` where it is no short text.
    ///
    /// # Errors
    /// What is no text, or longer than so many characters.
    pub fn text(&self, name: &str, chars_max: usize) -> Result<Option<&'b str>, NoForm> {
        let Some(bytes) = self.bytes(name) else { return Ok(None) };
        let text = std::str::from_utf8(bytes).map_err(|_| NoForm)?.trim();
        if text.chars().count() > chars_max {
            return Err(NoForm);
        }
        Ok((!text.is_empty()).then_some(text))
    }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = value.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let mut named = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let (_, boundary) = named.find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let boundary = boundary.trim().trim_matches('"');
    let fits =
        (1..=BOUNDARY_CHARS_MAX).contains(&boundary.len()) && boundary.bytes().all(|byte| (32..127).contains(&byte));
    fits.then(|| boundary.to_owned())
}

/// A part's name and content.
fn part(part: &[u8]) -> Result<(String, &[u8]), NoForm> {
    let end = find(part.get(..HEADERS_BYTES_MAX).unwrap_or(part), b"\r\n\r\n").ok_or(NoForm)?;
    let headers = std::str::from_utf8(&part[..end]).map_err(|_| NoForm)?;
    let disposition = headers.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    });
    let name = disposition.and_then(field_name).ok_or(NoForm)?;
    Ok((name, &part[end + 4..]))
}

/// `name` of `form-data; name="document"; filename="a.png"`.
fn field_name(disposition: &str) -> Option<String> {
    let mut parameters = disposition.split(';').map(str::trim);
    if !parameters.next()?.eq_ignore_ascii_case("form-data") {
        return None;
    }
    let (_, name) = parameters.filter_map(|one| one.split_once('=')).find(|(key, _)| key.trim() == "name")?;
    let name = name.trim().trim_matches('"');
    (!name.is_empty() && name.len() <= 64).then(|| name.to_owned())
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    // The first byte is looked for first: `windows` alone compares at every byte of ten megabytes.
    let (&first, _) = what.split_first()?;
    let mut from = 0;
    while let Some(at) = within.get(from..)?.iter().position(|byte| *byte == first) {
        if within[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(value).expect("a header"));
        headers
    }

    const TYPE: &str = "multipart/form-data; boundary=xyz";

    fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, content) in parts {
            body.extend_from_slice(
                format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(),
            );
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--xyz--\r\n");
        body
    }

    #[test]
    fn fields_are_read_and_bytes_are_not_touched() {
        let content = b"\x89PNG\r\n\r\n--xy\r\n--nearly\0";
        let body = body(&[("side", b" front "), ("document", content), ("empty", b"")]);
        let form = Form::read(&headers(TYPE), &body).expect("a form");
        assert_eq!(form.text("side", 9), Ok(Some("front")));
        assert_eq!(form.bytes("document"), Some(&content[..]));
        assert_eq!((form.bytes("empty"), form.bytes("none")), (None, None));
        assert_eq!(form.text("side", 4), Err(NoForm));
        assert_eq!(form.text("document", 99), Err(NoForm));
        let quoted = headers("Multipart/Form-Data; charset=utf-8; boundary=\"xyz\"");
        assert_eq!(Form::read(&quoted, &body).as_ref(), Ok(&form));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        let whole = body(&[("side", b"front")]);
        for (kind, body) in [
            ("application/json", whole.clone()),
            ("multipart/form-data", whole.clone()),
            (TYPE, Vec::new()),
            (TYPE, whole[..whole.len() - 6].to_vec()),
            (TYPE, body(&[("side", b"front"), ("side", b"back")])),
            (TYPE, b"--xyz\r\n\r\nno name\r\n--xyz--".to_vec()),
        ] {
            assert_eq!(Form::read(&headers(kind), &body), Err(NoForm), "{}", String::from_utf8_lossy(&body));
        }
        let names: Vec<String> = (0..17).map(|number| number.to_string()).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
        assert_eq!(Form::read(&headers(TYPE), &body(&many)), Err(NoForm));
    }

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(content in prop::collection::vec(any::<u8>(), 1..300)) {
            prop_assume!(find(&content, b"--xyz").is_none());
            let body = body(&[("document", &content)]);
            let form = Form::read(&headers(TYPE), &body).expect("a form");
            prop_assert_eq!(form.bytes("document"), Some(&content[..]));
        }

        #[test]
        fn nothing_stops_the_reader(noise in prop::collection::vec(any::<u8>(), 0..200), at in 0..200_usize) {
            let mut body = body(&[("document", b"x")]);
            let at = at.min(body.len());
            body.splice(at..at, noise);
            drop(Form::read(&headers(TYPE), &body));
        }
    }
}
