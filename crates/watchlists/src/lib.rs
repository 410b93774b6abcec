//! Who is listed: the entity model, the published formats, the searchable index.
