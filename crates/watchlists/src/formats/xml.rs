//! XML lists, one record at a time, each as a small tree; nothing of the file is held but the record at hand.
//!
//! A list needs elements, attributes, text and the five entities that XML knows by itself. A document type is refused
//! at sight (nothing is expanded or fetched), and a file that ends inside an element is refused as cut off: an XML
//! list either parses to its last byte or is not a list.

use std::borrow::Cow;

use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{FormatError, InputFile, Limits, decode, not_this, too_large};

/// An element with everything in it; names without their namespace prefix.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
    pub children: Vec<Node>,
    /// Where it begins, in bytes from the start of the text.
    pub offset: u64,
}

impl Node {
    /// The children of this name, in order.
    pub fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name; nothing if there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.children.iter().find(|child| child.name == name).map_or("", |child| child.text.trim())
    }

    /// The items of a list element: `akaList` / `aka`.
    pub fn items<'n>(&'n self, list: &'n str, item: &'n str) -> impl Iterator<Item = &'n Self> {
        self.all(list).flat_map(move |list| list.all(item))
    }

    /// The value of an attribute; nothing if there is none.
    pub fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

/// The text of an XML file: UTF-8, or the Latin-1 or windows-1252 that its declaration names.
pub(super) fn text_of<'a>(file: &InputFile<'a>) -> Result<Cow<'a, str>, FormatError> {
    let decoded = decode::decode(file.bytes);
    if let Some(offset) = decoded.not_utf8_at {
        let head = decoded.text.split("?>").next().unwrap_or_default().get(..256).unwrap_or(&decoded.text);
        let head = head.to_ascii_lowercase();
        if !["iso-8859-1", "windows-1252", "latin1", "us-ascii"].iter().any(|name| head.contains(name)) {
            let why = "a byte that is not UTF-8, and no other encoding is declared".to_owned();
            return Err(FormatError::Malformed { file: file.name.to_owned(), offset, why });
        }
    }
    Ok(decoded.text)
}

/// Whether a file looks like XML: its first letter opens a tag.
pub(super) fn is_xml(bytes: &[u8]) -> bool {
    let head = decode::decode(bytes.get(..512).unwrap_or(bytes));
    head.text.trim_start().starts_with('<')
}

/// Reads the records of an XML file.
pub(super) struct Records<'a> {
    file: &'a str,
    reader: Reader<&'a [u8]>,
    limits: &'a Limits,
    records: &'a [&'a str],
    /// The root element, without its content.
    pub root: Node,
    /// Elements open around the next record.
    open: usize,
}

impl<'a> Records<'a> {
    /// Reads up to the root element; elements with one of the given names will be the records, at any depth.
    pub fn new(file: &'a str, text: &'a str, limits: &'a Limits, records: &'a [&'a str]) -> Result<Self, FormatError> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        let mut this = Self { file, reader, limits, records, root: Node::default(), open: 0 };
        loop {
            match this.event()? {
                Event::Start(start) => {
                    this.root = this.node(&start)?;
                    this.open = 1;
                    return Ok(this);
                }
                Event::Empty(start) => {
                    this.root = this.node(&start)?;
                    return Ok(this);
                }
                Event::Text(text) if !text.trim().is_empty() => break,
                Event::CData(_) | Event::GeneralRef(_) | Event::End(_) | Event::Eof => break,
                _ => {}
            }
        }
        Err(not_this(file, "not an XML document: no element"))
    }

    /// Refuses a file whose root element has another name.
    pub fn expect_root(&self, name: &str) -> Result<(), FormatError> {
        if self.root.name == name {
            return Ok(());
        }
        Err(not_this(self.file, format!("the root element should be `{name}`")))
    }

    /// The next record, or nothing after the end of the root element and of the file.
    pub fn next(&mut self) -> Result<Option<Node>, FormatError> {
        loop {
            let event = self.event()?;
            match event {
                Event::Start(start) if self.open > 0 => {
                    let node = self.node(&start)?;
                    if self.records.contains(&node.name.as_str()) {
                        return self.record(node).map(Some);
                    }
                    self.open += 1;
                    self.bounded_depth(self.open)?;
                }
                Event::Empty(start) if self.open > 0 => {
                    let node = self.node(&start)?;
                    if self.records.contains(&node.name.as_str()) {
                        return Ok(Some(node));
                    }
                }
                Event::Start(_) | Event::Empty(_) => return Err(self.malformed("a second root element")),
                Event::End(_) => self.open = self.open.saturating_sub(1),
                Event::Text(text)
                    if self.open == 0 && !text.trim_matches(['\u{1a}', ' ', '\n', '\r', '\t']).is_empty() =>
                {
                    return Err(self.malformed("text after the root element"));
                }
                Event::Eof if self.open > 0 => {
                    return Err(self.truncated(&format!("{} elements are still open", self.open)));
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// The content of a record whose start tag was read.
    fn record(&mut self, start: Node) -> Result<Node, FormatError> {
        let begin = start.offset;
        let mut elements = 1;
        let mut open = vec![start];
        loop {
            let event = self.event()?;
            if self.reader.buffer_position() - begin > self.limits.record_bytes_max as u64 {
                return Err(too_large(self.file, "bytes in one record", self.limits.record_bytes_max as u64));
            }
            let Some(inner) = open.last_mut() else { return Err(self.malformed("an end without a start")) };
            match event {
                Event::Start(start) => {
                    let node = self.node(&start)?;
                    elements += 1;
                    open.push(node);
                    self.bounded_depth(self.open + open.len())?;
                }
                Event::Empty(start) => {
                    elements += 1;
                    let node = self.node(&start)?;
                    inner.children.push(node);
                }
                Event::End(_) => {
                    let Some(done) = open.pop() else { return Err(self.malformed("an end without a start")) };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Event::Text(text) => inner.text.push_str(&text.xml10_content()),
                Event::CData(text) => inner.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(character)) => inner.text.push(character),
                    Ok(None) => match resolve_predefined_entity(&reference) {
                        Some(text) => inner.text.push_str(text),
                        None => return Err(self.hostile("an entity of its own")),
                    },
                    Err(_) => return Err(self.malformed("a reference to no character")),
                },
                Event::Eof => return Err(self.truncated("inside a record")),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            }
            if elements > self.limits.record_elements_max {
                return Err(too_large(self.file, "elements in one record", self.limits.record_elements_max as u64));
            }
        }
    }

    fn node(&self, start: &BytesStart<'_>) -> Result<Node, FormatError> {
        let mut node = Node {
            name: start.local_name().as_ref().to_owned(),
            offset: self.reader.buffer_position().saturating_sub(start.len() as u64 + 2),
            ..Node::default()
        };
        for attribute in start.attributes() {
            if node.attributes.len() == self.limits.attributes_max {
                return Err(too_large(self.file, "attributes of one element", self.limits.attributes_max as u64));
            }
            let attribute = attribute.map_err(|_| self.malformed("an attribute that is not one"))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| self.hostile("an entity of its own in an attribute"))?;
            node.attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(node)
    }

    /// The next event; a document type and every breach of XML's grammar is an error.
    fn event(&mut self) -> Result<Event<'a>, FormatError> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(self.hostile("a document type declaration")),
            Ok(event) => Ok(event),
            Err(Error::Syntax(SyntaxError::InvalidBangMarkup)) => Err(self.malformed("unknown markup")),
            Err(Error::Syntax(_)) => Err(self.truncated("inside a tag, comment or section")),
            Err(Error::IllFormed(IllFormedError::MismatchedEndTag { .. } | IllFormedError::UnmatchedEndTag(_))) => {
                Err(self.malformed("an end tag that matches no start tag"))
            }
            Err(_) => Err(self.malformed("not XML")),
        }
    }

    fn bounded_depth(&self, depth: usize) -> Result<(), FormatError> {
        if depth > self.limits.depth_max {
            return Err(too_large(self.file, "elements within each other", self.limits.depth_max as u64));
        }
        Ok(())
    }

    fn malformed(&self, why: &str) -> FormatError {
        let offset = self.reader.buffer_position();
        FormatError::Malformed { file: self.file.to_owned(), offset, why: why.to_owned() }
    }

    fn truncated(&self, why: &str) -> FormatError {
        let offset = self.reader.buffer_position();
        FormatError::Truncated { file: self.file.to_owned(), offset, why: why.to_owned() }
    }

    fn hostile(&self, what: &'static str) -> FormatError {
        FormatError::Hostile { file: self.file.to_owned(), offset: self.reader.buffer_position(), what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Result<Vec<Node>, FormatError> {
        let limits = Limits { depth_max: 6, attributes_max: 3, record_elements_max: 50, ..Limits::default() };
        let mut records = Records::new("list.xml", text, &limits, &["r"])?;
        records.expect_root("list")?;
        let mut all = Vec::new();
        while let Some(record) = records.next()? {
            all.push(record);
        }
        Ok(all)
    }

    #[test]
    fn records_are_found_at_any_depth_and_are_whole() {
        let all = records(
            "<?xml version='1.0'?>\n<x:list xmlns:x='u' d='1'><head><t>x</t></head><part><!-- c --><r k='1 &amp; 2'>\
             <a>one &lt; <![CDATA[two & ]]>&#x33;</a><a/><l><i>p</i><i>q</i></l></r></part><r/></x:list>\n\u{1a}",
        )
        .expect("it is well formed");
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].attribute("k"), "1 & 2");
        assert_eq!(all[0].text_of("a"), "one < two & 3");
        assert_eq!(all[0].all("a").count(), 2);
        let items: Vec<_> = all[0].items("l", "i").map(|item| item.text.as_str()).collect();
        assert_eq!(items, ["p", "q"]);
        assert_eq!((all[0].text_of("none"), all[0].attribute("none")), ("", ""));
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_never_a_short_list() {
        let whole = "<list><part><r k='1'><a>one</a></r><r><a>two</a></r></part></list>";
        assert!(records(whole).is_ok());
        for end in 1..whole.len() {
            assert!(records(&whole[..end]).is_err(), "{}", &whole[..end]);
        }
    }

    #[test]
    fn what_a_list_has_no_use_for_is_refused() {
        type Is = fn(&FormatError) -> bool;
        let hostile: Is = |error| matches!(error, FormatError::Hostile { .. });
        let malformed: Is = |error| matches!(error, FormatError::Malformed { .. });
        let large: Is = |error| matches!(error, FormatError::TooLarge { .. });
        let other: Is = |error| matches!(error, FormatError::NotThisFormat { .. });
        for (text, is) in [
            ("<!DOCTYPE list [<!ENTITY a 'aaaa'>]><list><r>&a;</r></list>", hostile),
            ("<!DOCTYPE list SYSTEM 'file:///etc/passwd'><list/>", hostile),
            ("<list><r>&a;</r></list>", hostile),
            ("<list><r k='&a;'/></list>", hostile),
            ("<list><r></a></list>", malformed),
            ("<list><r/></list><list/>", malformed),
            ("<list><r/></list>more", malformed),
            ("<list><r>&#0;</r></list>", malformed),
            ("<list><r><b><b><b><b><b><b/></b></b></b></b></b></r></list>", large),
            ("<list><b><b><b><b><b><b><r/></b></b></b></b></b></b></list>", large),
            ("<list><r a='' b='' c='' d=''/></list>", large),
            (&format!("<list><r>{}</r></list>", "<b/>".repeat(60)), large),
            ("<other/>", other),
            ("words", other),
            ("", other),
        ] {
            let error = records(text).expect_err(text);
            assert!(is(&error), "{text}: {error}");
        }
    }

    #[test]
    fn latin_1_is_read_where_it_is_declared_and_only_there() {
        let file = |bytes| InputFile { name: "list.xml", bytes };
        let declared = b"<?xml version='1.0' encoding='ISO-8859-1'?><list>\xfc</list>";
        assert!(text_of(&file(declared)).is_ok_and(|text| text.contains("<list>ü")));
        assert!(text_of(&file(b"<?xml version='1.0'?><list>\xfc</list>")).is_err());
    }
}
