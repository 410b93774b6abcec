//! Published lists and labelled customers, where the environment names folders of them.

use std::path::{Path, PathBuf};

use watchlists::formats::{self, InputFile, Limits, Source};
use watchlists::{Entity, IndexBuilder, ListNumber};

/// The folder a variable names, or `None` and a word about it.
pub fn folder(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: {variable} names no folder");
    }
    folder
}

/// Reads one published list into the builder, and gives its entities as well.
pub fn read(source: Source, folder: &Path, files: &[&str], builder: &mut IndexBuilder) -> (ListNumber, Vec<Entity>) {
    let contents: Vec<Vec<u8>> =
        files.iter().map(|file| std::fs::read(folder.join(file)).expect("the list is in the folder")).collect();
    let files: Vec<InputFile<'_>> =
        files.iter().zip(&contents).map(|(name, bytes)| InputFile { name, bytes }).collect();
    let list = builder.list(source.as_str(), "test");
    let mut entities = Vec::new();
    formats::read(source, &files, &Limits::default(), &mut |entity| {
        builder.add(list, &entity);
        entities.push(entity);
    })
    .expect("a readable list");
    (list, entities)
}

/// The UN list of April 2025.
pub fn un(lists: &Path, builder: &mut IndexBuilder) -> Vec<Entity> {
    read(Source::Un, &lists.join("un"), &["consolidated_2025-04-19.xml"], builder).1
}

/// The SDN list of May 2024 with the alternative names and addresses of February 2025.
pub fn sdn(lists: &Path, builder: &mut IndexBuilder) -> Vec<Entity> {
    let files = ["2024-05-03/sdn.csv", "2025-02-27/alt.csv", "2025-02-27/add.csv"];
    read(Source::OfacSdn, &lists.join("us_ofac"), &files, builder).1
}
