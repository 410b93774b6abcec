//! How a word sounds across languages: a key of consonant classes, and the skeleton of consonants alone.

/// FNV-1a, so that keys are the same in every build; zero is kept for "no key".
pub(crate) fn hash(bytes: &[u8]) -> u32 {
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    hash.max(1)
}

/// The sound of a word: what careful listeners of several languages would write alike.
///
/// Vowels are dropped but for a marker at the start; what remains are consonant classes. Zero for a word of fewer than
/// two classes.
pub(crate) fn key(text: &str) -> u32 {
    let mut sounds = [0_u8; 32];
    let len = sounds_of(text.as_bytes(), &mut sounds);
    if len < 2 { 0 } else { hash(&sounds[..len]) }
}

/// The consonant letters of a word, as they stand: what is left when the vowels are dropped.
///
/// Zero for fewer than two consonants.
pub(crate) fn skeleton(text: &str) -> u32 {
    let mut letters = [0_u8; 32];
    let mut len = 0;
    for byte in text.bytes().filter(|byte| !is_vowel(*byte)).take(letters.len()) {
        letters[len] = byte;
        len += 1;
    }
    if len < 2 { 0 } else { hash(&letters[..len]) }
}

/// The core of a word: without the parts of an Arabic name that are often left out, and with letters that look alike
/// made one ("rn" and "m", "l" and "i").
pub(crate) fn look(text: &str) -> u32 {
    let core = ["abdul"].iter().find_map(|part| text.strip_prefix(part)).filter(|core| core.len() >= 4);
    let core = core
        .or_else(|| ["uddin", "ullah"].iter().find_map(|part| text.strip_suffix(part)).filter(|core| core.len() >= 4))
        .unwrap_or(text);
    let mut letters = [0_u8; 32];
    let mut len = 0;
    let bytes = core.as_bytes();
    let mut at = 0;
    while at < bytes.len() && len < letters.len() {
        let (letter, width) = match (bytes[at], bytes.get(at + 1)) {
            (b'r', Some(b'n')) => (b'm', 2),
            (b'v', Some(b'v')) => (b'w', 2),
            (b'c', Some(b'l')) => (b'd', 2),
            (b'l' | b'j', _) => (b'i', 1),
            (other, _) => (other, 1),
        };
        letters[len] = letter;
        len += 1;
        at += width;
    }
    if len < 3 { 0 } else { hash(&letters[..len]) }
}

/// Whether a letter is a vowel to most readers.
pub(crate) const fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Writes the consonant classes of a word and returns how many.
fn sounds_of(text: &[u8], out: &mut [u8; 32]) -> usize {
    let mut len = 0;
    let mut at = 0;
    while at < text.len() && len < out.len() {
        let rest = &text[at..];
        let (sound, width) = sound_at(rest);
        match sound {
            b'a' if at == 0 => {
                out[len] = b'a';
                len += 1;
            }
            b'a' => {}
            _ if len > 0 && out[len - 1] == sound => {}
            _ => {
                out[len] = sound;
                len += 1;
            }
        }
        at += width;
    }
    len
}

/// The class of the sound at the start of `rest`, `a` for any vowel, and how many bytes it takes.
fn sound_at(rest: &[u8]) -> (u8, usize) {
    let next = rest.get(1).copied().unwrap_or(0);
    match (rest[0], next) {
        (b's', b'c') if rest.get(2) == Some(&b'h') => (b's', 3),
        (b't', b'c') if rest.get(2) == Some(&b'h') => (b'c', 3),
        (b'd', b'z' | b'j') => (b'j', if rest.get(2) == Some(&b'h') { 3 } else { 2 }),
        (b's', b'h') => (b's', 2),
        (b'z', b'h') => (b'j', 2),
        (b'c', b'h' | b'z') => (b'c', 2),
        (b't', b's' | b'z') => (b'c', 2),
        (b'k' | b'g', b'h') => (b'k', 2),
        (b'p', b'h') => (b'f', 2),
        (b't' | b'd' | b'r' | b'b', b'h') => (rest[0], 2),
        (b'c', b'k') => (b'k', 2),
        (b'c', b'e' | b'i' | b'y') => (b's', 1),
        (b'c' | b'q' | b'k' | b'g', _) => (b'k', 1),
        (b'x', _) => (b's', 1),
        (b'z' | b's', _) => (b's', 1),
        (b'v' | b'f', _) => (b'f', 1),
        (b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'w' | b'h', _) => (b'a', 1),
        (other, _) => (other, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_a_key() {
        for (one, two) in [("qadhafi", "gadafi"), ("mohammed", "mohamad"), ("tannenberg", "tanenburg")] {
            assert_eq!(key(one), key(two), "{one} {two}");
        }
        assert_ne!(key("ivanov"), key("petrov"));
        assert_eq!(key("ali"), key("eli"));
        assert_eq!(skeleton("o"), 0);
    }
}
