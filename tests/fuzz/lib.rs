//! The properties that the targets try: the very files of the tests in `tests/it`.

/// What the properties stand on.
#[path = "../it/support"]
pub mod support {
    pub mod corpus;
    pub mod line;
}

/// The properties.
#[path = "../it/properties"]
pub mod properties {
    pub mod truth;
}
