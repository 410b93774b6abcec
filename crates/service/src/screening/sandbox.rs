//! The sandbox list: the names that the vendors' documents promise to hit, for tenants made with `--sandbox` and nobody
//! else. It is screened like any list; no name decides anything by itself.

use std::sync::LazyLock;

use jiff::SignedDuration;
use onboarding::screening::ListSeen;
use watchlists::{DateRange, Entity, Index, Schema, Topic, Topics};

/// Its name, in every hit it gives.
const LIST: &str = "sandbox";

/// The test names of the Xpollens documents, and which lists they promise a hit on. Whether it is proven, a person says.
const PROMISED: [(&str, Topics); 8] = [
    ("Benoit Magimel", Topics::of(Topic::Pep)),
    ("Juliette Binoche", Topics::of(Topic::Pep).with(Topic::Sanction)),
    ("Brigitte Macron", Topics::of(Topic::Pep)),
    ("Philippe Richard", Topics::of(Topic::Pep).with(Topic::Sanction)),
    ("Arthur Prince", Topics::of(Topic::Pep).with(Topic::Sanction)),
    ("Sultan Zabin", Topics::of(Topic::Sanction)),
    ("Petr Akopov", Topics::of(Topic::Sanction)),
    ("Kenzi Benahmed", Topics::of(Topic::Pep).with(Topic::Sanction)),
];

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut builder = Index::builder();
    let list = builder.list(LIST, "1");
    for entity in entities() {
        builder.add(list, &entity);
    }
    builder.build()
});

/// The list, searchable.
pub(super) fn index() -> &'static Index {
    &INDEX
}

/// The list as a screening sees it: always fresh, for sanctions and politically exposed persons.
pub(super) fn seen() -> ListSeen {
    let topics = Topics::of(Topic::Sanction).with(Topic::Pep);
    ListSeen { list: LIST.to_owned(), version: "1".to_owned(), topics, age: SignedDuration::ZERO }
}

fn entities() -> Vec<Entity> {
    let labelled = |id: &str, schema, name, topic| {
        let mut entity = Entity::new(id, schema, name);
        entity.topics = Topics::of(topic);
        entity.programmes = vec!["SANDBOX".to_owned()];
        entity.notes = vec!["Sandbox entry of a vendor's documentation; it is on no real list here.".to_owned()];
        entity
    };
    let mut arellano = labelled("sandbox-ofac-1", Schema::Person, "Francisco Javier Arellano Félix", Topic::Sanction);
    arellano.birth_dates = DateRange::parse_iso("1969-12-11").into_iter().collect();
    [
        arellano,
        labelled("sandbox-ofac-2", Schema::Company, "Blue Star Diamond", Topic::Sanction),
        labelled("sandbox-pep-1", Schema::Person, "Vladimir Putin", Topic::Pep),
    ]
    .into_iter()
    .chain(PROMISED.iter().enumerate().map(|(at, (name, topics))| {
        let mut entity = labelled(&format!("sandbox-xpollens-{}", at + 1), Schema::Person, name, Topic::Pep);
        entity.topics = *topics;
        entity
    }))
    .collect()
}
