//! The skeleton: of a mail's bytes those that can matter for its structure, collected while they arrive.

/// Collects, in one pass, bytes split anywhere.
#[derive(Debug, Default)]
pub struct SkeletonBuilder {
    bytes: Vec<u8>,
}

/// What was collected.
#[derive(Debug, Default)]
pub struct Skeleton {
    bytes: Vec<u8>,
}

impl SkeletonBuilder {
    /// An empty one.
    pub fn new() -> Self {
        SkeletonBuilder::default()
    }

    /// The next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// No more bytes.
    pub fn finish(self) -> Skeleton {
        Skeleton { bytes: self.bytes }
    }
}

impl Skeleton {
    /// What the MIME library reads.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
